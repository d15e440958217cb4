"""Delete from an existing cluster what the course made there, and nothing else."""

from collections.abc import Callable, Iterator
from typing import Any

from kubeface.errors import BadInput
from kubeface.kube import Cluster, KubeObject, wait
from kubeface.kube.client import FIELD_MANAGER
from kubeface.kube.contexts import NAMESPACE
from kubeface.kube.learner import other_learner, release
from kubeface.kube.rights import may
from kubeface.kube.transport import Forbidden
from kubeface.kube.user_objects import delete_labelled, unlisted, user_objects
from kubeface.kube.wait import Deadline
from kubeface.model.ownership import PART_OF, lacks_course_label

Say = Callable[[str], None]

GONE_S = 180.0  # chosen: a database's volume and its namespace go in seconds, on a busy cluster in a minute


def remove(cluster: Cluster, say: Say) -> None:
    """Delete every object with the course's label, its namespaces, and its labels on nodes.

    A namespace in which something else is, or which is not the user's to delete, stays.

    Raises:
        BadInput: the pipeline's namespace lacks the course's label; nothing has been changed.
        NotReady: something did not go in time.
    """
    refuse_others(cluster)
    deadline = Deadline.after(GONE_S)
    for name in namespaces(cluster):
        refs = delete_labelled(cluster, name, PART_OF, deadline)
        say(f"{len(refs)} objects removed from the namespace {name}")
        _remove_namespace(cluster, name, deadline, say)
    for node in _labelled_nodes(cluster):
        cluster.patch(node.ref, {"metadata": {"labels": dict.fromkeys(_our_labels(node))}})
        say(f"labels removed from {node.name}: {', '.join(_our_labels(node))}")


def refuse_others(cluster: Cluster) -> None:
    """Refuse to delete anything if the pipeline's namespace is not the course's own, or another learner's.

    Raises:
        BadInput: it is.
    """
    found = cluster.find(f"namespace/{NAMESPACE}")
    if lacking := lacks_course_label(found):
        raise BadInput(
            f"The namespace {NAMESPACE} was not made by this course: nothing was removed.",
            seen=lacking,
        )
    if other := other_learner(found):
        raise BadInput(
            f"{other} learns in the namespace {NAMESPACE}: nothing was removed.",
            try_next=f"when {other} has finished: {release(NAMESPACE)}",
        )


def namespaces(cluster: Cluster) -> list[str]:
    """The namespaces that the course made; without the right to list them, only the pipeline's."""
    try:
        return [one.name for one in cluster.list("namespaces", labels=PART_OF)]
    except Forbidden:
        return [NAMESPACE] if cluster.find(f"namespace/{NAMESPACE}") else []


def _remove_namespace(cluster: Cluster, name: str, deadline: Deadline, say: Say) -> None:
    found, unseen = unlisted(cluster, name)
    others = [one.ref for one in user_objects(cluster, name)] + found
    may_delete = may(cluster, "delete", "namespaces", namespace=name)
    if not others and may_delete:
        others = [f"{kind}, which this user may not list" for kind in unseen]
    if others:
        shown = ", ".join(others[:5]) + (", …" if len(others) > 5 else "")
        say(f"The namespace {name} stays, with what the course did not make: {shown}")
    elif not may_delete:
        say(f"The namespace {name} stays: it is not this user's to delete.")
    else:
        cluster.delete(f"namespace/{name}")
        wait(cluster, f"namespace/{name}", for_="deleted", timeout_s=max(1.0, deadline.left_s))
        say(f"The namespace {name} is gone.")


def _labelled_nodes(cluster: Cluster) -> Iterator[KubeObject]:
    if may(cluster, "list", "nodes") and may(cluster, "patch", "nodes"):
        yield from (node for node in cluster.nodes() if _our_labels(node))


def _our_labels(node: KubeObject) -> list[str]:
    """The labels that this library set, according to managedFields."""
    entries: list[dict[str, Any]] = node.raw["metadata"].get("managedFields") or []
    ours = [entry["fieldsV1"] for entry in entries if entry["manager"] == FIELD_MANAGER]
    fields = [fields.get("f:metadata", {}).get("f:labels", {}) for fields in ours]
    keys = {key.removeprefix("f:") for one in fields for key in one}
    return sorted(keys & node.labels.keys())
