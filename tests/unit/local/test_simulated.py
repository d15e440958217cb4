"""Simulated nodes: what they are, and that KWOK makes them Ready and their Pods Running."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from kubeface import places
from kubeface.kube import Cluster, wait
from kubeface.local import simulated, simulated_start
from kubeface.local.simulated_start import LEASES
from kubeface.local.spec import ClusterSpec
from kubeface.local.toolchain import Toolchain

PATIENCE_S = 60
#: Half of what the lease of a KWOK that was killed lasts.
WITHIN_THE_LEASE_S = 20
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "taken"},
    "spec": {"nodeName": "sim-0001", "containers": [{"name": "main", "image": "none"}]},
}


def test_only_pods_that_tolerate_it_come_to_a_simulated_node() -> None:
    node = simulated.node("sim-0001", cpus=2, memory_gib=4, pods=10)
    assert node["spec"]["taints"] == [simulated.TAINT]
    assert node["status"]["allocatable"] == {"cpu": "2", "memory": "4Gi", "pods": "10"}


def test_the_nodes_that_kwok_manages_are_those_we_make() -> None:
    settings = next(yaml.safe_load_all(simulated.STAGES.read_text()))
    key, value = settings["options"]["manageNodesWithAnnotationSelector"].split("=")
    assert simulated.node("sim-0001")["metadata"]["annotations"] == {key: value}


def test_a_cluster_without_simulated_nodes_runs_nothing_for_them() -> None:
    assert not simulated.is_used(ClusterSpec("nobody-has-this-one"))


@pytest.fixture
def kwok(kubeconfig: Path, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts KWOK, as often as it is called."""
    started = []
    with (tmp_path / "log").open("wb") as log:

        def start() -> subprocess.Popen[bytes]:
            command = simulated.command(Toolchain(places.cache()), kubeconfig)
            started.append(subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True))
            return started[-1]

        yield start
    for program in started:
        with contextlib.suppress(ProcessLookupError):  # it was killed, and has nobody beside it any more
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()


@pytest.fixture
def node(cluster: Cluster) -> Iterator[str]:
    """The name of a simulated node."""
    cluster.apply(simulated.node("sim-0001"))
    yield "sim-0001"
    cluster.delete("node/sim-0001")
    cluster.delete("lease/sim-0001", namespace=LEASES)


def test_a_simulated_node_is_ready_and_its_pods_run_and_go(
    kwok: Callable[[], subprocess.Popen[bytes]], node: str, cluster: Cluster, space: str
) -> None:
    kwok()
    wait(cluster, f"node/{node}", for_="Ready", timeout_s=PATIENCE_S)
    cluster.apply(POD, namespace=space)
    wait(cluster, "pod/taken", for_="Ready", timeout_s=PATIENCE_S, namespace=space)
    cluster.delete("pod/taken", namespace=space)
    wait(cluster, "pod/taken", for_="deleted", timeout_s=PATIENCE_S, namespace=space)


def test_a_kwok_that_was_killed_goes_on_at_once_with_every_node(
    kwok: Callable[[], subprocess.Popen[bytes]], node: str, cluster: Cluster, space: str
) -> None:
    killed = kwok()
    wait(cluster, f"node/{node}", for_="Ready", timeout_s=PATIENCE_S)
    killed.kill()
    killed.wait()
    cluster.apply(POD, namespace=space)
    kwok()
    wait(cluster, "pod/taken", for_="Ready", timeout_s=WITHIN_THE_LEASE_S, namespace=space)


def test_what_is_freed_are_the_leases_of_simulated_nodes(node: str, cluster: Cluster) -> None:
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"}
    for name in (node, "a-real-one"):
        cluster.apply(lease | {"metadata": {"name": name}}, namespace=LEASES)
    simulated_start.free(cluster)
    there = {one.name for one in cluster.list("leases", namespace=LEASES)}
    cluster.delete("lease/a-real-one", namespace=LEASES)
    assert "a-real-one" in there
    assert node not in there
