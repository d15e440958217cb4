"""The nodes' network: a bridge in a namespace of its own, a cable to each node and one to the host.

The host gets one interface and the routes to the nodes, the Pods and the Services; no firewall rule.
"""

import contextlib
import functools
import ipaddress
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from pyroute2 import IPRoute, NetNS, netns
from pyroute2.netlink.exceptions import NetlinkError

from kubeface.embedded.spec import ClusterSpec, Networks, Node
from kubeface.errors import BadInput, CommandFailed
from kubeface.host import mounts
from kubeface.host.process import run

P = ParamSpec("P")
T = TypeVar("T")

#: The metric of a route that counts when there is no other (chosen: larger than a network manager's).
LAST = 40_000
#: The type of such a route (RTN_UNREACHABLE of rtnetlink).
UNREACHABLE = 7
#: Where the names of network namespaces are; ip(8) and pyroute2 make it when it is not there.
NAMESPACES = Path("/run/netns")
#: Tried in this order when the first meets a route of the host. All are private (RFC 1918).
CANDIDATES = (
    Networks(),
    Networks("10.213.0.0/24", "10.214.0.0/16", "10.215.0.0/16"),
    Networks("192.168.213.0/24", "10.144.0.0/16", "10.145.0.0/16"),
    Networks("172.29.213.0/24", "10.44.0.0/16", "10.45.0.0/16"),
    Networks("172.27.213.0/24", "10.54.0.0/16", "10.55.0.0/16"),
    Networks("192.168.217.0/24", "10.154.0.0/16", "10.155.0.0/16"),
    Networks("172.26.213.0/24", "10.64.0.0/16", "10.65.0.0/16"),
    Networks("172.25.213.0/24", "10.74.0.0/16", "10.75.0.0/16"),
)


def choose(routes: Iterable[str], candidates: Iterable[Networks] = CANDIDATES) -> Networks:
    """The first candidate that meets none of these routes (networks such as "10.0.0.0/8").

    >>> choose(["172.16.0.0/12"]).nodes
    '10.213.0.0/24'
    """
    taken = [ipaddress.ip_network(route) for route in routes]
    for candidate in candidates:
        wanted = [ipaddress.ip_network(net) for net in candidate.ranges]
        if not any(net.overlaps(route) for net in wanted for route in taken):
            return candidate
    raise BadInput(
        "Every address range that could be taken meets a route of this machine.",
        seen="routes: " + ", ".join(sorted(map(str, taken))),
        try_next="kubeface up --networks, with three private ranges that are free",
    )


def _in_a_thread(work: Callable[P, T]) -> Callable[P, T]:
    """Run it in another thread: pyroute2 starts an event loop, and a notebook's thread runs one already."""

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(work, *args, **kwargs).result()

    return run


@_in_a_thread
def host_routes(*, besides: str = "") -> list[str]:
    """The host's IPv4 routes; the default route and those of the interface `besides` are left out.

    So are the unreachable routes of every cluster: each of them stands beside routes of its interface.
    """
    with IPRoute() as ip:
        ours = ip.link_lookup(ifname=besides) if besides else []
        return [
            f"{route.get_attr('RTA_DST')}/{route['dst_len']}"
            for route in ip.get_routes(family=socket.AF_INET, table=254)  # the main table
            if route.get_attr("RTA_DST") and route.get_attr("RTA_OIF") not in ours
            if not (route["type"] == UNREACHABLE and route.get_attr("RTA_PRIORITY") == LAST)
        ]


def collisions(spec: ClusterSpec) -> list[str]:
    """The host's routes that meet an address range of the cluster."""
    wanted = [ipaddress.ip_network(net) for net in spec.networks.ranges]
    routes = host_routes(besides=spec.host_link)
    return [route for route in routes if any(ipaddress.ip_network(route).overlaps(net) for net in wanted)]


@_in_a_thread
def connect(spec: ClusterSpec) -> None:
    """Make the network, or what is missing of it."""
    _namespace(spec.switch)
    for node in spec.nodes:
        _namespace(node.netns)
    with NetNS(spec.switch) as switch:
        _bridge(switch)
        _host_cable(spec, switch)
        for node in spec.nodes:
            _node_cable(spec, node, switch)
    _host_routes(spec)


@_in_a_thread
def disconnect(spec: ClusterSpec) -> None:
    """Remove the namespaces; every interface and route of ours goes with them."""
    with IPRoute() as ip:
        for index in ip.link_lookup(ifname=spec.host_link):
            ip.link("del", index=index)
        for net in spec.networks.ranges:
            with contextlib.suppress(NetlinkError):  # it is not there
                ip.route("del", dst=net, type="unreachable", priority=LAST)
    ours = f"kubeface-{spec.name}-"
    for name in netns.listnetns():
        if name.startswith(ours):
            netns.remove(name)
    _remove_folder_of_namespaces()


@_in_a_thread
def forget(spec: ClusterSpec, node: Node) -> None:
    """Take away the namespace, cable and routes of a node that `spec` no longer has."""
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


@_in_a_thread
def set_cable(spec: ClusterSpec, node: str, *, plugged: bool) -> None:
    """Plug a node's cable into the bridge, or pull it out."""
    with NetNS(spec.switch) as switch:
        for index in switch.link_lookup(ifname=node):
            switch.link("set", index=index, state="up" if plugged else "down")


def _namespace(name: str) -> None:
    if name not in netns.listnetns():
        netns.create(name)


def _remove_folder_of_namespaces() -> None:
    """The machine's first namespace makes it, mounted on itself; with the last one both go."""
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
