"""Whether a cluster with a thousand simulated nodes stays usable."""

import functools
import statistics
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench import own_cluster
from bench.benchmark import Benchmark
from bench.embedded import NODE, a_pod, start_s
from kubeface.errors import CommandFailed

if TYPE_CHECKING:
    from kubeface.kube import Cluster

NODES, PODS = 1000, 5000  # specified
STARTS, LOOKS = 7, 5  # chosen, for the medians
SETTLED_S = 600
NAMESPACE = "default"


@dataclass(frozen=True)
class _Figures:
    """Seconds each."""

    placed: float
    view: float
    start: float


def scale_placed_s() -> float:
    """The time from applying a Deployment of 5,000 Pods until all of them run on simulated nodes."""
    return _measured().placed


def scale_view_s() -> float:
    """The median time to ask for all nodes and Pods and to draw them, as `nodes(cluster)` does."""
    return _measured().view


def scale_start_s() -> float:
    """The median time from applying a real Pod until it is Ready, beside the 5,000 simulated ones."""
    return _measured().start


@functools.cache  # one cluster for all figures
def _measured() -> _Figures:
    with own_cluster.running() as cluster:
        print(own_cluster.kubeface("node", "simulate", str(NODES)), file=sys.stderr)
        placed = _place(cluster)
        view = statistics.median(_view_s(cluster) for _ in range(LOOKS))
        starts = [start_s(cluster, a_pod(f"pod-{number}")) for number in range(STARTS + 1)]
        return _Figures(placed, view, statistics.median(starts[1:]))  # the first one brought the image


def _place(cluster: "Cluster") -> float:
    from kubeface.kube import apply, wait

    start = time.perf_counter()
    apply(cluster, [_deployment()])
    wait(cluster, "deployment/crowd", for_="Available", timeout_s=SETTLED_S, namespace=NAMESPACE)
    took = time.perf_counter() - start
    there = {pod.node for pod in cluster.list("pods", labels={"app": "crowd"}, namespace=NAMESPACE)}
    print(f"{PODS} Pods on {len(there)} nodes", file=sys.stderr)
    if NODE in there:
        raise CommandFailed(f"Pods for simulated nodes came to {NODE}")
    return took


def _view_s(cluster: "Cluster") -> float:
    from kubeface.kube import Cluster
    from kubeface.views.nodes import nodes

    here = Cluster.connect(cluster.kubeconfig, namespace=NAMESPACE)
    start = time.perf_counter()
    drawn = nodes(here)._repr_html_()
    took = time.perf_counter() - start
    if "crowd" not in drawn:
        raise CommandFailed("the Pods are not in view")
    return took


def _deployment() -> dict[str, Any]:
    """Pods for simulated nodes; their image is never fetched."""
    from kubeface.local import simulated

    labels = {"app": "crowd"}
    pod = {
        "containers": [{"name": "main", "image": "none", "resources": {"requests": {"cpu": "1"}}}],
        "nodeSelector": simulated.LABELS,
        "tolerations": [simulated.TAINT],
    }
    spec = {
        "replicas": PODS,
        "selector": {"matchLabels": labels},
        "strategy": {"rollingUpdate": {"maxUnavailable": 0}},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    meta = {"name": "crowd", "namespace": NAMESPACE}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec}


_CROWD = f"a cluster of 3 real and {NODES:,} simulated nodes"
BENCHMARKS = [
    Benchmark(
        name="scale_placed_s",
        unit="s",
        goal="<= 120",
        how=f"{_CROWD}: from applying a Deployment of {PODS:,} Pods until all of them run",
        measure=scale_placed_s,
    ),
    Benchmark(
        name="scale_view_s",
        unit="s",
        goal="<= 5",
        how=f"{_CROWD} and {PODS:,} Pods: asking for all and drawing `nodes(cluster)`; median of {LOOKS}",
        measure=scale_view_s,
    ),
    Benchmark(
        name="scale_start_s",
        unit="s",
        goal="<= 1.5",
        how=f"{_CROWD} and {PODS:,} Pods: from apply to Ready of one more, real one whose image is on its "
        f"node; median of {STARTS}",
        measure=scale_start_s,
    ),
]
