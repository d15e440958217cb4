"""An object without what the server notes for itself, so that two states of it can be compared; pure."""

import hashlib
from collections.abc import Mapping
from typing import Any

#: What the server keeps in an object's metadata for its own sake.
_META = ("managedFields", "resourceVersion", "generation", "uid", "selfLink")
#: Copies of the object that tools leave in it, and counts that controllers keep.
_ANNOTATIONS = (
    "kubectl.kubernetes.io/last-applied-configuration",
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


class Hidden:
    """A value of a Secret: it can be told from another one, and is never shown."""

    def __init__(self, value: object) -> None:
        self._digest = hashlib.sha256(str(value).encode()).digest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hidden) and self._digest == other._digest

    def __hash__(self) -> int:
        return hash(self._digest)

    def __repr__(self) -> str:
        return "(hidden)"


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
    if one.get("kind") == "Secret":
        kept |= {part: _hidden(one[part]) for part in ("data", "stringData") if part in one}
    cleaned: dict[str, Any] = _cleaned(kept)
    return cleaned


def _without(part: Mapping[str, Any] | None, keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in (part or {}).items() if key not in keys}


def _hidden(values: Mapping[str, Any] | None) -> dict[str, Hidden]:
    return {key: Hidden(value) for key, value in (values or {}).items()}


def _cleaned(value: Any) -> Any:
    if isinstance(value, Mapping):
        pairs = ((key, _cleaned(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item not in ({}, [], None)}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value


def _timeless(value: Any) -> Any:
    """Without moments, however deep: in a status nobody but controllers writes."""
    if isinstance(value, Mapping):
        return {key: _timeless(item) for key, item in _untimed(value).items()}
    if isinstance(value, list):
        return [_timeless(item) for item in value]
    return value


def _untimed(part: Mapping[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (part or {}).items() if not _is_moment(key, value)}


def _is_moment(key: str, value: object) -> bool:
    return key.endswith(_MOMENTS) and not isinstance(value, Mapping | list)
