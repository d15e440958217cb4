"""What is in a namespace and should not be there."""

from collections.abc import Iterable

from kubeface.kube import Cluster, KubeObject, wait
from kubeface.kube.user_objects import user_objects
from kubeface.kube.wait import Deadline

#: How finalizers begin that a lesson puts on an object on purpose: nobody else would take them away.
OURS = "course.kubeface.internal/"


def strays(cluster: Cluster, namespace: str, wanted: Iterable[str]) -> list[KubeObject]:
    """What a person made in a namespace, as far as it is not wanted; what has an owner goes with its owner.

    Args:
        cluster: Where.
        namespace: Where in it.
        wanted: Refs that stay.
    """
    stay = set(wanted)
    return [one for one in user_objects(cluster, namespace) if one.ref not in stay]


def remove(cluster: Cluster, found: list[KubeObject]) -> None:
    """Let all of them go; Pods at once, since nobody waits for what they do."""
    for one in found:
        cluster.delete(one.ref, namespace=one.namespace, grace_s=0 if one.kind == "Pod" else None)
        _let_go(cluster, one)


def _let_go(cluster: Cluster, one: KubeObject) -> None:
    """Without the finalizers that a lesson put there on purpose; those of others are theirs to take away."""
    held = one.raw["metadata"].get("finalizers") or []
    others = [word for word in held if not word.startswith(OURS)]
    if others != held:
        cluster.patch(one.ref, {"metadata": {"finalizers": others or None}}, namespace=one.namespace)


def await_gone(cluster: Cluster, found: list[KubeObject], deadline: Deadline) -> None:
    """All of them gone.

    Raises:
        NotReady: one is still there when the time is up.
    """
    for one in found:
        wait(cluster, one.ref, for_="deleted", timeout_s=max(1.0, deadline.left_s), namespace=one.namespace)
