"""Something in progress on a cluster, kept in a file beside the learner's progress: a kernel may restart."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from kubeface.errors import KubefaceError
from kubeface.util import files
from kubeface.util.locks import locked

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

VERSION = 1
Thing = TypeVar("Thing", bound="DataclassInstance")


class Drawer(Generic[Thing]):
    """Where one thing is kept; nobody but its user may read it.

    Args:
        path: The file; it need not exist.
        shape: The dataclass of the thing; the file has its fields.
        called: The thing in a sentence: `The exam`.
        advice: What to do where the file cannot be read.
    """

    def __init__(self, path: Path, shape: type[Thing], *, called: str, advice: str) -> None:
        self.path = path
        self._shape = shape
        self._called = called
        self._advice = advice

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Two notebooks, or one and a terminal, take turns."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(self.path.with_suffix(f"{self.path.suffix}-lock")):
            yield

    def read(self) -> Thing | None:
        """What is kept; None when nothing is.

        Raises:
            KubefaceError: what is kept cannot be read.
        """
        if not self.path.exists():
            return None
        try:
            told = json.loads(self.path.read_text())
            if told.pop("version") != VERSION:
                raise ValueError("it is of another version")
            return self._shape(**told)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise KubefaceError(
                f"{self._called} cannot be read from {self.path}.", seen=str(error), try_next=self._advice
            ) from error

    def write(self, thing: Thing) -> None:
        """Keep it."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.write(self.path, json.dumps({"version": VERSION} | asdict(thing), indent=1) + "\n")

    def clear(self) -> None:
        """Keep nothing any more."""
        self.path.unlink(missing_ok=True)
