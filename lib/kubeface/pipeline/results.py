"""What the frontend tells about a photo; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FINAL = ("PROCESSED", "FAILED")


@dataclass(frozen=True)
class Box:
    """Where a face is: pixels of the full picture, from its top left corner."""

    top: int
    right: int
    bottom: int
    left: int


@dataclass(frozen=True)
class Result:
    """What is known of one posted photo.

    Args:
        id: The number that the receiver gave it.
        path: Relative to the photos folder.
        status: PENDING, PROCESSING, PROCESSED or FAILED.
        person: Whose face it is; None while unknown, and for a face that nobody knows.
        reason: Why it FAILED.
        distance: To the nearest known face; no unit, 0 is the same face, below 0.6 the same person.
        box: Where the face is.
    """

    id: int
    path: str
    status: str
    person: str | None = None
    reason: str | None = None
    distance: float | None = None
    box: Box | None = None

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Result":
        """A result from the frontend's JSON."""
        box = told.get("box")
        known = {name: told.get(name) for name in ("person", "reason", "distance")}
        return cls(told["id"], told["path"], told["status"], **known, box=Box(**box) if box else None)

    @property
    def name(self) -> str:
        """The file's name: `obama2.jpg`."""
        return self.path.rpartition("/")[2]

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in FINAL


class Results(list[Result]):
    """Results by path; `results["obama2.jpg"]` is the one of that file."""

    def __init__(self, results: Iterable[Result]) -> None:
        super().__init__(sorted(results, key=lambda one: one.path))

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return super().__getitem__(key)
        found = [one for one in self if key in (one.path, one.name)]
        if not found:
            raise KeyError(key)
        return found[0]

    @property
    def people(self) -> dict[str, str | None]:
        """Whose face each picture shows, by file name; None where nobody is known."""
        return {one.name: one.person for one in self}

    @property
    def pending(self) -> "Results":
        """Those that are not final yet."""
        return Results(one for one in self if not one.is_final)


class Awaited:
    """Some photos that are waited for, and what is known of them so far.

    Args:
        ids: Of the photos.
    """

    def __init__(self, ids: Iterable[int]) -> None:
        self.ids = frozenset(ids)
        self.last_event = ""  # its id: where the frontend's stream is resumed
        self._known: dict[int, Result] = {}

    def note(self, results: Iterable[Result]) -> None:
        """Newer results of some photos; others than those waited for are left out."""
        self._known |= {one.id: one for one in results if one.id in self.ids}

    @property
    def results(self) -> Results:
        """What is known."""
        return Results(self._known.values())

    @property
    def done(self) -> int:
        """How many of them are known to be final."""
        return sum(one.is_final for one in self._known.values())

    @property
    def are_done(self) -> bool:
        """Whether all of them are known, and final."""
        return len(self._known) == len(self.ids) and all(one.is_final for one in self._known.values())
