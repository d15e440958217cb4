"""Paths into an object, as `diff` prints them and tables take them: `spec.containers[main].image`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubeface.errors import BadInput

#: What tells the items of a list apart, the most telling first.
KEYS = ("name", "type", "containerPort", "port", "key", "uid", "ip")

_STEP = re.compile(
    r"""\.?(?P<key>[^.\[\]=]+)
      | \[(?P<place>\d+)\]
      | \[(?P<all>\*)\]
      | \[(?P<quote>['"])(?P<quoted>.+?)(?P=quote)\]
      | \[(?P<field>[\w-]+)=(?P<value>[^\]]+)\]
      | \[(?P<item>[^\]=]+)\]""",
    re.VERBOSE,
)
_PLAIN_KEY = re.compile(r"[^.\[\]=/'\"]+")
#: An item is named by its value alone where that can be read as nothing else: a place, or all.
_PLAIN_ITEM = re.compile(r"(?!\d+$)[^\]=*'\"][^\]=]*")


@dataclass(frozen=True)
class Key:
    """The value under a key of a mapping."""

    name: str

    def __str__(self) -> str:
        if _PLAIN_KEY.fullmatch(self.name):
            return f".{self.name}"
        quote = '"' if "'" in self.name else "'"
        return f"[{quote}{self.name}{quote}]"


@dataclass(frozen=True)
class Place:
    """One item of a list, counted from 0; all of them if there is no number."""

    number: int | None

    def __str__(self) -> str:
        return "[*]" if self.number is None else f"[{self.number}]"


@dataclass(frozen=True)
class Item:
    """The items of a list in which a field, or else the one that tells them apart, has a value."""

    value: str
    field: str = ""

    def __str__(self) -> str:
        return f"[{self.field}={self.value}]" if self.field else f"[{self.value}]"


Step = Key | Place | Item


@dataclass(frozen=True)
class Path:
    """A path, read once and looked up often.

    >>> image = Path.read("spec.containers[receiver].image")
    >>> image.values({"spec": {"containers": [{"name": "receiver", "image": "receiver:v1.0"}]}})
    ['receiver:v1.0']
    """

    steps: tuple[Step, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Path":
        """The path that a text spells.

        Args:
            text: Keys with dots between; `[0]` for one item of a list, `[*]` for all of it, `[receiver]` for
                that of this name (or type, port, key), `[image=nginx]` for those with that field;
                `['app.kubernetes.io/name']` for a key with dots.

        Raises:
            BadInput: it spells none.
        """
        steps: list[Step] = []
        at = 0
        while at < len(text):
            found = _STEP.match(text, at)
            if found is None:
                raise BadInput(f"{text!r} is no path", try_next="such as spec.containers[0].image")
            steps.append(_step(found))
            at = found.end()
        if not steps:
            raise BadInput("a path names at least one key", try_next="such as spec.replicas")
        return cls(tuple(steps))

    def key(self, name: str) -> "Path":
        """The path to a key of the mapping at this path."""
        return Path((*self.steps, Key(name)))

    def item(self, field: str, value: object, *lists: Sequence[Any]) -> "Path":
        """The path to the item, of the list at this path, in which a field has a value.

        Args:
            field: One of `KEYS`.
            value: Its value.
            lists: Where the path is looked up; the field is left out where it is the one that tells apart.
        """
        is_plain = {identity(one) for one in lists if one} == {field} and _PLAIN_ITEM.fullmatch(str(value))
        return Path((*self.steps, Item(str(value), "" if is_plain else field)))

    @property
    def is_in_list(self) -> bool:
        """Whether it leads through a list."""
        return any(not isinstance(step, Key) for step in self.steps)

    def values(self, one: Mapping[str, Any]) -> list[Any]:
        """The values at this path: none where nothing is, several where it has `[*]`."""
        return [value for _, value in self.places(one)]

    def places(self, one: Mapping[str, Any]) -> list[tuple[tuple[str | int, ...], Any]]:
        """The values at this path, each with the keys and numbers that lead to it."""
        found: list[tuple[tuple[str | int, ...], Any]] = [((), one)]
        for step in self.steps:
            found = [((*before, key), value) for before, here in found for key, value in _go(here, step)]
        return found

    def __str__(self) -> str:
        return "".join(map(str, self.steps)).removeprefix(".")


def identity(items: Sequence[Any]) -> str:
    """The field that tells the items of a list apart: the first of `KEYS` that all have, or empty."""
    return next((key for key in KEYS if all(isinstance(i, Mapping) and key in i for i in items)), "")


def _step(found: re.Match[str]) -> Step:
    if found["key"] or found["quoted"]:
        return Key(found["key"] or found["quoted"])
    if found["field"]:
        return Item(found["value"], found["field"])
    if found["item"]:
        return Item(found["item"])
    return Place(None if found["all"] else int(found["place"]))


def _go(here: Any, step: Step) -> list[tuple[str | int, Any]]:
    if isinstance(step, Key):
        return [(step.name, here[step.name])] if isinstance(here, Mapping) and step.name in here else []
    if not isinstance(here, Sequence) or isinstance(here, str):
        return []
    items = list(enumerate(here))
    if isinstance(step, Place):
        return list(items if step.number is None else items[step.number : step.number + 1])
    field = step.field or identity(here)
    return [(i, one) for i, one in items if isinstance(one, Mapping) and str(one.get(field)) == step.value]
