"""metrics-server: what nodes and Pods use, and an autoscaler that goes by it."""

from collections.abc import Iterator
from typing import Any

import pytest

from kubeface.errors import CommandFailed
from kubeface.kube import Cluster, apply, wait
from kubeface.kube.kubectl import run
from kubeface.local.cluster import LocalCluster
from kubeface.util.waiting import wait_until

IMAGE = "registry.kubeface.internal/busybox:v1.0"
SPACE = "measures"


@pytest.fixture
def busy(trial: LocalCluster, api: Cluster) -> Iterator[None]:
    """A Deployment of one Pod that uses all the processor it is given, and an autoscaler for it."""
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})
    apply(api, [_deployment(), _autoscaler()], namespace=SPACE)
    yield
    api.delete(f"namespace/{SPACE}")
    wait(api, f"namespace/{SPACE}", for_="deleted", timeout_s=90)


def test_top_shows_every_node(trial: LocalCluster, api: Cluster) -> None:
    names = {node.name for node in trial.spec.nodes}
    wait_until(lambda: names <= set(_top(api, "nodes").split()), what="no figures", timeout_s=120, every_s=1)


def test_a_busy_deployment_gets_more_pods(busy: None, api: Cluster) -> None:
    grown = wait(
        api, "deployment/busy", for_=lambda one: one.spec.replicas > 1, timeout_s=180, namespace=SPACE
    )
    assert grown
    assert "busy-" in _top(api, "pods", "-n", SPACE)


def _top(api: Cluster, *what: str) -> str:
    """What kubectl top says; nothing while there are no figures yet."""
    try:
        return run(["top", *what, "--no-headers"], cluster=api)
    except CommandFailed:
        return ""


def _deployment() -> dict[str, Any]:
    labels = {"app": "busy"}
    loop = {"name": "loop", "image": IMAGE, "command": ["sh", "-c", "while true; do :; done"]}
    loop["resources"] = {"requests": {"cpu": "20m"}, "limits": {"cpu": "60m"}}
    template = {
        "metadata": {"labels": labels},
        "spec": {"containers": [loop], "terminationGracePeriodSeconds": 0},
    }
    spec = {"selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "busy"}, "spec": spec}


def _autoscaler() -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": 50}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "busy"},
        "minReplicas": 1,
        "maxReplicas": 3,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
    }
    meta = {"name": "busy"}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": meta,
        "spec": spec,
    }
