"""Nodes as a lesson needs them: ready, open for Pods, with the lesson's labels."""

from collections.abc import Mapping
from typing import Any

from kubeface.errors import NotReady
from kubeface.kube import Cluster, KubeObject, wait
from kubeface.kube.wait import Deadline
from kubeface.lesson.context import LessonStopped, is_course

Labels = Mapping[str, str]


def await_nodes(cluster: Cluster, least: int, deadline: Deadline) -> None:
    """Every node ready, and as many as needed.

    Raises:
        LessonStopped: there are too few, or one does not get ready in time.
    """
    found = cluster.nodes()
    if len(found) < least:
        raise LessonStopped(
            f"This lesson needs {least} nodes; the cluster has {len(found)}.",
            try_next=f"kubeface down --purge, then kubeface up --nodes {least}" if is_course(cluster) else "",
        )
    for node in found:
        try:
            wait(cluster, node.ref, for_="Ready", timeout_s=max(1.0, deadline.left_s))
        except NotReady as late:
            start = (
                f"kubeface node start {node.name}, then this cell again"
                if is_course(cluster)
                else late.try_next
            )
            raise LessonStopped(f"{node.name} is not ready.", seen=late.seen, try_next=start) from late


def put_in_order(cluster: Cluster, labels: Labels) -> None:
    """Every node with these labels. On the course's cluster also without what an earlier lesson left on it:
    other labels of ours, taints, and a closed door (`kubectl cordon`).
    """
    for node in cluster.nodes():
        change = _missing(node, labels)
        if is_course(cluster):
            change = _merged(change, _left_behind(node, labels))
        if change:
            cluster.patch(node.ref, change)


def _missing(node: KubeObject, labels: Labels) -> dict[str, Any]:
    lacking = {key: value for key, value in labels.items() if node.labels.get(key) != value}
    return {"metadata": {"labels": lacking}} if lacking else {}


def _left_behind(node: KubeObject, labels: Labels) -> dict[str, Any]:
    """What takes an earlier lesson's doings away; Kubernetes' own have a domain in their key."""
    extra = {key: None for key in node.labels if "/" not in key and key not in labels}
    change: dict[str, Any] = {"metadata": {"labels": extra}} if extra else {}
    spec = node.raw.get("spec") or {}
    taints = spec.get("taints") or []
    kept = [taint for taint in taints if "kubernetes.io/" in taint["key"]]
    doors: dict[str, Any] = {}
    if spec.get("unschedulable"):
        doors["unschedulable"] = None
        kept = [taint for taint in kept if taint["key"] != "node.kubernetes.io/unschedulable"]
    if kept != taints:
        doors["taints"] = kept or None
    return change | ({"spec": doors} if doors else {})


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    labels = {
        key: value
        for change in (one, other)
        for key, value in (change.get("metadata") or {}).get("labels", {}).items()
    }
    return one | other | ({"metadata": {"labels": labels}} if labels else {})
