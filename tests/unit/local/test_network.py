"""Addresses that meet nothing of the host's."""

import ipaddress
import itertools
from pathlib import Path

import pytest

from kubeface.errors import BadInput
from kubeface.local import egress, network
from kubeface.local.addresses import Route, choose, in_the_way
from kubeface.local.spec import ClusterSpec, Networks

PRIVATE = [Route(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
SHARED = ipaddress.IPv4Network("100.64.0.0/10")


def test_a_machine_alone_has_the_usual_addresses() -> None:
    assert choose([]) == Networks()


@pytest.mark.parametrize("route", ["172.31.0.0/24", "172.31.0.128/25", "10.244.7.0/24", "10.96.0.1/32"])
def test_what_is_as_narrow_as_ours_is_in_the_way(route: str) -> None:
    assert in_the_way([Route(route)], Networks()) == [route]
    assert in_the_way([Route(route)], choose([Route(route)])) == []


def test_the_machines_name_server_is_in_the_way_wherever_the_default_route_leads_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "resolv.conf").write_text("nameserver 10.255.255.53\nnameserver fd00::53\n")
    monkeypatch.setattr(egress, "RESOLVERS", (tmp_path / "resolv.conf",))
    first = Networks("172.31.9.0/24", "10.254.0.0/16", "10.255.0.0/16")
    assert in_the_way(network.name_servers(), first) == ["10.255.255.53/32"]
    others = [Route(net, is_connected=True) for net in (Networks().pods, Networks().services)]
    assert "10.255.0.0/16" not in choose([*others, *network.name_servers()]).ranges
    ours = ClusterSpec(networks=Networks(services="10.255.0.0/16"))
    (tmp_path / "resolv.conf").write_text(f"nameserver {ours.dns_service}\n")
    assert network.name_servers(besides=ours) == []


def test_a_broader_route_gives_way_and_is_met_only_when_nothing_else_is_free() -> None:
    assert in_the_way(PRIVATE, Networks()) == []
    chosen = [ipaddress.IPv4Network(net) for net in choose(PRIVATE).ranges]
    assert all(net.subnet_of(SHARED) for net in chosen)
    assert choose([*PRIVATE, Route(str(SHARED))]) == Networks()  # all is routed: ours are narrower
    assert choose([Route("10.0.0.0/8")]).nodes == Networks().nodes


@pytest.mark.parametrize(
    "route", [Route("10.0.0.0/8", is_connected=True), Route("10.0.0.0/8", is_first=True)], ids=str
)
def test_neighbours_and_tables_that_are_asked_first_are_in_the_way_however_broad(route: Route) -> None:
    assert in_the_way([route], Networks()) == ["10.0.0.0/8"]
    assert in_the_way([route], choose([route])) == []


def test_no_address_at_all_is_said_with_the_routes() -> None:
    everything = [Route(one.net, is_connected=True) for one in (*PRIVATE, Route(str(SHARED)))]
    with pytest.raises(BadInput, match=r"10\.0\.0\.0/8"):
        choose(everything)


def test_there_are_addresses_for_forty_clusters_and_no_two_of_them_meet() -> None:
    taken: list[Route] = []
    for _ in range(40):
        chosen = choose(taken)
        assert in_the_way(taken, chosen) == []
        taken += [Route(net, is_connected=True) for net in chosen.ranges]
    nets = [ipaddress.ip_network(route.net) for route in taken]
    assert not [pair for pair in itertools.combinations(nets, 2) if pair[0].overlaps(pair[1])]


def test_every_node_has_an_address_and_a_range_of_its_own() -> None:
    spec = ClusterSpec(node_count=9)
    assert [node.name for node in spec.nodes][:2] == ["node1", "node2"]
    assert (spec.nodes[0].address, spec.nodes[1].pods) == ("172.31.0.11", "10.244.1.0/24")
    assert len({node.address for node in spec.nodes} | {node.pods for node in spec.nodes}) == 18


def test_names_fit_what_linux_allows() -> None:
    spec = ClusterSpec("a-very-long-name-for-a-cluster")
    assert len(spec.host_link) <= 15
    assert len(str(spec.run / "supervisor.sock")) <= 107


def test_ranges_of_ones_own_are_taken_as_they_are() -> None:
    ours = Networks.read("10.50.0.0/24, 10.51.0.0/16,10.52.0.0/16")
    assert ours == Networks("10.50.0.0/24", "10.51.0.0/16", "10.52.0.0/16")
    assert in_the_way([Route("10.244.0.0/16"), Route("10.51.3.0/24")], ours) == ["10.51.3.0/24"]
    assert Networks.read("100.64.0.0/24,100.65.0.0/16,100.66.0.0/16").nodes == "100.64.0.0/24"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not three"),
        ("10.50.0.0/24,10.51.0.0/16", "right sizes"),
        ("10.50.0.0/16,10.51.0.0/16,10.52.0.0/16", "right sizes"),
        ("10.50.0.1/24,10.51.0.0/16,10.52.0.0/16", "host bits"),
        ("8.8.8.0/24,10.51.0.0/16,10.52.0.0/16", "private"),
        ("127.0.0.0/24,10.51.0.0/16,10.52.0.0/16", "private"),
        ("169.254.0.0/24,10.51.0.0/16,10.52.0.0/16", "private"),
        ("10.51.7.0/24,10.51.0.0/16,10.52.0.0/16", "overlap"),
        ("fd00::/24,10.51.0.0/16,10.52.0.0/16", "not three"),
    ],
)
def test_ranges_that_make_no_sense_are_refused(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        Networks.read(text)
