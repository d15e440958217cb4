"""What the embedded provider says about a log or a cluster that is not there."""

from pathlib import Path

import pytest

from kubeface.errors import BadInput, KubefaceError
from kubeface.local import spec, state
from kubeface.local.cluster import LocalCluster
from kubeface.local.spec import ClusterSpec


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClusterSpec:
    """A cluster of three nodes that is stopped, whose kubelets have written logs."""
    for module in (state, spec):
        monkeypatch.setattr(module, "STATE", tmp_path)
    made = ClusterSpec("trial")
    state.save(made)
    logs = [made.folder / "logs" / "etcd.log"]
    logs += [made.folder / "nodes" / one.name / "var" / "log" / "kubelet.log" for one in made.nodes]
    for log in logs:
        log.parent.mkdir(parents=True)
        log.write_text(f"{log.stem} said this\n")
    return made


def test_a_nodes_program_is_asked_for_with_its_node(kept: ClusterSpec) -> None:
    door = LocalCluster("trial")
    with pytest.raises(BadInput, match="kubelet runs on each node") as asked:
        door.log("kubelet")
    assert asked.value.seen == "nodes: node1, node2, node3"
    words = asked.value.try_next.partition(" --name")[0].split()[2:]  # the advice, followed
    assert door.log(*words).read_text() == "kubelet said this\n"


def test_a_program_that_nobody_runs_is_said_with_the_logs_that_are_there(kept: ClusterSpec) -> None:
    with pytest.raises(BadInput, match="There is no log of 'kubelt'") as asked:
        LocalCluster("trial").log("kubelt")
    assert asked.value.seen == "logs here: etcd"


def test_the_log_of_a_cluster_that_is_not_there_is_said(kept: ClusterSpec) -> None:
    with pytest.raises(KubefaceError, match="There is no cluster nope yet"):
        LocalCluster("nope").log("etcd")
    assert state.cluster_names() == ["trial"]
