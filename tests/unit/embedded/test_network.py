"""Addresses that meet nothing of the host's."""

import ipaddress
import itertools

import pytest

from kubeface.embedded.network import CANDIDATES, choose
from kubeface.embedded.spec import ClusterSpec
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
