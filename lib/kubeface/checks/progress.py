"""What has been passed and predicted so far, kept in one file a cluster."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kubeface.checks.registry import NAME
from kubeface.checks.verdicts import Outcome, Verdict
from kubeface.kube import Cluster
from kubeface.util import files
from kubeface.util.locks import locked

VERSION = 1
_PARTS = ("exercises", "predictions", "hints")

Kept = dict[str, Any]


class Progress:
    """The progress of one learner on one cluster; several notebooks may write at once.

    Nothing here raises for a file that cannot be read or written: a lesson goes on without it, and says so.

    Args:
        path: The file; it need not exist.
        say: Where to tell what is wrong with it.
    """

    def __init__(self, path: Path, say: Callable[[str], None] = print) -> None:
        self.path = path
        self._say = say

    @classmethod
    def of(cls, cluster: Cluster) -> "Progress":
        """The progress on that cluster."""
        return cls.named(name_of(cluster))

    @classmethod
    def named(cls, name: str) -> "Progress":
        """The progress on the cluster of that name; see `name_of`."""
        return cls(folder() / f"{re.sub(r'[^A-Za-z0-9._-]', '-', name)}.json")

    def outcome(self, exercise: str) -> Outcome:
        """How far an exercise is."""
        return Outcome(self._read()["exercises"].get(exercise, Outcome.NOT_STARTED))

    def graded(self, notebook: str | None = None) -> dict[str, bool]:
        """Whether each prediction graded so far was right, by name; of one notebook if one is named."""
        kept = self._read()["predictions"]
        return {name: bool(one["right"]) for name, one in kept.items() if _is_of(name, notebook)}

    def to_ask_again(self, notebook: str) -> list[str]:
        """The predictions of earlier notebooks that came out wrong and were not answered right since."""
        kept = self._read()["predictions"]
        wrong = [name for name, one in kept.items() if not one["right"] and not one.get("again")]
        return sorted(name for name in wrong if name[2:4] < notebook)

    def keep_review(self, name: str) -> None:
        """Keep that a wrong prediction was answered right when it was asked again."""
        self._change(lambda kept: kept["predictions"].get(name, {}).update({"again": True}))

    def hints_seen(self, exercise: str) -> int:
        """How many hints of this round have been shown."""
        return int(self._read()["hints"].get(exercise, 0))

    def notebooks(self) -> set[str]:
        """The numbers of the notebooks of which something is kept."""
        kept = self._read()
        return {name[2:4] for part in _PARTS for name in kept[part]}

    def keep_verdict(self, verdict: Verdict) -> None:
        """Keep what was found; what is passed stays passed, and a check that broke found nothing."""

        def change(kept: Kept) -> None:
            if kept["exercises"].get(verdict.exercise) != Outcome.PASSED:
                kept["exercises"][verdict.exercise] = str(verdict.outcome)

        if verdict.outcome is not Outcome.BROKE:
            self._change(change)

    def keep_grade(self, name: str, *, predicted: object, answer: object, is_right: bool) -> None:
        """Keep how a prediction came out; the first time counts."""
        grade = {"predicted": predicted, "answer": answer, "right": is_right}
        self._change(lambda kept: kept["predictions"].setdefault(name, grade))

    def keep_hints(self, exercise: str, count: int) -> None:
        """Keep how many hints have been shown."""
        self._change(lambda kept: kept["hints"].update({exercise: count}))

    def reset(self, notebook: str | None = None) -> None:
        """Forget everything, or everything of one notebook."""

        def change(kept: Kept) -> None:
            for part in _PARTS:
                kept[part] = {name: one for name, one in kept[part].items() if not _is_of(name, notebook)}

        self._change(change)

    def _read(self) -> Kept:
        try:
            text = self.path.read_text()
        except FileNotFoundError:
            return _nothing()
        except (OSError, UnicodeDecodeError) as error:
            return self._put_aside(str(error))
        try:
            return _sound(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return self._put_aside(str(error))

    def _put_aside(self, why: str) -> Kept:
        """Nothing kept, now that a file that says nothing stands under another name."""
        aside = next(path for path in _asides(self.path) if not path.exists())
        try:
            self.path.rename(aside)
        except OSError as error:
            self._say(f"Your progress at {self.path} cannot be read, and not be moved: {error}")
        else:
            self._say(f"The file of your progress could not be read ({why}).")
            self._say(f"It is kept as {aside.name}; a new one begins.")
        return _nothing()

    def _change(self, change: Callable[[Kept], object]) -> None:
        """Read, change, write back; other notebooks wait meanwhile."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(self.path.with_suffix(".lock")):
                kept = self._read()
                change(kept)
                text = json.dumps({"version": VERSION} | kept, indent=1, sort_keys=True, default=str)
                files.write(self.path, text + "\n")
        except OSError as error:
            self._say(f"Your progress could not be saved: {error}")


def folder() -> Path:
    """Where progress is kept: `$XDG_STATE_HOME/kubeface/progress`, by default below `~/.local/state`."""
    named = os.environ.get("XDG_STATE_HOME")
    return (Path(named) if named else Path.home() / ".local" / "state") / "kubeface" / "progress"


def name_of(cluster: Cluster) -> str:
    """A cluster's name for its progress.

    Local clusters share the name of their context, and each has a kubeconfig named after it; a foreign
    cluster is named by its context.
    """
    return cluster.kubeconfig.stem if cluster.kubeconfig.suffix == ".kubeconfig" else cluster.context


def _nothing() -> Kept:
    return {part: {} for part in _PARTS}


def _sound(kept: Any) -> Kept:
    """What is kept, if it has the shape that is written here."""
    if kept["version"] != VERSION:
        raise ValueError(f"its version is {kept['version']!r}, not {VERSION}")
    found = {part: dict(kept[part]) for part in _PARTS}
    names = [name for part in _PARTS for name in found[part]]
    if not all(NAME.fullmatch(name) for name in names):
        raise ValueError("it holds names that are no exercise's")
    for outcome in found["exercises"].values():
        Outcome(outcome)
    for grade in found["predictions"].values():
        bool(grade["right"])
    for count in found["hints"].values():
        int(count)
    return found


def _is_of(name: str, notebook: str | None) -> bool:
    return notebook is None or name[2:4] == notebook


def _asides(path: Path) -> Iterator[Path]:
    """Names for a broken file: `face.broken.json`, `face.broken-2.json`, …"""
    yield path.with_suffix(".broken.json")
    number = 2
    while True:
        yield path.with_suffix(f".broken-{number}.json")
        number += 1
