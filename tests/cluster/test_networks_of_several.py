"""Several clusters on one machine: the kernel's own answer, without any cluster being started."""

import pytest
from private import on_a_machine_of_its_own

HEAD = """
import sys
from pyroute2 import IPRoute, netns
from kubeface.local import network
from kubeface.local.spec import ClusterSpec, Networks
A, B = sys.argv[1:3]
one = ClusterSpec(A, node_count=2)
other = ClusterSpec(B, node_count=2, networks=Networks("10.50.0.0/24", "10.51.0.0/16", "10.52.0.0/16"))
def state(spec):
    with IPRoute() as ip:
        links = [index for name in (spec.host_link,) for index in ip.link_lookup(ifname=name)]
        routes = [r.get_attr("RTA_DST") for r in ip.get_routes(family=2) if r.get_attr("RTA_OIF") in links]
    return len(links), len(routes), sorted(filter(spec.owns_namespace, netns.listnetns()))
"""


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("face", "face-two"),
        ("face-two", "face"),
        ("face", "face-node1"),
        ("conformance-one", "conformance-two"),
        ("kubernetes-lab2", "kubernetes-lab1"),
        ("a", "a" * 63),
    ],
)
def test_one_that_goes_leaves_the_other_as_it_was(name: str, beside: str) -> None:
    script = """
        network.connect(other)
        before = state(other)
        assert before[0] == 1 and before[1] > 3 and len(before[2]) == 3, before
        network.connect(one)
        network.connect(one)  # once more changes nothing
        assert state(one)[0] == 1 and len(state(one)[2]) == 3
        assert state(other) == before, state(other)
        network.disconnect(one)
        assert state(one) == (0, 0, []), state(one)
        assert not network.is_connected(one) and network.is_connected(other)
        assert state(other) == before, state(other)
        network.disconnect(other)
        assert netns.listnetns() == []
        """
    on_a_machine_of_its_own(HEAD + _flush(script), name, beside)


def test_the_cut_off_interface_of_an_earlier_version_is_known_by_its_address() -> None:
    script = """
        def earlier(spec):
            with IPRoute() as ip:
                ip.link("set", index=ip.link_lookup(ifname=spec.host_link)[0], state="down")
                ip.link("set", index=ip.link_lookup(ifname=spec.host_link)[0], ifname=spec.older_host_link)
                ip.link("set", index=ip.link_lookup(ifname=spec.older_host_link)[0], state="up")
        assert one.older_host_link == other.older_host_link != one.host_link
        network.connect(one)
        whole = state(one)
        earlier(one)
        assert network.is_connected(one) and not network.is_connected(other)
        network.disconnect(other)  # its name, cut off, is the same
        assert network.is_connected(one)
        network.connect(one)  # `up` with the newer version
        assert state(one) == whole, (state(one), whole)
        earlier(one)
        network.disconnect(one)  # `down` with the newer version
        with IPRoute() as ip:
            assert not ip.link_lookup(ifname=one.older_host_link)
        """
    on_a_machine_of_its_own(HEAD + _flush(script), "conformance-one", "conformance-two")


def test_the_routes_of_another_cluster_at_the_same_addresses_stay() -> None:
    script = """
        network.connect(one)
        with IPRoute() as ip:
            before = len(ip.get_routes(family=2))
            network.disconnect(ClusterSpec("never-there"), one.networks.ranges)
            assert len(ip.get_routes(family=2)) == before
        """
    on_a_machine_of_its_own(HEAD + _flush(script), "face", "face-two")


VPN = "ip link add vpn type veth peer name far; ip link set vpn up; ip link set far up; "


@pytest.mark.parametrize(
    ("routes", "met"),
    [
        ("ip route add default dev vpn", []),
        ("for n in 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16; do ip route add $n dev vpn; done", []),
        ("ip route add 10.244.3.0/24 dev vpn", ["10.244.3.0/24"]),
        ("ip address add 10.7.0.1/8 dev vpn", ["10.0.0.0/8"]),
        ("ip route add 10.0.0.0/8 dev vpn table 52; ip rule add priority 5270 lookup 52", ["10.0.0.0/8"]),
        ("ip route add 10.0.0.0/8 dev vpn table 52; ip rule add priority 5270 fwmark 7 lookup 52", []),
        ("ip route add 10.0.0.0/8 dev vpn table 52; ip rule add priority 40000 lookup 52", []),
        ("ip route add default dev vpn table 9; ip rule add priority 9 lookup 9", ["0.0.0.0/0"]),
        (
            "ip rule add priority 8 lookup main suppress_prefixlength 0; "
            "ip route add default dev vpn table 9; ip rule add priority 9 lookup 9",
            [],
        ),
        ("ip route add throw 10.0.0.0/8 table 52; ip rule add priority 5270 lookup 52", []),
    ],
)
def test_only_a_route_that_would_win_is_in_the_way(routes: str, met: list[str]) -> None:
    again = "network.connect(one); assert network.collisions(one) == found"
    script = HEAD + f"found = network.collisions(one); print(found)\nif not found: {again}"
    said = on_a_machine_of_its_own(script, "face", "face-two", before=VPN + routes)
    assert said.strip() == str(met)


def _flush(script: str) -> str:
    return "\n" + "\n".join(line.removeprefix("        ") for line in script.splitlines())
