"""Two commands on one cluster, and a command that is told to end: one waits, and nothing is half-made."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from objects import TRIAL
from traces import differences, supervised, traces

from kubeface.kube import Cluster
from kubeface.linux import cgroups
from kubeface.local import state
from kubeface.local.cluster import LocalCluster
from kubeface.local.spec import ClusterSpec
from kubeface.util.waiting import wait_until

pytestmark = pytest.mark.alone

END_S = 180  # chosen: three times a start, on a machine with other things to do
TITLES = [step.title for step in LocalCluster(TRIAL).start_steps(ClusterSpec(TRIAL), [], say=print)]
Begin = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def begin(provider: LocalCluster, tmp_path: Path) -> Iterator[Begin]:
    """Begin a command about the trial cluster, as in a terminal of its own; what it says is in its file."""
    begun: list[subprocess.Popen[str]] = []

    def make(*words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "kubeface", *words, "--name", TRIAL]
        with (tmp_path / f"said-{len(begun)}").open("w") as said:
            begun.append(subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, text=True))
        return begun[-1]

    yield make
    for process in begun:
        process.terminate()
        process.wait(timeout=END_S)


def said(tmp_path: Path, number: int = 0) -> str:
    """What the command of that number has said so far."""
    return (tmp_path / f"said-{number}").read_text()


def await_said(line: str, command: "subprocess.Popen[str]", tmp_path: Path) -> None:
    """Wait until the first command has said that."""
    wait_until(
        lambda: line in said(tmp_path),
        what=f"it never said {line}",
        timeout_s=END_S,
        pid=command.pid,
        evidence=lambda: said(tmp_path),
    )


@pytest.fixture
def bare(provider: LocalCluster) -> dict[str, list[str]]:
    """What this machine has without the cluster."""
    provider.down(purge=True, say=print)
    return traces()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("title", TITLES[:-1])
def test_up_that_is_told_to_end_after_a_step_leaves_nothing_that_runs(
    title: str,
    number: signal.Signals,
    bare: dict[str, list[str]],
    provider: LocalCluster,
    begin: Begin,
    tmp_path: Path,
) -> None:
    up = begin("up", "--nodes", "1")
    await_said(f"✓ {title}", up, tmp_path)
    up.send_signal(number)
    code = up.wait(timeout=END_S)
    if title == TITLES[-2] and f"✓ {TITLES[-1]}" in said(tmp_path):  # that last step takes no time
        assert code in (0, 128 + number), said(tmp_path)
        assert provider.status().state == "running"
        provider.down(say=print)
    else:
        assert code == 128 + number, said(tmp_path)
        assert "Undoing what was started" in said(tmp_path)
    assert state.saved(TRIAL) is not None  # its state on disk stays: the next `up` goes on with it
    more = [line for line in differences(bare, traces()) if line.startswith("+")]
    assert [line for line in more if not line.startswith("+ places:")] == []


def test_a_group_goes_with_who_enters_it_late(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "kubeface-late"
    cgroups.make(group)
    kill = cgroups.kill

    def come_after_the_first(group: str) -> int:
        monkeypatch.setattr(cgroups, "kill", kill)
        late.append(subprocess.Popen(["sleep", "60"], preexec_fn=lambda: cgroups.join(group)))
        return 0

    late: list[subprocess.Popen[bytes]] = []
    monkeypatch.setattr(cgroups, "kill", come_after_the_first)
    cgroups.remove(group)
    assert late[0].wait(timeout=END_S) == -signal.SIGKILL
    assert not [hierarchy for hierarchy in cgroups.hierarchies() if (hierarchy / group).exists()]


def test_after_an_up_that_was_cut_off_the_next_one_works(
    bare: dict[str, list[str]], begin: Begin, tmp_path: Path
) -> None:
    up = begin("up", "--nodes", "1")
    await_said("✓ Starting etcd", up, tmp_path)
    up.send_signal(signal.SIGKILL)  # nobody can tidy up after that
    up.wait(timeout=END_S)
    again = begin("up", "--nodes", "1")
    assert again.wait(timeout=END_S) == 0, said(tmp_path, 1)
    door = LocalCluster(TRIAL)
    assert door.status().state == "running"
    door.down(purge=True, say=print)
    left = differences(bare, traces())
    assert [line for line in left if "places: /tmp/" not in line] == []  # what it was writing just then


def test_two_ups_of_a_new_cluster_are_one(bare: dict[str, list[str]], begin: Begin, tmp_path: Path) -> None:
    both = [begin("up", "--nodes", "2"), begin("up", "--nodes", "2")]
    assert [one.wait(timeout=END_S) for one in both] == [0, 0], said(tmp_path) + said(tmp_path, 1)
    assert any("waiting for it" in said(tmp_path, number) for number in (0, 1))
    door = LocalCluster(TRIAL)
    assert door.status().state == "running"
    assert len(Cluster.connect(door.kubeconfig()).nodes()) == 2


def test_two_nodes_are_added_at_once(trial: LocalCluster, begin: Begin, tmp_path: Path, api: Cluster) -> None:
    both = [begin("node", "add"), begin("node", "add")]
    assert [one.wait(timeout=END_S) for one in both] == [0, 0], said(tmp_path) + said(tmp_path, 1)
    assert [node.name for node in api.nodes()] == ["node1", "node2", "node3", "node4"]
    assert all(node.is_ready for node in api.nodes())


@pytest.mark.parametrize(("second", "ends"), [("reset", "running"), ("down", "stopped")])
def test_what_comes_during_an_up_waits_for_it(
    second: str, ends: str, bare: dict[str, list[str]], begin: Begin, tmp_path: Path
) -> None:
    up = begin("up", "--nodes", "1")
    await_said("✓ Writing certificates", up, tmp_path)
    other = begin(second)
    assert (up.wait(timeout=END_S), other.wait(timeout=END_S)) == (0, 0), said(tmp_path, 1)
    assert "waiting for it" in said(tmp_path, 1)
    assert LocalCluster(TRIAL).status().state == ends


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_snapshot_that_is_told_to_end_leaves_the_cluster_as_it_ran(
    number: signal.Signals, trial: LocalCluster, provider: LocalCluster, begin: Begin, tmp_path: Path
) -> None:
    before = supervised(trial.spec.cgroup)
    save = begin("snapshot", "save", "cut-off")
    wait_until(
        lambda: provider.status().state != "running" or save.poll() is not None,
        what="nothing was frozen",
        timeout_s=END_S,
    )
    save.send_signal(number)
    code = save.wait(timeout=END_S)
    assert code in (0, 128 + number), said(tmp_path)
    assert [one.name for one in provider.snapshots()] == (["cut-off"] if code == 0 else [])
    assert provider.status().state == "running"
    assert supervised(trial.spec.cgroup) == before
    if code == 0:
        provider.remove_snapshot("cut-off")
