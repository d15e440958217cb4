"""Objects in a namespace that people made, and the deletion of those with certain labels."""

from collections.abc import Mapping

from kubeface.kube.client import Cluster
from kubeface.kube.transport import Forbidden, NotFound
from kubeface.kube.wait import Deadline, wait
from kubeface.model.kinds import KINDS
from kubeface.model.objects import KubeObject

#: Written by the cluster itself, and gone with what they are about.
_OF_THE_CLUSTER = ("Event", "EndpointSlice", "Endpoints", "Lease")
#: In every namespace from its beginning.
_CREATED_BY_KUBERNETES = ("configmap/kube-root-ca.crt", "serviceaccount/default")
_LOOKED_AT = tuple(kind for kind in KINDS if kind.namespaced and kind.name not in _OF_THE_CLUSTER)


def user_objects(
    cluster: Cluster, namespace: str, *, labels: Mapping[str, str] | None = None
) -> list[KubeObject]:
    """The objects of the course's kinds in a namespace that people made, without those that have an owner.

    Kinds that this user may not list are left out: see `unlisted`.

    Args:
        cluster: Where to look.
        namespace: Where in it.
        labels: Only objects with these labels.

    Raises:
        Unavailable: the API server does not answer for a kind just now.
    """
    found: list[KubeObject] = []
    for kind in _LOOKED_AT:
        try:
            found += cluster.snapshot(kind, labels=labels, namespace=namespace)[0]
        except (Forbidden, NotFound):
            continue  # nor can anything of it have been made through this user; or it is not served here
    return [one for one in found if _is_made_by_people(one)]


def unlisted(cluster: Cluster, namespace: str) -> tuple[list[str], list[str]]:
    """What is in a namespace beside `user_objects`: refs of other kinds, and kinds that may not be listed.

    Whoever deletes a namespace deletes these, too.

    Raises:
        Unavailable: the API server does not answer for a kind just now.
    """
    refs: list[str] = []
    unseen: list[str] = []
    seen = {(kind.name, kind.api_version.partition("/")[0]) for kind in _LOOKED_AT}
    for kind in cluster.kinds():
        is_known = (kind.name, kind.api_version.partition("/")[0]) in seen
        if not kind.namespaced or kind.name in _OF_THE_CLUSTER:
            continue
        try:
            found = cluster.snapshot(kind, namespace=namespace)[0]
            refs += [one.ref for one in found if not is_known and _is_made_by_people(one)]
        except Forbidden:
            unseen.append(kind.plural)
        except NotFound:
            continue  # its definition has just gone
    return refs, unseen


def delete_labelled(
    cluster: Cluster, namespace: str, labels: Mapping[str, str], deadline: Deadline
) -> list[str]:
    """Delete the objects with these labels in a namespace, and wait until they and their Pods are gone.

    Returns:
        The refs of the objects.

    Raises:
        ApiError: one is not this user's to delete; those before it are being deleted.
        NotReady: one is still there when the time is up.
    """
    found = user_objects(cluster, namespace, labels=labels)
    for one in found:
        cluster.delete(one.ref, namespace=namespace)
    left = [*found, *cluster.list("pods", labels=labels, namespace=namespace)]
    for one in left:
        wait(cluster, one.ref, for_="deleted", timeout_s=max(1.0, deadline.left_s), namespace=namespace)
    return [one.ref for one in found]


def _is_made_by_people(one: KubeObject) -> bool:
    return one.ref not in _CREATED_BY_KUBERNETES and not one.metadata.ownerReferences
