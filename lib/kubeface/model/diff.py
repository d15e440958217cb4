"""What differs between two states of an object, field by field; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kubeface.model.noise import without_noise

#: What tells the items of a list apart, the most telling first.
_KEYS = ("name", "type", "containerPort", "port", "key", "uid", "ip")
_MISSING: Any = None


@dataclass(frozen=True)
class FieldChange:
    """One field that differs; None stands for a field that is not there.

    >>> print(FieldChange("spec.replicas", 1, 3))
    spec.replicas: 1 → 3
    """

    path: str
    before: Any
    after: Any

    @property
    def was(self) -> str | None:
        """The value before, in words; None if there was none."""
        return None if self.before is None else in_line(self.before)

    @property
    def now(self) -> str | None:
        """The value after, in words; None if there is none."""
        return None if self.after is None else in_line(self.after)

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.path}: + {self.now}"
        if self.after is None:
            return f"{self.path}: - {self.was}"
        return f"{self.path}: {self.was} → {self.now}"


def field_changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[FieldChange]:
    """The fields that differ between two states of one object, by path; the server's noise does not count.

    >>> one = {"spec": {"containers": [{"name": "main", "image": "a:1"}]}}
    >>> two = {"spec": {"containers": [{"name": "main", "image": "a:2"}]}}
    >>> [str(change) for change in field_changes(one, two)]
    ['spec.containers[main].image: a:1 → a:2']
    """
    return sorted(_differing("", without_noise(before or {}), without_noise(after or {})), key=_path)


def in_line(value: Any) -> str:
    """A value in one line, as YAML spells it in the flow of a text.

    >>> in_line({"cpu": "100m", "gpu": True})
    '{cpu: 100m, gpu: true}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {in_line(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(in_line, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) and value else repr(value)


def _differing(path: str, before: Any, after: Any) -> Iterator[FieldChange]:
    if before == after:
        return
    if "[" not in path:  # each field by itself, also of a part that is all new or gone
        before, after = _filled(before, after), _filled(after, before)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {**before, **after}:
            yield from _differing(_below(path, str(key)), before.get(key), after.get(key))
    elif (keyed := _keyed(before, after)) is not None:
        old, new = keyed
        for key in {**old, **new}:
            yield from _differing(f"{path}[{key}]", old.get(key), new.get(key))
    else:
        yield FieldChange(path, before, after)


def _filled(part: Any, other: Any) -> Any:
    return {} if part is None and isinstance(other, Mapping) else part


def _keyed(before: Any, after: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Both lists by what tells their items apart; None if they are no such lists."""
    if not (isinstance(before, list) and isinstance(after, list)):
        return None
    items = before + after
    for key in _KEYS:
        if all(isinstance(item, Mapping) and key in item for item in items):
            old, new = ({str(item[key]): item for item in items} for items in (before, after))
            return (old, new) if len(old) == len(before) and len(new) == len(after) else None
    return None


def _below(path: str, key: str) -> str:
    step = f"['{key}']" if "." in key or "/" in key else f".{key}"
    return (path + step).removeprefix(".")


def _path(change: FieldChange) -> str:
    return change.path
