"""What is asked of a cluster that exists is compared with what it is: what was given, and all of it."""

import pytest

from kubeface.local.spec import ClusterSpec, Networks, Wish

OTHER = Networks("10.50.0.0/24", "10.51.0.0/16", "10.52.0.0/16")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish(node_count=5), "--nodes 5: it has 3"),
        (Wish(node_cpus=4), "--cpus 4: its nodes have 1."),
        (Wish(node_memory_mib=8192), "--memory 8192: its nodes have 2048 MiB."),
        (Wish(fast=True), "--fast: it was made without it."),
        (Wish(internet=True), "--internet: it was made without it."),
        (Wish(without=("dns",)), "--without dns: it was made with all add-ons."),
        (Wish(networks=OTHER), "--networks 10.50.0.0/24,10.51.0.0/16,10.52.0.0/16: it has 172.31.0.0/24"),
    ],
)
def test_each_option_that_is_not_fulfilled_is_named(wish: Wish, said: str) -> None:
    (sentence,) = wish.differences(ClusterSpec())
    assert sentence.startswith(said)


def test_all_of_them_are_named_at_once() -> None:
    assert len(Wish(node_count=1, node_cpus=2, fast=True).differences(ClusterSpec())) == 3


@pytest.mark.parametrize(
    "spec",
    [
        ClusterSpec(),
        ClusterSpec(node_count=5, fast=True, internet=True, without=("dns",), node_cpus=4, networks=OTHER),
    ],
)
def test_what_was_not_given_is_as_it_is(spec: ClusterSpec) -> None:
    assert Wish().differences(spec) == []
    asked = Wish(fast=spec.fast or None, without=spec.without or None, networks=spec.networks)
    assert asked.differences(spec) == []


def test_nodes_that_were_removed_do_not_count() -> None:
    spec = ClusterSpec(node_count=4).without_node("node2")
    assert Wish(node_count=3).differences(spec) == []


def test_a_new_cluster_gets_what_was_given_and_the_usual_else() -> None:
    assert Wish().new("lab", Networks()) == ClusterSpec("lab")
    wished = Wish(node_count=1, node_cpus=2, node_memory_mib=1024, fast=True, internet=True, without=("dns",))
    assert wished.new("lab", OTHER) == ClusterSpec("lab", 1, 2, 1024, OTHER, (), True, True, ("dns",))
