"""Values of Secrets: compared, and never shown."""

import hashlib
from collections.abc import Mapping
from typing import Any

#: Where `kubectl apply` copies the whole object, a Secret's values too.
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Hidden:
    """A value of a Secret: it can be compared with another one, and is never shown."""

    def __init__(self, value: object) -> None:
        self._digest = hashlib.sha256(str(value).encode()).digest()
        self.letters = len(str(value))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hidden) and self._digest == other._digest

    def __hash__(self) -> int:
        return hash(self._digest)

    def __repr__(self) -> str:
        return "(hidden)"


def hide_secret(one: Mapping[str, Any]) -> Mapping[str, Any]:
    """A Secret with `Hidden` in place of each value, and without kubectl's copy of them; other objects as is.

    >>> hide_secret({"kind": "Secret", "metadata": {"name": "s"}, "data": {"password": "eA=="}})
    {'kind': 'Secret', 'metadata': {'name': 's'}, 'data': {'password': (hidden)}}
    """
    if one.get("kind") != "Secret":
        return one
    hidden = {
        part: {key: Hidden(value) for key, value in (one[part] or {}).items()}
        for part in ("data", "stringData")
        if part in one
    }
    meta = dict(one.get("metadata") or {})
    if LAST_APPLIED in (meta.get("annotations") or {}):
        meta["annotations"] = {k: v for k, v in meta["annotations"].items() if k != LAST_APPLIED}
    return {**one, "metadata": meta, **hidden}
