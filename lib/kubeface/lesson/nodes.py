"""Nodes as a lesson needs them: ready, open for Pods, with the lesson's labels."""

from collections.abc import Mapping
from typing import Any

from kubeface.errors import NotReady
from kubeface.kube import Cluster, KubeObject, wait
from kubeface.kube.wait import Deadline
from kubeface.lesson.context import LessonStopped, is_course
from kubeface.model.ownership import node_reset

Labels = Mapping[str, str]


def await_nodes(cluster: Cluster, least: int, deadline: Deadline) -> None:
    """Wait until every node is ready, and there are as many as needed.

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
    """Label every node; on the course's cluster, remove the labels, taints and marks of users too."""
    for node in cluster.nodes():
        change = node_reset(node, labels) if is_course(cluster) else _missing(node, labels)
        if change:
            cluster.patch(node.ref, change)


def _missing(node: KubeObject, labels: Labels) -> dict[str, Any]:
    lacking = {key: value for key, value in labels.items() if node.labels.get(key) != value}
    return {"metadata": {"labels": lacking}} if lacking else {}
