"""What is in a namespace and should not be there."""

from collections.abc import Iterable

from kubeface.errors import ApiRefused
from kubeface.kube import Cluster, KubeObject, wait
from kubeface.kube.kinds import KINDS, Kind
from kubeface.kube.wait import Deadline

#: Written by the cluster itself, and gone with what they speak of.
_OF_THE_CLUSTER = ("Event", "EndpointSlice", "Lease")
#: In every namespace from its beginning.
_INBORN = ("configmap/kube-root-ca.crt", "serviceaccount/default")
_LOOKED_AT = tuple(kind for kind in KINDS if kind.namespaced and kind.name not in _OF_THE_CLUSTER)


def strays(cluster: Cluster, namespace: str, wanted: Iterable[str]) -> list[KubeObject]:
    """What a person made in a namespace, as far as it is not wanted; what has an owner goes with its owner.

    Args:
        cluster: Where.
        namespace: Where in it.
        wanted: Refs that stay.
    """
    stay = {*wanted, *_INBORN}
    found = [one for kind in _LOOKED_AT for one in _all(cluster, kind, namespace)]
    return [one for one in found if one.ref not in stay and not one.metadata.ownerReferences]


def remove(cluster: Cluster, found: list[KubeObject]) -> None:
    """Let all of them go; Pods at once, since nobody waits for what they do."""
    for one in found:
        cluster.delete(one.ref, namespace=one.namespace, grace_s=0 if one.kind == "Pod" else None)


def await_gone(cluster: Cluster, found: list[KubeObject], deadline: Deadline) -> None:
    """All of them gone.

    Raises:
        NotReady: one is still there when the time is up.
    """
    for one in found:
        wait(cluster, one.ref, for_="deleted", timeout_s=max(1.0, deadline.left_s), namespace=one.namespace)


def _all(cluster: Cluster, kind: Kind, namespace: str) -> list[KubeObject]:
    try:
        return cluster.snapshot(kind, namespace=namespace)[0]
    except ApiRefused:
        return []  # not served here, or not ours to see: then nobody made one through this user either
