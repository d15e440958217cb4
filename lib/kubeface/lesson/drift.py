"""Fields of an applied object that somebody else has set: server-side apply alone leaves them."""

from typing import Any

from kubeface.errors import ApiError
from kubeface.kube import Cluster, KubeObject
from kubeface.kube.client import FIELD_MANAGER

Manifest = dict[str, Any]

MANAGER = "kubeface-lesson"
#: Their spec is completed by the cluster, or says nothing that a lesson relies on.
_LEFT_ALONE = ("PersistentVolumeClaim", "PersistentVolume", "Namespace", "ServiceAccount", "Secret")
#: What the API server answers when an object has changed since it was read.
_OUTDATED = "the object has been modified"
TRIES = 9  # chosen: a rollout writes its status some times a second
_NOT_CONTENT = ("f:metadata", "f:status")


def has_drifted(one: KubeObject) -> bool:
    """Whether somebody has set a field that its manifest does not have: a sidecar, a replica count."""
    if one.kind in _LEFT_ALONE:
        return False
    entries = one.raw["metadata"].get("managedFields") or []
    ours = [entry for entry in entries if _is_ours(entry)]
    own = ours[0]["fieldsV1"] if ours else {}
    return any(_has_more(_content(entry), own) for entry in entries if not _is_known(entry))


def replace(cluster: Cluster, manifest: Manifest, one: KubeObject) -> KubeObject:
    """Replace an object by its manifest: fields that it does not name get their defaults again.

    A controller may write to it meanwhile, its status for example; then the new version is replaced.
    """
    for _ in range(TRIES):
        try:
            return _replaced(cluster, manifest, one)
        except ApiError as refusal:
            if _OUTDATED not in refusal.seen:
                raise
            one = cluster.get(one.ref, namespace=one.namespace)
    return _replaced(cluster, manifest, one)


def _replaced(cluster: Cluster, manifest: Manifest, one: KubeObject) -> KubeObject:
    version = {"resourceVersion": one.metadata.resourceVersion, "namespace": one.namespace}
    body = cluster.overrides.rewrite(manifest | {"metadata": manifest["metadata"] | version})
    kind = cluster.kind(one.kind, manifest["apiVersion"])
    answer = cluster.transport.json(
        "put",
        kind.path(one.name, one.namespace),
        what=f"replace {one.ref}",
        body=body,
        field_manager=MANAGER,
    )
    return KubeObject(answer)


def _is_ours(entry: dict[str, Any]) -> bool:
    return bool(entry["manager"] == FIELD_MANAGER and entry["operation"] == "Apply")


def _is_known(entry: dict[str, Any]) -> bool:
    return _is_ours(entry) or entry["manager"] == MANAGER or entry.get("subresource") == "status"


def _content(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry["fieldsV1"].items() if key not in _NOT_CONTENT}


def _has_more(theirs: dict[str, Any], ours: dict[str, Any]) -> bool:
    """Whether a set of fields, as the API server writes it, has one that the other lacks."""
    return any(key not in ours or _has_more(theirs[key], ours[key]) for key in theirs if key != ".")
