"""Addresses that meet nothing of the host's."""

import ipaddress
import itertools

import pytest

from kubeface.embedded.network import CANDIDATES, choose
from kubeface.embedded.spec import ClusterSpec, Networks
from kubeface.errors import BadInput


def test_the_first_free_candidate_is_taken() -> None:
    assert choose([]) == CANDIDATES[0]
    assert choose(["172.16.0.0/12"]) == CANDIDATES[1]
    assert choose(["172.31.0.0/24", "10.214.7.0/24"]) == CANDIDATES[2]


def test_no_free_candidate_is_said_with_the_routes() -> None:
    with pytest.raises(BadInput, match=r"10\.0\.0\.0/8"):
        choose(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"])


def test_no_two_ranges_of_any_two_candidates_meet() -> None:
    ranges = [ipaddress.ip_network(net) for networks in CANDIDATES for net in networks.ranges]
    assert not [pair for pair in itertools.combinations(ranges, 2) if pair[0].overlaps(pair[1])]


def test_every_node_has_an_address_and_a_range_of_its_own() -> None:
    spec = ClusterSpec(node_count=9)
    assert [node.name for node in spec.nodes][:2] == ["node1", "node2"]
    assert (spec.nodes[0].address, spec.nodes[1].pods) == ("172.31.0.11", "10.244.1.0/24")
    assert len({node.address for node in spec.nodes} | {node.pods for node in spec.nodes}) == 18


def test_names_fit_what_linux_allows() -> None:
    spec = ClusterSpec("a-very-long-name-for-a-cluster")
    assert len(spec.host_link) <= 15
    assert len(str(spec.run / "supervisor.sock")) <= 107


def test_ranges_of_ones_own_are_taken_when_they_are_free() -> None:
    ours = Networks.read("10.50.0.0/24, 10.51.0.0/16,10.52.0.0/16")
    assert ours == Networks("10.50.0.0/24", "10.51.0.0/16", "10.52.0.0/16")
    assert choose(["10.244.0.0/16"], [ours]) == ours
    with pytest.raises(BadInput, match=r"10\.51\.3\.0/24"):
        choose(["10.51.3.0/24"], [ours])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not three"),
        ("10.50.0.0/24,10.51.0.0/16", "right sizes"),
        ("10.50.0.0/16,10.51.0.0/16,10.52.0.0/16", "right sizes"),
        ("10.50.0.1/24,10.51.0.0/16,10.52.0.0/16", "host bits"),
        ("8.8.8.0/24,10.51.0.0/16,10.52.0.0/16", "private"),
        ("10.51.7.0/24,10.51.0.0/16,10.52.0.0/16", "overlap"),
        ("fd00::/24,10.51.0.0/16,10.52.0.0/16", "not three"),
    ],
)
def test_ranges_that_make_no_sense_are_refused(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        Networks.read(text)
