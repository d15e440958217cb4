"""What is in a namespace, and the removal of what has certain labels."""

from collections.abc import Mapping

from kubeface.errors import ApiError
from kubeface.kube.client import Cluster
from kubeface.kube.wait import Deadline, wait
from kubeface.model.kinds import KINDS, Kind
from kubeface.model.objects import KubeObject

#: Written by the cluster itself, and gone with what they speak of.
_OF_THE_CLUSTER = ("Event", "EndpointSlice", "Lease")
#: In every namespace from its beginning.
_CREATED_BY_KUBERNETES = ("configmap/kube-root-ca.crt", "serviceaccount/default")
_LOOKED_AT = tuple(kind for kind in KINDS if kind.namespaced and kind.name not in _OF_THE_CLUSTER)


def user_objects(
    cluster: Cluster, namespace: str, *, labels: Mapping[str, str] | None = None
) -> list[KubeObject]:
    """What people made in a namespace; with labels, what has them. What has an owner goes with its owner."""
    found = [one for kind in _LOOKED_AT for one in _all(cluster, kind, namespace, labels)]
    return [
        one for one in found if one.ref not in _CREATED_BY_KUBERNETES and not one.metadata.ownerReferences
    ]


def delete_labelled(
    cluster: Cluster, namespace: str, labels: Mapping[str, str], deadline: Deadline
) -> list[str]:
    """The refs of what had these labels in a namespace: all gone now, and the Pods that had them.

    Raises:
        ApiError: one is not this user's to delete; those before it are going.
        NotReady: one is still there when the time is up.
    """
    going = user_objects(cluster, namespace, labels=labels)
    for one in going:
        cluster.delete(one.ref, namespace=namespace)
    left = [*going, *cluster.list("pods", labels=labels, namespace=namespace)]
    for one in left:
        wait(cluster, one.ref, for_="deleted", timeout_s=max(1.0, deadline.left_s), namespace=namespace)
    return [one.ref for one in going]


def _all(cluster: Cluster, kind: Kind, namespace: str, labels: Mapping[str, str] | None) -> list[KubeObject]:
    try:
        return cluster.snapshot(kind, labels=labels, namespace=namespace)[0]
    except ApiError:
        return []  # not served here, or not ours to see: then nobody made one through this user either
