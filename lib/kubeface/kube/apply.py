"""Server-side apply of many objects, and its undoing."""

from collections.abc import Iterable
from typing import Any

from kubeface.errors import BadInput
from kubeface.kube.client import Cluster, Objects, ref_of
from kubeface.kube.manifests import in_kind_order


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
        ApiRefused: the server refused one, in its own words; those before it are applied.
    """
    ordered = in_kind_order(_listed(objects))
    return [cluster.put(one, namespace=namespace, force=force, dry_run=dry_run) for one in ordered]


def delete(cluster: Cluster, objects: Iterable[dict[str, Any]], *, namespace: str | None = None) -> list[str]:
    """The refs of those objects that were there and are now going, last applied first."""
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
