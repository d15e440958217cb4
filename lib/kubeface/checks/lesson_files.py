"""The files that declare lessons, exercises and questions; the room that has them says how one is loaded."""

from collections.abc import Callable
from typing import Any

from kubeface.errors import BadInput


class NoSuchLesson(BadInput):
    """No lesson has that number."""


def _no_files(number: str) -> Any:
    raise NoSuchLesson(f"there is no lesson {number!r}")


_load: Callable[[str], Any] = _no_files


def load_with(loader: Callable[[str], Any]) -> None:
    """From now on `loader` loads a lesson's file.

    Args:
        loader: Takes a number, gives the lesson's plan, raises NoSuchLesson.
    """
    global _load
    _load = loader


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
