"""The pool of incidents, from the table `incidents.yaml`; and what a drill draws from it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kubeface.errors import BadInput

TABLE = Path(__file__).with_name("incidents.yaml")
LEVELS = (1, 2, 3)


@dataclass(frozen=True)
class Incident:
    """One way in which the pipeline breaks.

    Args:
        name: What tests call it; nobody is shown it.
        level: 1 to 3, the hardest last.
        lesson: Where what it is about was learned: `05`.
        breaks: What is done to the cluster, in order; see `kubeface.drills.breaking`.
        claims: What holds while it is not there; see `kubeface.drills.claims`.
        shown_by: The command that shows it soonest.
        was: What was wrong, in one sentence.
        says: What a user says, where photos may still come through.
    """

    name: str
    level: int
    lesson: str
    breaks: tuple[Mapping[str, Any], ...]
    claims: tuple[str, ...]
    shown_by: str
    was: str
    says: str = ""

    @property
    def touches(self) -> frozenset[str]:
        """The refs that it changes, or whose Pods it ends: two incidents of one drill share none."""
        return frozenset(_touched(step) for step in self.breaks)

    @property
    def answers(self) -> tuple[str, str]:
        """What is told in the end: what was wrong, and what would have shown it soonest."""
        return self.was, f"What shows it soonest: {self.shown_by}"

    @property
    def needs_power(self) -> bool:
        """Whether a node is switched off for it, which takes root rights on this machine."""
        return any("power_off" in step for step in self.breaks)


@cache
def pool() -> dict[str, Incident]:
    """All incidents by name.

    >>> pool()["service-selector"].lesson
    '05'
    """
    import yaml

    rows = yaml.safe_load(TABLE.read_text())
    made = [Incident(**row | {key: tuple(row[key]) for key in ("breaks", "claims")}) for row in rows]
    return {one.name: one for one in made}


def draw(
    count: int,
    *,
    seed: int,
    level: int | None = None,
    lesson: str | None = None,
    powers: bool = True,
) -> list[Incident]:
    """Some incidents that do not touch each other; the same for the same arguments.

    Args:
        count: How many.
        seed: Any number; each has its own draw.
        level: Of this level only.
        lesson: Of this lesson only.
        powers: Also those for which a node is switched off.

    Raises:
        BadInput: there are not so many.

    >>> [one.name for one in draw(2, seed=7)] == [one.name for one in draw(2, seed=7)]
    True
    >>> {one.level for one in draw(3, seed=7, level=1)}
    {1}
    >>> draw(1, seed=7, lesson="00")
    Traceback (most recent call last):
    kubeface.errors.BadInput: There is no incident of lesson 00.
    Try: one of 01, 02, 03, 04, 05, 06, 07, 08, 09, 10, 11, 12, 13, 14, 15
    """
    wanted = [one for one in pool().values() if level in (None, one.level) and lesson in (None, one.lesson)]
    found: list[Incident] = []
    for one in random.Random(seed).sample(wanted, len(wanted)):  # noqa: S311  # a draw, and no secret
        is_apart = not any(one.touches & other.touches for other in found)
        if len(found) < count and is_apart and (powers or not one.needs_power):
            found.append(one)
    if len(found) < max(1, count):
        raise _too_few(count, len(found), level, lesson)
    return found


def _too_few(count: int, most: int, level: int | None, lesson: str | None) -> BadInput:
    of = " and ".join(
        f"{word} {value}" for word, value in (("level", level), ("lesson", lesson)) if value is not None
    )
    if count < 1:
        return BadInput(f"A drill of {count} incidents is none.", try_next="1 or more")
    if most:
        return BadInput(
            f"There are no {count} such incidents that touch nothing in common.",
            seen=f"this draw has {most}{f' of {of}' if of else ''}",
            try_next=f"count={most}, or another seed",
        )
    if level not in (None, *LEVELS):
        return BadInput(f"There is no level {level}.", try_next=f"one of {_listed(LEVELS)}")
    lessons = sorted({one.lesson for one in pool().values() if level in (None, one.level)})
    return BadInput(f"There is no incident of {of}.", try_next=f"one of {_listed(lessons)}")


def _listed(words: Sequence[object]) -> str:
    return ", ".join(map(str, words))


def _touched(step: Mapping[str, Any]) -> str:
    if "create" in step:
        made = step["create"]
        return f"{made['kind'].lower()}/{made['metadata']['name']}"
    return str(next(value for key, value in step.items() if key != "with"))
