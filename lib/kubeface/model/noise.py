"""What the API server and controllers add to an object for themselves, and the object without it."""

from collections.abc import Mapping
from typing import Any

from kubeface.model.secrets import LAST_APPLIED, hide_secret

#: Written by the API server into an object's metadata, for its own bookkeeping.
_META = ("managedFields", "resourceVersion", "generation", "uid", "selfLink")
_BORN = "creationTimestamp"
#: Copies of the object that tools leave in it, and counts that controllers keep.
_ANNOTATIONS = (
    LAST_APPLIED,
    "deployment.kubernetes.io/revision",
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "endpoints.kubernetes.io/last-change-trigger-time",
)
#: Of a status: which generation it speaks of, and a node's list of every image it has.
_STATUS = ("observedGeneration", "images", "terminatingReplicas", "collisionCount")
#: How the API calls a moment, in metadata and status; anywhere else such a key is somebody's own.
_MOMENTS = ("Time", "Timestamp", "startedAt", "finishedAt")


def without_noise(one: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of an object that holds only what people and controllers decide or report.

    Left out: managedFields, resourceVersion, generations, uid, moments and heartbeats, copies of the object
    in annotations, empty mappings and lists. The values of a Secret are `Hidden`.

    >>> without_noise({"kind": "Secret", "metadata": {"name": "s", "uid": "1"}, "data": {"password": "eA=="}})
    {'kind': 'Secret', 'metadata': {'name': 's'}, 'data': {'password': (hidden)}}
    """
    kept = dict(one)
    meta = _untimed({key: value for key, value in (one.get("metadata") or {}).items() if key not in _META})
    kept["metadata"] = meta | {"annotations": _without(meta.get("annotations"), _ANNOTATIONS)}
    if "status" in one:
        kept["status"] = _timeless(_without(one["status"], _STATUS))
    if one.get("kind") == "Event":
        kept = _timeless(kept)
    if one.get("kind") == "Lease":
        kept["spec"] = _untimed(one.get("spec"))
    cleaned: dict[str, Any] = _cleaned(hide_secret(kept))
    return cleaned


def recreatable(one: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of an object that could be created again: without status, and the server's bookkeeping.

    >>> recreatable({"kind": "Pod", "metadata": {"name": "web", "uid": "1"}, "status": {"phase": "Running"}})
    {'kind': 'Pod', 'metadata': {'name': 'web'}}
    """
    return {**_without(one, ("status",)), "metadata": _without(one.get("metadata"), (*_META, _BORN))}


def as_manifest(one: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of an object as a person would write it: without status, and what the server and tools added.

    >>> as_manifest({"kind": "Pod", "metadata": {"name": "web", "uid": "1"}, "status": {"phase": "Running"}})
    {'kind': 'Pod', 'metadata': {'name': 'web'}}
    """
    kept = recreatable(one)
    annotations = _without(kept["metadata"].pop("annotations", None), _ANNOTATIONS)
    kept["metadata"] |= {"annotations": annotations} if annotations else {}
    return kept


def _without(part: Mapping[str, Any] | None, keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in (part or {}).items() if key not in keys}


def _cleaned(value: Any) -> Any:
    if isinstance(value, Mapping):
        pairs = ((key, _cleaned(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item not in ({}, [], None)}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value


def _timeless(value: Any) -> Any:
    """A copy without timestamps, at any depth: only controllers write them into a status."""
    if isinstance(value, Mapping):
        return {key: _timeless(item) for key, item in _untimed(value).items()}
    if isinstance(value, list):
        return [_timeless(item) for item in value]
    return value


def _untimed(part: Mapping[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (part or {}).items() if not _is_moment(key, value)}


def _is_moment(key: str, value: object) -> bool:
    return key.endswith(_MOMENTS) and not isinstance(value, Mapping | list)
