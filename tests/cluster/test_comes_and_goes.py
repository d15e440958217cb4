"""A cluster comes up from any state, and goes without a trace."""

import asyncio
import contextlib
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from objects import WISH
from traces import differences, supervised, traces

from kubeface.kube import Cluster, wait
from kubeface.linux import cgroups
from kubeface.local.cluster import LocalCluster
from kubeface.local.dns import resolve
from kubeface.util.waiting import wait_for_exit

pytestmark = pytest.mark.alone

NOTE = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "note"}, "data": {"said": "remember"}}


def test_down_leaves_the_machine_as_it_was(provider: LocalCluster) -> None:
    provider.down(purge=True, say=print)
    before = traces()
    provider.up(WISH, say=print)
    assert traces() != before  # the comparison does see a cluster
    provider.down(purge=True, say=print)
    assert differences(before, traces()) == []


def test_it_works_inside_a_running_event_loop_as_in_a_notebook(provider: LocalCluster) -> None:
    async def in_a_cell() -> str:
        provider.down(purge=False, say=print)
        return provider.status().state

    with ThreadPoolExecutor(1) as pool:  # a browser test before this one may still hold this thread's loop
        assert pool.submit(lambda: asyncio.run(in_a_cell())).result() in ("absent", "stopped")


def test_down_of_a_cluster_that_is_not_there_is_fine_and_says_so() -> None:
    said: list[str] = []
    LocalCluster("nobodys").down(purge=True, say=said.append)
    assert said[0].startswith("There is no cluster nobodys, and nothing of it runs. Clusters here: ")


def test_down_twice_is_fine(provider: LocalCluster) -> None:
    provider.down(purge=False, say=print)
    provider.down(purge=False, say=print)


def test_up_when_it_is_up_changes_no_process(trial: LocalCluster, provider: LocalCluster) -> None:
    before = supervised(trial.spec.cgroup)
    assert len(before) >= 6 + 2 * 4  # the control plane, and each node with what runs on it
    provider.up(say=print)
    assert supervised(trial.spec.cgroup) == before


def test_what_was_said_survives_the_death_of_every_process(
    trial: LocalCluster, provider: LocalCluster, api: Cluster
) -> None:
    api.apply(NOTE)
    pids = cgroups.processes(trial.spec.cgroup)
    assert len(pids) > 10
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # it went with its node
            os.kill(pid, signal.SIGKILL)
    assert wait_for_exit(pids, timeout_s=20) == []
    provider.up(say=print)
    assert api.get("configmap/note").data.said == "remember"
    assert resolve("kubernetes.default.svc.cluster.local", trial.spec.dns_service) == trial.spec.api_service


def test_the_death_of_supervision_alone_is_noticed(trial: LocalCluster, provider: LocalCluster) -> None:
    pid = int((trial.spec.run / "supervisord.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    wait_for_exit([pid], timeout_s=10)
    assert provider.status().state == "stopped"  # nothing watches what still runs
    provider.up(say=print)
    assert provider.status().state == "running"


def test_one_kill_ends_a_whole_node_and_it_boots_again(trial: LocalCluster, api: Cluster) -> None:
    node = trial.spec.nodes[0]
    inside = set(cgroups.processes(node.cgroup))
    top = next(one["pid"] for one in trial.supervisor.programs() if one["name"] == node.name)
    os.kill(top, signal.SIGKILL)
    assert wait_for_exit(sorted(inside), timeout_s=10) == []
    wait(api, f"node/{node.name}", for_="Ready", timeout_s=60)
    assert not inside & set(cgroups.processes(node.cgroup))


def test_a_node_that_hangs_is_missed_and_goes_on_with_the_same_processes(
    trial: LocalCluster, provider: LocalCluster, api: Cluster
) -> None:
    inside = supervised(trial.spec.nodes[1].cgroup)
    provider.freeze_node("node2")
    wait(api, "node/node2", for_=lambda node: not node.is_ready, timeout_s=90)
    provider.thaw_node("node2")
    wait(api, "node/node2", for_="Ready", timeout_s=90)
    assert supervised(trial.spec.nodes[1].cgroup) == inside


def test_a_frozen_node_does_not_keep_a_cluster_from_going_down(
    trial: LocalCluster, provider: LocalCluster
) -> None:
    provider.freeze_node("node1")
    provider.down(purge=False, say=print)
    assert cgroups.processes(trial.spec.cgroup) == []
