"""Nodes are put in order as far as they are the course's to touch."""

import pytest

from kubeface.kube.wait import Deadline
from kubeface.lesson import LessonStopped
from kubeface.lesson.nodes import await_nodes, put_in_order

MINE = {"key": "dedicated", "value": "mine", "effect": "NoSchedule"}
SYSTEM = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}


def test_a_label_that_lacks_is_added_and_one_that_was_left_goes(here, node):
    node("node1", labels={"logger": "true", "kubernetes.io/hostname": "node1"})
    put_in_order(here, {"receiver": "true"})
    assert here.get("node/node1").labels == {"kubernetes.io/hostname": "node1", "receiver": "true"}


def test_a_closed_door_and_a_learners_taint_go_and_the_systems_stay(here, node):
    node("node1", unschedulable=True, taints=[MINE, SYSTEM])
    put_in_order(here, {})
    spec = here.get("node/node1").spec
    assert spec.unschedulable is None
    assert [taint.key for taint in spec.taints] == ["node.kubernetes.io/not-ready"]


def test_a_node_in_order_is_not_written_to(here, node):
    node("node1", labels={"receiver": "true"})
    before = here.get("node/node1").metadata.resourceVersion
    put_in_order(here, {"receiver": "true"})
    assert here.get("node/node1").metadata.resourceVersion == before


def test_on_a_foreign_cluster_a_label_is_added_and_nothing_taken_away(cluster, here, node):
    node("node1", labels={"pool": "big"}, unschedulable=True, taints=[MINE])
    put_in_order(cluster, {"receiver": "true"})
    found = here.get("node/node1")
    assert found.labels == {"pool": "big", "receiver": "true"}
    assert found.spec.unschedulable is True
    assert "dedicated" in [taint.key for taint in found.spec.taints]


def test_too_few_nodes_are_said_with_what_to_do(here, node):
    node("node1")
    with pytest.raises(LessonStopped, match="needs 3 nodes; the cluster has 1") as stopped:
        await_nodes(here, 3, Deadline.after(60))
    assert "kubeface up --nodes 3" in str(stopped.value)


def test_a_node_without_power_is_named_with_what_to_do(here, node):
    node("node1", ready=False)
    with pytest.raises(LessonStopped, match="node1 is not ready") as stopped:
        await_nodes(here, 1, Deadline.after(0.5))
    assert "Try: kubeface node start node1" in str(stopped.value)


def test_a_node_that_is_just_starting_is_awaited(here, node, report, later):
    node("node1", ready=False)
    later(lambda: report("node/node1", {"conditions": [{"type": "Ready", "status": "True"}]}, ""))
    await_nodes(here, 1, Deadline.after(60))
    assert here.get("node/node1").is_ready
