"""Server-side apply of many objects, its dry run, and their deletion."""

from collections.abc import Iterable
from typing import Any

from kubeface.errors import BadInput
from kubeface.kube.client import Cluster, Objects, ref_of
from kubeface.kube.transport import NotFound
from kubeface.model.change import Change
from kubeface.model.manifests import in_kind_order
from kubeface.model.objects import KubeObject


def apply(
    cluster: Cluster,
    objects: Iterable[dict[str, Any]],
    *,
    namespace: str | None = None,
    force: bool = True,
    dry_run: bool = False,
) -> Objects:
    """The objects as the API server has them after a server-side apply, in the order applied.

    Waits for nothing. Applying the same twice changes nothing.

    Args:
        cluster: Where to.
        objects: In any order: a namespace goes before what is in it.
        namespace: For objects that name none; without one, the cluster's own.
        force: Take over fields that somebody else has set; without it that is an error.
        dry_run: Let the server judge all of them and change nothing.

    Raises:
        ApiError: the server refused one, in its own words; those before it are applied.
            Conflict is one of its ways: without `force`, fields of somebody else's.

    >>> from kubeface.kube import apply
    >>> one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}}
    >>> [made.ref for made in apply(cluster, [one])]
    ['configmap/one']
    """
    ordered = in_kind_order(_listed(objects))
    return [cluster.apply(one, namespace=namespace, force=force, dry_run=dry_run) for one in ordered]


def diff(
    cluster: Cluster,
    objects: Iterable[dict[str, Any]],
    *,
    namespace: str | None = None,
    force: bool = True,
) -> list[Change]:
    """What an apply of these objects would create and change, as the server judges it.

    Nothing is written.

    An object that would stay as it is is left out. Each change has the fields that differ, without what the
    server notes for itself; the values of Secrets are never shown.

    Args:
        cluster: Which cluster judges.
        objects: In any order.
        namespace: For objects that name none; without one, the cluster's own.
        force: As if fields that somebody else has set were taken over; without it that is an error.
        prune: As if `apply` removed what an earlier apply of the same set made.

    Raises:
        ApiError: the server would refuse one.

    >>> from kubeface.kube import Cluster, diff
    >>> def plan(cluster: Cluster, replicas: int) -> list[Change]:
    ...     one = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "receiver"}}
    ...     return diff(cluster, [one | {"spec": {"replicas": replicas}}])
    """
    ordered = in_kind_order(_listed(objects))
    spaces = {one["metadata"]["name"] for one in ordered if one["kind"] == "Namespace"}
    changes = [_change(cluster, one, namespace, force=force, coming=spaces) for one in ordered]
    return [one for one in changes if one.before is None or one.fields]


def _change(
    cluster: Cluster, one: dict[str, Any], namespace: str | None, *, force: bool, coming: set[str]
) -> Change:
    space = one["metadata"].get("namespace") or namespace or cluster.namespace
    kind = cluster.kind(one["kind"], one.get("apiVersion"))
    before = cluster.find(ref_of(one), namespace=space)
    try:
        return Change(before, cluster.apply(one, namespace=namespace, force=force, dry_run=True))
    except NotFound:
        if not kind.namespaced or space not in coming:
            raise
        return Change(None, KubeObject(one))  # its namespace comes with it: no server can judge it yet


def delete(cluster: Cluster, objects: Iterable[dict[str, Any]], *, namespace: str | None = None) -> list[str]:
    """Delete objects in reverse apply order; the refs of those that existed."""
    backwards = reversed(in_kind_order(_listed(objects)))
    return [ref_of(one) for one in backwards if _delete_one(cluster, one, namespace)]


def _delete_one(cluster: Cluster, one: dict[str, Any], namespace: str | None) -> bool:
    return cluster.delete(ref_of(one), namespace=one["metadata"].get("namespace") or namespace)


def _listed(objects: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    if isinstance(objects, dict):
        raise BadInput(
            "apply takes a list of objects", seen="this is one object", try_next="apply(cluster, [it])"
        )
    return list(objects)
