"""The fields that differ between two states of an object."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kubeface.model.noise import without_noise
from kubeface.model.paths import Path, identity


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
    return sorted(_differing(Path(), without_noise(before or {}), without_noise(after or {})), key=_path)


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


def _differing(path: Path, before: Any, after: Any) -> Iterator[FieldChange]:
    if before == after:
        return
    if not path.is_in_list:  # each field by itself, also of a part that is all new or gone
        before, after = _filled(before, after), _filled(after, before)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {**before, **after}:
            yield from _differing(path.key(str(key)), before.get(key), after.get(key))
    elif (keyed := _keyed(before, after)) is not None:
        field, old, new = keyed
        for value in {**old, **new}:
            yield from _differing(path.item(field, value, before, after), old.get(value), new.get(value))
    else:
        yield FieldChange(str(path), before, after)


def _filled(part: Any, other: Any) -> Any:
    return {} if part is None and isinstance(other, Mapping) else part


def _keyed(before: Any, after: Any) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
    """The field that tells the items of both lists apart, and both by its value; None if there is none."""
    if not (isinstance(before, list) and isinstance(after, list)):
        return None
    field = identity([*before, *after])
    old, new = ({str(item[field]): item for item in items} if field else {} for items in (before, after))
    return (field, old, new) if field and len(old) == len(before) and len(new) == len(after) else None


def _path(change: FieldChange) -> str:
    return change.path
