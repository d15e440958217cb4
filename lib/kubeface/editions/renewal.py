"""Decide, file by file, what a renewal does; do all of it at the end, whole or not at all."""

import itertools
import os
import time
from collections import defaultdict
from enum import Enum
from pathlib import Path, PurePosixPath

from kubeface.editions import notebooks, record
from kubeface.util import files

#: What is no longer in use, by the day on which it was put there.
EARLIER = "earlier"
#: How many names a sentence lists.
LISTED = 6


class Event(Enum):
    """What becomes of a file, as the start of a sentence that ends with its name."""

    GIVEN = "New in your folder"
    AGAIN = "There again"
    RENEWED = "Renewed, since you had not changed it"
    ASIDE = "Renewed; as you ran it, it is below {earlier}"
    BESIDE = "Changed by you and kept as it is; the course's new version is beside it"
    BROKEN = "No notebook any more, perhaps written half; it is below {earlier}, and a fresh one is there"
    RESTORED = "As the course gives it; what you had is below {earlier}"
    SAME = "As the course gives it already"
    GONE = "Not part of the course any more; it is below {earlier}"
    BLOCKED = "Left alone, since a link, a file or a folder of yours is in its way"


class Renewal:
    """What is to be done to a folder, gathered before anything is done.

    Args:
        folder: The learner's own.
        day: Where what is put aside goes, below `earlier`; without one, today.
    """

    def __init__(self, folder: Path, day: str = "") -> None:
        self._folder = folder
        self._earlier = f"{EARLIER}/{day or time.strftime('%Y-%m-%d')}"
        self._given = record.read(folder)
        self._aside: dict[Path, bytes] = {}
        self._written: dict[Path, bytes] = {}
        self._removed: list[Path] = []
        self._events: dict[Event, list[str]] = defaultdict(list)

    @property
    def is_first(self) -> bool:
        """Whether the course has given nothing yet."""
        return not self._given

    def renew(self, name: str, new: bytes) -> None:
        """The course's file, in the folder or beside the learner's version of it."""
        mark, before = notebooks.fingerprint(name, new), self._given.get(name)
        self._given[name] = mark
        if way := self._blocked_at(name):
            if before != mark:
                self._put_beside(name, new) if way == name else self._tell(Event.BLOCKED, way)
        elif (mine := self._read(name)) is None:
            self._put(name, new, Event.AGAIN if before else Event.GIVEN)
        elif notebooks.is_one(name) and notebooks.read(mine) is None:
            self._replace(name, mine, new, Event.BROKEN)
        elif mark in (before, have := notebooks.fingerprint(name, mine)):
            return
        elif have != before:
            self._put_beside(name, new)
        elif notebooks.is_one(name) and notebooks.was_run(mine):
            self._replace(name, mine, new, Event.ASIDE)
        else:
            self._put(name, new, Event.RENEWED)

    def restore(self, name: str, new: bytes) -> None:
        """The course's file in the place of the learner's, which is put aside."""
        self._given[name] = notebooks.fingerprint(name, new)
        if way := self._blocked_at(name):
            self._tell(Event.BLOCKED, way)
        elif (mine := self._read(name)) is None:
            self._put(name, new, Event.AGAIN)
        elif mine == new:
            self._tell(Event.SAME, name)
        else:
            self._replace(name, mine, new, Event.RESTORED)

    def withdraw_all_but(self, names: set[str]) -> None:
        """What the course has given and has no more: put aside where the learner did nothing with it."""
        for name in sorted(self._given.keys() - names):
            mark = self._given.pop(name)
            mine = None if self._blocked_at(name) else self._read(name)
            if mine is not None and notebooks.fingerprint(name, mine) == mark:
                self._put_aside(name, mine)
                self._removed.append(self._folder / name)
                self._tell(Event.GONE, name)

    def carry_out(self) -> list[str]:
        """Do it; what has become of which file, a sentence for each kind.

        What is put aside is on the disk before anything takes its place, and the record comes last. A
        failure on the way leaves every file as it was, or whole and new.
        """
        kept = {record.path(self._folder): record.as_bytes(self._given)}
        files.write_together({**self._aside, **self._written, **kept}, mode=0o644)
        for path in self._removed:
            path.unlink(missing_ok=True)
        return [self._sentence(event, names) for event, names in self._events.items()]

    def _put(self, name: str, new: bytes, event: Event) -> None:
        self._written[self._folder / name] = new
        self._tell(event, name)

    def _replace(self, name: str, mine: bytes, new: bytes, event: Event) -> None:
        self._put_aside(name, mine)
        self._put(name, new, event)

    def _put_aside(self, name: str, mine: bytes) -> None:
        wanted = self._folder / self._earlier / name
        numbered = (wanted.with_stem(f"{wanted.stem} {number}") for number in itertools.count(2))
        every = itertools.chain([wanted], numbered)
        self._aside[next(one for one in every if not os.path.lexists(one) and one not in self._aside)] = mine

    def _put_beside(self, name: str, new: bytes) -> None:
        other = beside(name)
        if self._blocked_at(other):
            self._tell(Event.BLOCKED, other)
            return
        mine = self._read(other)
        if mine is not None and mine != new:
            self._put_aside(other, mine)
        self._put(other, new, Event.BESIDE)

    def _read(self, name: str) -> bytes | None:
        path = self._folder / name
        return path.read_bytes() if path.exists() else None

    def _blocked_at(self, name: str) -> str:
        """The part of a path that is a link, a file for a folder, or a folder for a file; or nothing."""
        path = PurePosixPath(name)
        for one in (*reversed(path.parents), path):
            there = self._folder / one
            is_other = there.exists() and there.is_dir() == (one == path)
            if one.parts and (there.is_symlink() or is_other):
                return str(one)
        return ""

    def _tell(self, event: Event, name: str) -> None:
        if name not in self._events[event]:
            self._events[event].append(name)

    def _sentence(self, event: Event, names: list[str]) -> str:
        more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
        return f"{event.value.format(earlier=self._earlier)}: {', '.join(names[:LISTED])}{more}"


def beside(name: str) -> str:
    """Where a new version goes while the learner's own stays; nothing applies or loads it there.

    >>> beside("05-services-and-dns.ipynb"), beside("manifests/nsqd/service.yaml")
    ('05-services-and-dns (new).ipynb', 'manifests/nsqd/service.yaml.new')
    """
    path = PurePosixPath(name)
    is_notebook = notebooks.is_one(name)
    return str(path.with_stem(f"{path.stem} (new)")) if is_notebook else f"{name}.new"
