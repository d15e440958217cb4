"""Where something stands in an object: `spec.template.spec.containers[0].image`; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubeface.errors import BadInput

#: One step of a path: a key; a place in a list, where None means every one; the items with key = value.
Step = str | int | None | tuple[str, str]

_STEP = re.compile(
    r"""\.?(?P<key>[^.\[\]=]+)
      | \[(?P<place>\d+)\]
      | \[(?P<all>\*)\]
      | \[(?P<quote>['"])(?P<quoted>.+?)(?P=quote)\]
      | \[(?P<field>[\w-]+)=(?P<value>[^\]]+)\]""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Path:
    """A path, read once and looked up often.

    >>> image = Path.read("spec.containers[name=receiver].image")
    >>> image.values({"spec": {"containers": [{"name": "receiver", "image": "receiver:v1.0"}]}})
    ['receiver:v1.0']
    """

    text: str
    steps: tuple[Step, ...]

    @classmethod
    def read(cls, text: str) -> "Path":
        """The path that a text spells.

        Args:
            text: Keys with dots between; `[0]` for one of a list, `[*]` for all of it, `[name=receiver]`
                for those with that field, `['app.kubernetes.io/name']` for a key with dots.

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
        return cls(text, tuple(steps))

    def values(self, one: Mapping[str, Any]) -> list[Any]:
        """What stands there; empty where nothing does, several where the path has `[*]`."""
        return [value for _, value in self.places(one)]

    def places(self, one: Mapping[str, Any]) -> list[tuple[tuple[str | int, ...], Any]]:
        """What stands there, each with the keys and places that lead to it."""
        found: list[tuple[tuple[str | int, ...], Any]] = [((), one)]
        for step in self.steps:
            found = [((*way, key), value) for way, here in found for key, value in _go(here, step)]
        return found


def _step(found: re.Match[str]) -> Step:
    if found["key"] or found["quoted"]:
        return found["key"] or found["quoted"]
    if found["field"]:
        return found["field"], found["value"]
    return None if found["all"] else int(found["place"])


def _go(here: Any, step: Step) -> list[tuple[str | int, Any]]:
    if isinstance(step, str):
        return [(step, here[step])] if isinstance(here, Mapping) and step in here else []
    if not isinstance(here, Sequence) or isinstance(here, str):
        return []
    items = list(enumerate(here))
    if isinstance(step, tuple):
        key, value = step
        return [(i, item) for i, item in items if isinstance(item, Mapping) and str(item.get(key)) == value]
    return list(items if step is None else items[step : step + 1])
