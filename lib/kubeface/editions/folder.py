"""The learner's own folder: made, renewed, and put back piece by piece."""

import contextlib
import os
import pwd
from collections.abc import Iterator, Mapping
from pathlib import Path

from kubeface import places
from kubeface.editions import notebooks, record, trust
from kubeface.editions.renewal import Renewal
from kubeface.errors import BadInput
from kubeface.util import files, locks, room
from kubeface.util.privilege import as_person

ANOTHER = "name another folder: kubeface lab --folder FOLDER, or KUBEFACE_FOLDER"


class Folder:
    """A folder that belongs to the learner, with the course's files in it.

    Several processes may renew it at once: one waits for the other.

    Args:
        path: It need not exist.

    Raises:
        BadInput: by every call: it is not the learner's, holds something else, or cannot be written to;
            nothing that was there has been changed.
        OSError: by every call: the disk is full; nothing that was there has been changed.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as home:
    ...     own = Folder(Path(home) / "kubeface")
    ...     print(*own.renew({"glossary.md": b"Pod: ..."}))
    ...     _ = (own.path / "glossary.md").write_text("Pod: what runs")
    ...     print(own.changed(""))
    ...     print(*own.restore({"glossary.md": b"Pod: ..."}, ["glossary.md"]))
    Your own folder is .../kubeface, with the course in it.
    ['glossary.md']
    As the course gives it; what you had is below earlier/...: glossary.md
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self) -> None:
        """Make it, or say why it cannot be the learner's folder."""
        with self._held():
            pass

    def renew(self, course: Mapping[str, bytes]) -> list[str]:
        """The course as it is now, in the folder, and nothing of the learner's lost; what became of what.

        Args:
            course: The course's files by their path in the folder; see `editions.read`.
        """
        with self._held():
            renewal = Renewal(self.path)
            is_first = renewal.is_first
            for name, new in course.items():
                renewal.renew(name, new)
            renewal.withdraw_all_but(set(course))
            said = renewal.carry_out()
        _trust(course)
        return [f"Your own folder is {self.path}, with the course in it."] if is_first else said

    def restore(self, course: Mapping[str, bytes], what: list[str]) -> list[str]:
        """Some files as the course gives them, with the learner's put aside; what became of what.

        Args:
            course: The course's files by their path in the folder; see `editions.read`.
            what: Numbers of lessons, which are the notebook and its manifests; or paths: `manifests/nsqd`.

        Raises:
            BadInput: the course has nothing of that name.
        """
        names = list(dict.fromkeys(name for one in what for name in self._meant(course, one)))
        with self._held():
            renewal = Renewal(self.path)
            for name in names:
                renewal.restore(name, course[name])
            said = renewal.carry_out()
        _trust({name: course[name] for name in names})
        return said

    def changed(self, below: str) -> list[str]:
        """The files below a path that differ from what the course gave last."""
        given = record.read(self.path)
        within = [name for name in sorted(given) if name.startswith(below)]
        return [name for name in within if not self._is_as_given(name, given[name])]

    def _is_as_given(self, name: str, mark: str) -> bool:
        try:
            return notebooks.fingerprint(name, (self.path / name).read_bytes()) == mark
        except OSError:
            return False

    def _meant(self, course: Mapping[str, bytes], word: str) -> list[str]:
        path = Path(word)
        inside = path.relative_to(self.path) if path.is_relative_to(self.path) else path
        parts = ("", "manifests/lessons/") if word.isdigit() else ()
        begins = [f"{part}{word.zfill(2)}-" for part in parts] or [f"{inside}/"]
        found = [name for name in course if name == str(inside) or name.startswith(tuple(begins))]
        if not found:
            raise BadInput(
                f"The course gives nothing named {word}.",
                seen=f"it gives {', '.join(dict.fromkeys(name.partition('/')[0] for name in course))}",
                try_next="kubeface lesson restore 05, or a path: kubeface lesson restore manifests/receiver",
            )
        return found

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        """The folder, there, the learner's, and for us alone; as the learner, under sudo too."""
        with as_person():
            try:
                self._refuse_source()
                self.path.mkdir(parents=True, exist_ok=True)
                self._refuse_owner()
                with locks.locked(self.path):
                    self._refuse_content()
                    yield
            except OSError as error:
                if room.is_lacking(error):
                    raise
                raise self._unusable(error) from error

    def _refuse_source(self) -> None:
        if self.path.resolve().is_relative_to(places.SOURCE):
            raise BadInput(
                f"{self.path} is in the course's own source, which stays as it is.", try_next=ANOTHER
            )

    def _refuse_owner(self) -> None:
        owner = self.path.stat().st_uid
        if owner != os.geteuid():
            raise BadInput(
                f"{self.path} is somebody else's, and nothing in it was changed.",
                seen=f"it belongs to {_name(owner)}",
                try_next=ANOTHER,
            )

    def _refuse_content(self) -> None:
        """Nothing is put among what is no learner's folder; from the first file on, it is one."""
        kept = record.path(self.path)
        if kept.exists():
            return
        if others := sorted(one.name for one in self.path.iterdir() if one.name != places.RECORD):
            raise BadInput(
                f"{self.path} holds something else, and nothing in it was changed.",
                seen=f"it has {', '.join(others[:5])}",
                try_next=ANOTHER,
            )
        files.write(kept, record.as_bytes({}), mode=0o644)

    def _unusable(self, error: OSError) -> BadInput:
        seen = ": ".join(str(one) for one in (error.strerror or error, error.filename) if one)
        return BadInput(
            f"{self.path} cannot be used, and what is in it was not changed.", seen=seen, try_next=ANOTHER
        )


def _trust(course: Mapping[str, bytes]) -> None:
    if given := [data for name, data in course.items() if notebooks.is_one(name)]:
        trust.sign(given)


def _name(owner: int) -> str:
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:  # an account of another machine
        return f"the account {owner}"
