"""Simulated nodes: what they are, and that KWOK makes them Ready and their Pods Running."""

import subprocess
from pathlib import Path

import pytest
import yaml

from kubeface import places
from kubeface.embedded import simulated
from kubeface.embedded.spec import ClusterSpec
from kubeface.embedded.toolchain import Toolchain
from kubeface.kube import Cluster, wait

PATIENCE_S = 60
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
    assert not simulated.are_wanted(ClusterSpec("nobody-has-this-one"))


@pytest.fixture
def kwok(kubeconfig: Path, tmp_path: Path):
    tools = Toolchain(places.cache())
    if tools.missing([simulated.NAME]):
        pytest.skip("KWOK is compiled only when it is asked for: kubeface node simulate 1")
    with (tmp_path / "log").open("wb") as log:
        program = subprocess.Popen(simulated.command(tools, kubeconfig), stdout=log, stderr=log)
    yield
    program.kill()
    program.wait()


def test_a_simulated_node_is_ready_and_its_pods_run_and_go(kwok: None, cluster: Cluster, space: str) -> None:
    cluster.put(simulated.node("sim-0001"))
    wait(cluster, "node/sim-0001", for_="Ready", timeout_s=PATIENCE_S)
    cluster.put(POD, namespace=space)
    wait(cluster, "pod/taken", for_="Ready", timeout_s=PATIENCE_S, namespace=space)
    cluster.delete("pod/taken", namespace=space)
    wait(cluster, "pod/taken", for_="deleted", timeout_s=PATIENCE_S, namespace=space)
