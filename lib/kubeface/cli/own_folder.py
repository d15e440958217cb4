"""`kubeface lesson …`, and the learner's own folder that it is about."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from kubeface import places
from kubeface.cli import options, report
from kubeface.cli.application import Application
from kubeface.exercises.course import number_of

#: A lesson as people name it.
_NUMBER = re.compile(r"(nb)?\d+")

app = Application("Work with the lessons in your own folder.")


@app.command()
def restore(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="LESSON",
            help="A lesson, 05, with its manifests; or a file or folder: manifests/receiver.",
        ),
    ],
    folder: options.Folder = None,
) -> None:
    """Get a fresh copy of a lesson; yours is moved to earlier/."""
    from kubeface import editions

    own = editions.Folder(chosen(folder))
    for line in own.restore(_course(), [number_of(one) if _NUMBER.fullmatch(one) else one for one in what]):
        report.say(line)


def chosen(folder: Path | None) -> Path:
    """The folder that was named; else the one that we are in, or the default."""
    if folder:
        return folder.expanduser().absolute()
    return places.folder_here() or places.folder()


def make(folder: Path) -> None:
    """Have a learner's own folder there, or say why not, before anything that takes long."""
    from kubeface import editions

    editions.Folder(folder).prepare()


def renew(folder: Path, say: Callable[[str], None]) -> None:
    """The course as it is now in the learner's own folder; nothing of theirs is lost."""
    from kubeface import editions

    for line in editions.Folder(folder).renew(_course()):
        say(line)


def _course() -> dict[str, bytes]:
    from kubeface import editions

    return editions.read(places.SOURCE, places.cache() / "photos")
