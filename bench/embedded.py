"""How fast the local cluster starts, resets and starts Pods, and what it takes while idle."""

import contextlib
import re
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import own_cluster
from bench.benchmark import Benchmark
from kubeface.errors import CommandFailed

if TYPE_CHECKING:
    from kubeface.kube import Cluster

STARTS = 3  # chosen, for the medians
PODS = 20  # specified
IMAGE = "registry.kubeface.internal/busybox:v1.0"
NODE = "node1"
POD_S = 60
SETTLE_S = 60.0  # chosen: what the start has set in motion is over by then


def up_s() -> float:
    """The median time of `kubeface up`, the whole command."""
    return statistics.median(whole for whole, _ in _starts())


def up_vs_apiserver() -> float:
    """`kubeface up` as a multiple of the time that its API server took to be ready: the median."""
    return statistics.median(whole / of_api_server for whole, of_api_server in _starts())


def pod_start_s() -> float:
    """The median time from applying a Pod, whose image its node has, until it is Ready."""
    with own_cluster.running() as cluster:
        took = [start_s(cluster, a_pod(f"pod-{number}")) for number in range(PODS + 1)]
    return statistics.median(took[1:])  # the first one brought the image


def start_s(cluster: "Cluster", pod: dict[str, Any]) -> float:
    """The time from applying a Pod until it is Ready."""
    from kubeface.kube import apply, wait

    start = time.perf_counter()
    apply(cluster, [pod])
    wait(cluster, f"pod/{pod['metadata']['name']}", for_="Ready", timeout_s=POD_S, namespace="default")
    return time.perf_counter() - start


def reset_s() -> float:
    """The time of `kubeface reset`, the whole command, with the pipeline deployed."""
    from kubeface.pipeline import Pipeline

    with own_cluster.running() as cluster:
        with contextlib.redirect_stdout(sys.stderr):  # the table has standard output for itself
            Pipeline(cluster).deploy()
        start = time.perf_counter()
        own_cluster.kubeface("reset")
        took = time.perf_counter() - start
        left = [pod.name for pod in cluster.list("pods", namespace=own_cluster.NAMESPACE)]
        if left:
            raise CommandFailed("the pipeline outlived the reset", seen=", ".join(left))
    return took


def idle_mb() -> float:
    """The memory of every process of a new cluster, shared pages counted once, in MB of 10⁶ bytes."""
    from kubeface.linux import cgroups
    from kubeface.local import state

    with own_cluster.running():
        time.sleep(SETTLE_S)
        spec = state.saved(own_cluster.NAME)
        if spec is None:
            raise CommandFailed("the cluster cannot be seen", try_next="run the benchmark as root")
        return sum(_memory_kb(pid) for pid in cgroups.processes(spec.cgroup)) * 1024 / 1e6


def _starts() -> list[tuple[float, float]]:
    """Of some starts from nothing: seconds of the whole command, and of its API server."""
    found = []
    for _ in range(STARTS):
        with own_cluster.gone():
            start = time.perf_counter()
            said = own_cluster.kubeface("up")
            found.append((time.perf_counter() - start, api_server_s(said)))
    print("; ".join(f"up {whole:.1f} s, API server {own:.1f} s" for whole, own in found), file=sys.stderr)
    return found


def api_server_s(said: str) -> float:
    """How long the API server took to be ready, as `kubeface up` tells it, in s."""
    step = re.search(r"Starting the API server \((\d+\.\d+) s\)", said)
    if step is None:
        raise CommandFailed("`kubeface up` does not say how long its API server took", seen=said)
    return float(step[1])


def a_pod(name: str) -> dict[str, Any]:
    """A Pod that the scheduler puts on one node, and that is Ready as soon as it runs."""
    container = {"name": "main", "image": IMAGE, "command": ["sleep", "3600"]}
    spec = {
        "containers": [container],
        "nodeSelector": {"kubernetes.io/hostname": NODE},
        "terminationGracePeriodSeconds": 0,
    }
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}


def _memory_kb(pid: int) -> int:
    """A process's part of the memory in KiB: pages that several share are divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except ProcessLookupError:  # it has ended meanwhile
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


_NEW = f"new cluster of 3 nodes, built and with its images in the cache; median of {STARTS}"
BENCHMARKS = [
    Benchmark(
        name="up_vs_apiserver",
        unit="ratio",
        goal="<= 2.5",
        how="`kubeface up`, the whole command until nodes, DNS and StorageClass are there, against the time "
        f"its API server takes to be ready in the same start; {_NEW}",
        measure=up_vs_apiserver,
    ),
    Benchmark(
        name="up_s",
        unit="s",
        goal="<= 10",
        how=f"`kubeface up`, the whole command; {_NEW}",
        measure=up_s,
    ),
    Benchmark(
        name="pod_start_s",
        unit="s",
        goal="<= 1.5",
        how=f"from apply to Ready of a Pod whose image is on its node, one after the other; median of {PODS}",
        measure=pod_start_s,
    ),
    Benchmark(
        name="reset_s",
        unit="s",
        goal="<= 5",
        how="`kubeface reset`, the whole command, on a cluster with the pipeline deployed",
        measure=reset_s,
    ),
    Benchmark(
        name="idle_mb",
        unit="MB",
        goal="<= 1300",
        how=f"memory of all processes of a new cluster of 3 nodes with all add-ons, Pods too, {SETTLE_S:g} s "
        "after its start; pages that several share count once (PSS)",
        measure=idle_mb,
    ),
]
