"""The files that declare lessons, exercises and questions; a course says where it is and how one is loaded.

Without another one it is the course of this repository.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kubeface import places
from kubeface.errors import BadInput


class NoSuchLesson(BadInput):
    """No lesson has that number."""


def _no_files(number: str) -> Any:
    raise NoSuchLesson(f"there is no lesson {number!r}")


_load: Callable[[str], Any] = _no_files
_source: Path | None = None


def load_with(loader: Callable[[str], Any], *, source: Path) -> None:
    """From now on the lessons are those of a course of one's own.

    Args:
        loader: Takes a number, gives the lesson's plan, raises NoSuchLesson.
        source: The folder that has the course's notebooks/ and manifests/.
    """
    global _load, _source
    _load, _source = loader, source


def load_by_default(loader: Callable[[str], Any]) -> None:
    """Load the lessons' files with `loader`, unless another course was named before."""
    global _load
    if _load is _no_files:
        _load = loader


def source() -> Path:
    """The folder that has the course's notebooks/ and manifests/."""
    return _source or places.SOURCE


def load(number: str) -> Any:
    """The plan of a lesson, now that its exercises and questions are known too.

    Raises:
        NoSuchLesson: no lesson has that number.

    >>> load("99")
    Traceback (most recent call last):
    kubeface.checks.lesson_files.NoSuchLesson: there is no lesson '99'
    ...
    """
    return _load(number)
