"""Objects in a namespace that a lesson does not use: found, deleted, waited for."""

from collections.abc import Iterable

from kubeface.kube import Cluster, KubeObject, wait
from kubeface.kube.user_objects import user_objects
from kubeface.kube.wait import Deadline

#: The prefix of the finalizers that a lesson adds on purpose: no controller removes them.
OURS = "course.kubeface.internal/"


def leftovers(cluster: Cluster, namespace: str, desired: Iterable[str]) -> list[KubeObject]:
    """The objects of users in a namespace that are not desired; dependents are deleted with their owners.

    Args:
        cluster: Where.
        namespace: Where in it.
        desired: Refs that stay.
    """
    stay = set(desired)
    return [one for one in user_objects(cluster, namespace) if one.ref not in stay]


def delete(cluster: Cluster, found: list[KubeObject]) -> None:
    """Delete all of them; Pods without a grace period, since their work is not needed any more."""
    for one in found:
        cluster.delete(one.ref, namespace=one.namespace, grace_s=0 if one.kind == "Pod" else None)
        _remove_own_finalizers(cluster, one)


def _remove_own_finalizers(cluster: Cluster, one: KubeObject) -> None:
    """Remove the finalizers that a lesson added on purpose; others are left to their controllers."""
    held = one.raw["metadata"].get("finalizers") or []
    others = [word for word in held if not word.startswith(OURS)]
    if others != held:
        cluster.patch(one.ref, {"metadata": {"finalizers": others or None}}, namespace=one.namespace)


def await_deleted(cluster: Cluster, found: list[KubeObject], deadline: Deadline) -> None:
    """Return once all of them are deleted.

    Raises:
        NotReady: one is still there at the deadline.
    """
    for one in found:
        wait(cluster, one.ref, for_="deleted", timeout_s=max(1.0, deadline.left_s), namespace=one.namespace)
