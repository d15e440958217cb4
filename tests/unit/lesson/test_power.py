"""A node's power is cut on the course's own cluster only; what was left off comes on again."""

import pytest

from kubeface.kube import Cluster
from kubeface.lesson import Lesson, LessonStopped, Plan, State
from kubeface.lesson.power import MARK, power_off, power_on, switch_on_all
from kubeface.local import spec
from kubeface.local import state as saved
from kubeface.local.cluster import LocalCluster, name_of


@pytest.fixture
def nowhere(course, monkeypatch):
    """The course's context, in the kubeconfig of a cluster that does not run on this machine."""
    path = course.with_name("nowhere.kubeconfig")
    path.write_text(course.read_text())
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(path))
    return Cluster.connect(path)


def test_a_foreign_cluster_is_refused_in_a_sentence(cluster, here, node):
    node("node1")
    for deed in (power_off, power_on):
        with pytest.raises(LessonStopped, match="The power of node1 stays as it is") as stopped:
            deed(cluster, "node1")
        assert "admin is another cluster" in str(stopped.value)
    assert MARK not in here.get("node/node1").annotations


def test_a_kubeconfig_that_does_not_speak_of_the_cluster_of_its_name_is_refused(
    nowhere, here, node, tmp_path, monkeypatch
):
    node("node1")
    for module in (spec, saved):
        monkeypatch.setattr(module, "STATE", tmp_path / "clusters")
    saved.save(spec.ClusterSpec("nowhere"))
    with pytest.raises(LessonStopped, match="speaks of another cluster"):
        power_off(nowhere, "node1")
    assert MARK not in here.get("node/node1").annotations


def test_a_node_that_is_not_there_is_named(nowhere, here, node):
    node("node1")
    with pytest.raises(LessonStopped, match=r"no node node7\.\nnodes: node1"):
        power_off(nowhere, "node7")


def test_what_cannot_be_done_from_here_is_said_with_the_command_for_a_terminal(nowhere, here, node):
    node("node1")
    with pytest.raises(LessonStopped, match="There is no cluster nowhere yet") as stopped:
        power_off(nowhere, "node1")
    assert "Try: kubeface node stop node1 --name nowhere, in a terminal" in str(stopped.value)
    assert here.get("node/node1").annotations[MARK] == "off"
    with pytest.raises(LessonStopped, match="kubeface node start node1 --name nowhere did not succeed"):
        power_on(nowhere, "node1")
    assert MARK not in here.get("node/node1").annotations


def test_a_lesson_switches_on_what_another_left_off_and_only_that(nowhere, here, node):
    node("node1")
    node("node2")
    switch_on_all(nowhere)
    with pytest.raises(LessonStopped, match="kubeface node stop node2"):
        power_off(nowhere, "node2")
    with pytest.raises(LessonStopped, match="kubeface node start node2 --name nowhere did not succeed"):
        Lesson(Plan("99", "Power", state=State(), nodes=2))


def test_a_node_that_is_off_is_switched_on_whoever_switched_it_off(nowhere, here, node):
    node("node1", ready=False)
    with pytest.raises(LessonStopped, match="kubeface node start node1 --name nowhere did not succeed"):
        switch_on_all(nowhere)


def test_the_name_of_a_cluster_follows_from_its_kubeconfig():
    for name in ("face", "test"):
        assert name_of(LocalCluster(name).kubeconfig()) == name
