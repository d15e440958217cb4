"""The states in which a notebook may find a cluster: left in disorder, or without anything of the course."""

from typing import Any

from kubeface.kube import Cluster, apply
from kubeface.kube.wait import Deadline
from kubeface.lesson.prepare import remove_namespaces
from kubeface.model.ownership import PART_OF

GONE_S = 120  # chosen: a namespace full of Pods that end in their own time


def in_disorder(cluster: Cluster) -> None:
    """A namespace `face` that is half somebody else's, and nodes that nobody has tidied up."""
    apply(
        cluster, [_namespace(), _deployment("receiver"), _deployment("stray"), _pod(), _config(), _service()]
    )
    first, second, *_ = cluster.nodes()
    cluster.patch(first.ref, {"spec": {"unschedulable": True}, "metadata": {"labels": {"left": "behind"}}})
    taint = {"key": "left", "value": "behind", "effect": "NoSchedule"}
    cluster.patch(second.ref, {"spec": {"taints": [taint]}, "metadata": {"labels": {"receiver": None}}})


def without_the_course(cluster: Cluster) -> None:
    """Nothing of the course: no namespace `face`, and nodes as they were made."""
    remove_namespaces(cluster, ["face"], Deadline.after(GONE_S))
    for node in cluster.nodes():
        labels = {key: None for key in node.labels if "/" not in key}
        cluster.patch(
            node.ref, {"metadata": {"labels": labels}, "spec": {"unschedulable": None, "taints": None}}
        )


def _namespace() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "face", "labels": PART_OF}}


def _meta(name: str) -> dict[str, Any]:
    return {"name": name, "namespace": "face", "labels": {"app.kubernetes.io/name": name}}


def _containers() -> dict[str, Any]:
    image = "registry.kubeface.internal/receiver:no-such-tag"
    secured = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True}
    secured |= {"runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}}
    return {"containers": [{"name": "main", "image": image, "securityContext": secured}]}


def _deployment(name: str) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app.kubernetes.io/name": name}}, "spec": _containers()}
    spec = {
        "replicas": 2,
        "selector": {"matchLabels": {"app.kubernetes.io/name": name}},
        "template": template,
    }
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": _meta(name), "spec": spec}


def _pod() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": _meta("left-behind"), "spec": _containers()}


def _config() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _meta("note"), "data": {"author": "nobody"}}


def _service() -> dict[str, Any]:
    spec = {"selector": {"app.kubernetes.io/name": "nobody"}, "ports": [{"port": 8000}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": _meta("receiver"), "spec": spec}
