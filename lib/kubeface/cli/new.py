"""`kubeface new …`: what an author of the course begins with, in a checkout."""

import json
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from kubeface import places
from kubeface.cli import report
from kubeface.cli.application import Application
from kubeface.errors import BadInput, Missing
from kubeface.exercises.course import notebooks
from kubeface.util import files
from kubeface.util.process import run

#: A small lesson with marks for a number, a name and a title in it; its outputs are those of a run.
PATTERN = Path(__file__).parent / "new_lesson"
#: How long that run took, as `make notebooks` measured it.
MEASURED = {"minutes": 5, "run_s": 7}
#: How the lesson is broken to see that its tests notice.
MUTATION = """\
- notebook: '{number}'
  what: another text
  file: 'manifests/lessons/{number}-*/note.yaml'
  old: 'text: hello'
  new: 'text: goodbye'
"""
_NAME = re.compile(r"\d\d(-[a-z0-9]+)+")

app = Application("Make what an author of the course begins with.")


@app.callback()
def root() -> None:
    """Make what an author of the course begins with."""


@app.command()
def lesson(
    name: Annotated[
        str,
        typer.Argument(metavar="LESSON", help="Its number and title, 16-what-it-shows.", show_default=False),
    ],
) -> None:
    """Make a small, whole lesson in this checkout, to change."""
    checkout = _checkout()
    number, title = _free(name, checkout)
    marks = {"{{number}}": number, "{{name}}": name, "{{title}}": title}
    made = {
        f"notebooks/{name}.ipynb": _filled("notebook.json", marks),
        f"lib/kubeface/exercises/nb{number}.py": _filled("exercises.txt", marks),
        f"manifests/lessons/{name}/note.yaml": _filled("note.yaml", marks),
    }
    changed = {
        "notebooks/minutes.json": _measured(checkout, number),
        "tests/mutations.yaml": _mutations(checkout, number),
    }
    for path, text in (made | changed).items():
        files.write(checkout / path, text, mode=0o644)
    contents = checkout / "tests/notebooks/minutes.py"
    library = {"PYTHONPATH": str(checkout / "lib")}  # that counts the new exercise
    run([sys.executable, contents], what="Writing the table of contents", env=library)
    for path in made:
        report.say(f"Made {path}")
    for path in (*changed, "notebooks/README.md"):
        report.say(f"Changed {path}")
    report.say(f"To prove it on a cluster: make test-notebook NB={number}")
    report.say("What to make of it: docs/book/adding.md")


def _checkout() -> Path:
    if not (places.SOURCE / "tests/mutations.yaml").exists():
        raise Missing(
            "A lesson is made in a checkout of the course, and this is the installed package.",
            try_next="in a clone of the repository: .venv/bin/kubeface new lesson 16-what-it-shows",
        )
    return places.SOURCE


def _free(name: str, checkout: Path) -> tuple[str, str]:
    """The number and the title of a lesson that is not there yet.

    Raises:
        BadInput: It is no lesson's name, there is one of that number, or its number is not the next.
    """
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"{name!r} names no lesson: two digits, then words in small letters, with hyphens between.",
            try_next="kubeface new lesson 16-what-it-shows",
        )
    number, _, words = name.partition("-")
    if there := sorted(checkout.glob(f"notebooks/{number}-*.ipynb")):
        raise BadInput(f"There is a lesson {number} already.", seen=f"notebooks/{there[0].name}")
    following = f"{int(notebooks()[-1]) + 1:02}"
    if number != following:
        raise BadInput(
            f"Lessons have no gap between their numbers, and the next one is {following}.",
            try_next=f"kubeface new lesson {following}-{words}",
        )
    return number, words.replace("-", " ").capitalize()


def _filled(file: str, marks: dict[str, str]) -> str:
    text = (PATTERN / file).read_text()
    for mark, value in marks.items():
        text = text.replace(mark, value)
    return text


def _measured(checkout: Path, number: str) -> str:
    known = json.loads((checkout / "notebooks/minutes.json").read_text())
    return json.dumps({**known, number: MEASURED}, indent=1) + "\n"


def _mutations(checkout: Path, number: str) -> str:
    return (checkout / "tests/mutations.yaml").read_text() + MUTATION.format(number=number)
