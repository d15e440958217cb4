"""The nodes' network: a bridge in its own namespace, with a veth pair to each node and to the host.

The host gets one interface and the routes to the nodes, the Pods and the Services; no firewall rule.
pyroute2 starts an event loop, and a notebook's thread has one: so all of it runs in threads of its own.
"""

import contextlib
import ipaddress
import socket
from collections.abc import Iterable
from pathlib import Path

from pyroute2 import IPRoute, NetNS, netns
from pyroute2.netlink.exceptions import NetlinkError

from kubeface.errors import CommandFailed
from kubeface.linux import mounts
from kubeface.local import egress
from kubeface.local.addresses import Route, in_the_way
from kubeface.local.spec import ClusterSpec, Node
from kubeface.util.process import run
from kubeface.util.threads import in_a_thread

#: The metric of a route that counts when there is no other (chosen: larger than a network manager's).
LAST = 40_000
#: The type of such a route, and of one that sends on to the next table (RTN_UNREACHABLE, RTN_THROW).
UNREACHABLE, THROW = 7, 9
#: The tables that every machine has, and whose work a route of a connected network is (rtnetlink(7)).
MAIN, LOCAL, BY_KERNEL = 254, 255, 2
#: A rule that passes over nothing says so with -1, read as a number without a sign.
NO_LENGTH = 2**32 - 1
#: What a default route is for.
ANY = str(ipaddress.IPv4Address(0))
#: The flag of an interface that is switched on (IFF_UP of netdevice(7)).
UP = 1
#: What a rule may do, and the flag of one that is meant the other way round (linux/fib_rules.h).
TO_TABLE, INVERTED = 1, 2
#: Where the names of network namespaces are; ip(8) and pyroute2 make it when it is not there.
NAMESPACES = Path("/run/netns")


@in_a_thread
def host_routes(*, besides: ClusterSpec | None = None) -> list[Route]:
    """The host's IPv4 routes; the default route and those of the cluster `besides` are left out.

    So are the unreachable routes of every cluster: each of them stands beside routes of its interface.
    """
    with IPRoute() as ip:
        ours = _links(ip, besides) if besides else []
        earlier = _tables_before_main(ip)
        return [
            Route(
                f"{route.get_attr('RTA_DST') or ANY}/{route['dst_len']}",
                is_connected=route["proto"] == BY_KERNEL,
                is_first=route.get_attr("RTA_TABLE") in earlier,
            )
            for route in ip.get_routes(family=socket.AF_INET)
            if route.get_attr("RTA_TABLE") in (MAIN, *earlier)
            if route["dst_len"] > earlier.get(route.get_attr("RTA_TABLE"), 0)
            if route.get_attr("RTA_OIF") not in ours
            if not (route["type"] == UNREACHABLE and route.get_attr("RTA_PRIORITY") == LAST)
            if route["type"] != THROW
        ]


def _tables_before_main(ip: IPRoute) -> dict[int, int]:
    """The routing tables that are consulted before the main one, as VPNs make them.

    With each, the prefix length up to which a rule passes over its routes; -1 for none.
    """
    found: dict[int, int] = {}
    for rule in sorted(
        ip.get_rules(family=socket.AF_INET), key=lambda one: one.get_attr("FRA_PRIORITY") or 0
    ):
        table, passed = rule.get_attr("FRA_TABLE"), rule.get_attr("FRA_SUPPRESS_PREFIXLEN")
        is_partial = rule["src_len"] or any(
            map(rule.get_attr, ("FRA_FWMARK", "FRA_IIFNAME", "FRA_UID_RANGE"))
        )
        if is_partial or rule["action"] != TO_TABLE or rule["flags"] & INVERTED or table == LOCAL:
            continue
        if table == MAIN:
            return found
        found.setdefault(table, -1 if passed in (None, NO_LENGTH) else passed)
    return found


def _links(ip: IPRoute, spec: ClusterSpec) -> list[int]:
    """The host's interfaces towards this cluster's nodes."""
    return [*ip.link_lookup(ifname=spec.host_link), *_older_links(ip, spec)]


def _older_links(ip: IPRoute, spec: ClusterSpec) -> list[int]:
    """The interface that an earlier version named by a truncated name, unless it is another cluster's."""
    if spec.older_host_link == spec.host_link:
        return []
    there = ip.link_lookup(ifname=spec.older_host_link)
    return [index for index in there if spec.gateway in _addresses(ip, index)]


def _addresses(ip: IPRoute, index: int) -> list[str]:
    return [one.get_attr("IFA_LOCAL") for one in ip.get_addr(family=socket.AF_INET, index=index)]


def collisions(spec: ClusterSpec) -> list[str]:
    """The host's routes and name servers that forbid the cluster's addresses."""
    return in_the_way([*host_routes(besides=spec), *name_servers(besides=spec)], spec.networks)


def name_servers(*, besides: ClusterSpec | None = None) -> list[Route]:
    """The host's name servers, without the one of the cluster `besides`.

    No route names them where the default route leads there: a cluster that took their addresses would take
    the machine's DNS away.
    """
    ours = besides.dns_service if besides else None
    found = [one for one in egress.resolvers() if ":" not in one and one != ours]
    return [Route(f"{one}/32") for one in found]


@in_a_thread
def connect(spec: ClusterSpec) -> None:
    """Create the cluster's network, or what is missing of it."""
    with IPRoute() as host:
        _remove_links(host, _older_links(host, spec))
    _namespace(spec.switch)
    for node in spec.nodes:
        _namespace(node.netns)
    with NetNS(spec.switch) as switch:
        _bridge(switch)
        _host_cable(spec, switch)
        for node in spec.nodes:
            _node_cable(spec, node, switch)
    _host_routes(spec)


@in_a_thread
def disconnect(spec: ClusterSpec, others: Iterable[str] = ()) -> None:
    """Remove the cluster's network: namespaces, interfaces and routes.

    Args:
        others: The ranges of the machine's other clusters, whose routes stay.
    """
    with IPRoute() as ip:
        _remove_links(ip, _links(ip, spec))
        for net in set(spec.networks.ranges).difference(others):
            with contextlib.suppress(NetlinkError):  # it is not there
                ip.route("del", dst=net, type="unreachable", priority=LAST)
    for name in filter(spec.owns_namespace, netns.listnetns()):
        netns.remove(name)
    remove_folder_of_namespaces()


@in_a_thread
def is_connected(spec: ClusterSpec) -> bool:
    """Whether anything of the cluster's network exists."""
    with IPRoute() as ip:
        return bool(_links(ip, spec)) or any(map(spec.owns_namespace, netns.listnetns()))


def _remove_links(ip: IPRoute, indexes: Iterable[int]) -> None:
    for index in indexes:
        ip.link("del", index=index)


@in_a_thread
def remove_node(spec: ClusterSpec, node: Node) -> None:
    """Remove the namespace, interface and routes of a node that `spec` no longer has."""
    if node.netns in netns.listnetns():
        netns.remove(node.netns)
    with IPRoute() as host:
        _remove_route(host, node.pods)
    for other in spec.nodes:
        with NetNS(other.netns) as inside:
            _remove_route(inside, node.pods)
    with NetNS(spec.switch) as switch:  # the kernel removes a namespace a moment after its name
        for index in switch.link_lookup(ifname=node.name):
            switch.link("del", index=index)
    _host_routes(spec)


def _remove_route(ip: IPRoute | NetNS, net: str) -> None:
    with contextlib.suppress(NetlinkError):  # it is not there
        ip.route("del", dst=net)


@in_a_thread
def set_cable(spec: ClusterSpec, node: str, *, plugged: bool) -> None:
    """Set a node's interface on the bridge up or down."""
    with NetNS(spec.switch) as switch:
        for index in switch.link_lookup(ifname=node):
            switch.link("set", index=index, state="up" if plugged else "down")


@in_a_thread
def unplugged(spec: ClusterSpec) -> list[str]:
    """The names of the nodes that are disconnected."""
    if spec.switch not in netns.listnetns():
        return []
    with NetNS(spec.switch) as switch:
        down = [link.get_attr("IFLA_IFNAME") for link in switch.get_links() if not link["flags"] & UP]
    return [node.name for node in spec.nodes if node.name in down]


def _namespace(name: str) -> None:
    if name not in netns.listnetns():
        netns.create(name)


def remove_folder_of_namespaces() -> None:
    """Remove /run/netns and its mount, if no network namespace is left."""
    if NAMESPACES.is_dir() and not any(NAMESPACES.iterdir()):
        for _ in mounts.below(NAMESPACES):
            with contextlib.suppress(CommandFailed):  # somebody has just made one
                run(["umount", NAMESPACES], what=f"Unmounting {NAMESPACES}")
        with contextlib.suppress(OSError):
            NAMESPACES.rmdir()


def _bridge(switch: NetNS) -> None:
    if not switch.link_lookup(ifname="br0"):
        switch.link("add", ifname="br0", kind="bridge")
    _up(switch, "br0")


def _host_cable(spec: ClusterSpec, switch: NetNS) -> None:
    with IPRoute() as host:
        if not host.link_lookup(ifname=spec.host_link):
            peer = {"ifname": "host", "net_ns_fd": spec.switch}
            host.link("add", ifname=spec.host_link, kind="veth", peer=peer)
        _address(host, spec.host_link, f"{spec.gateway}/24")
        _up(host, spec.host_link)
    _plug(switch, "host")


def _node_cable(spec: ClusterSpec, node: Node, switch: NetNS) -> None:
    with NetNS(node.netns) as inside:
        if not inside.link_lookup(ifname="eth0"):
            switch.link(
                "add", ifname=node.name, kind="veth", peer={"ifname": "eth0", "net_ns_fd": node.netns}
            )
        _up(inside, "lo")
        _address(inside, "eth0", f"{node.address}/24")
        _up(inside, "eth0")
        for other in spec.nodes:
            if other != node:
                inside.route("replace", dst=other.pods, gateway=other.address)
        if spec.internet:
            inside.route("replace", dst="0.0.0.0/0", gateway=spec.gateway)
        else:  # an address outside is refused at once instead of leaking out
            inside.route("replace", dst="0.0.0.0/0", type="unreachable")
            # What the node itself asks of a Service needs some way, before kube-proxy gives it another.
            inside.route("replace", dst=spec.networks.services, oif=inside.link_lookup(ifname="eth0")[0])
    _plug(switch, node.name)


def _host_routes(spec: ClusterSpec) -> None:
    with IPRoute() as host:
        for node in spec.nodes:
            host.route("replace", dst=node.pods, gateway=node.address)
        host.route("replace", dst=spec.networks.services, gateway=spec.nodes[0].address)
        # What is not there is refused here: it does not go where this machine's default route leads.
        for net in spec.networks.ranges:
            host.route("replace", dst=net, type="unreachable", priority=LAST)


def _plug(switch: NetNS, name: str) -> None:
    bridge = switch.link_lookup(ifname="br0")[0]
    switch.link("set", index=switch.link_lookup(ifname=name)[0], master=bridge, state="up")


def _up(ip: IPRoute | NetNS, name: str) -> None:
    ip.link("set", index=ip.link_lookup(ifname=name)[0], state="up")


def _address(ip: IPRoute | NetNS, name: str, address: str) -> None:
    index = ip.link_lookup(ifname=name)[0]
    host, length = address.split("/")
    with contextlib.suppress(NetlinkError):  # it is there already
        ip.addr("add", index=index, address=host, prefixlen=int(length))
