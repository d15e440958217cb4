"""The lessons' pages: the committed notebooks, with links between them and to the glossary."""

import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.append(str(Path(__file__).parents[2] / "tests" / "notebooks"))

import minutes  # from tests/notebooks, which measures them

if TYPE_CHECKING:
    from glossary import Glossary

#: What is no prose: fenced blocks, code spans, links.
NO_PROSE = re.compile(r"^```.*?^```|`[^`\n]+`|\[[^\]]*\]\([^)]*\)", re.MULTILINE | re.DOTALL)
#: What is bold, and goes on in the next line.
IN_TWO_LINES = re.compile(r"\*\*(\w[^*\n]*)\n([^*\n]*\w)\*\*")
NUMBER = re.compile(r"\b([Nn]otebooks?) (\d\d)\b")


@dataclass(frozen=True)
class Notebook:
    """A committed notebook.

    Args:
        page: Its file, from the repository's root.
        title: Its heading, without the number.
        minutes: How long it takes, an estimate; 0 where it says so itself.
        content: The file's JSON.
    """

    page: str
    title: str
    minutes: int
    content: dict[str, Any]

    @property
    def number(self) -> str:
        """Two digits."""
        return Path(self.page).name[:2]

    def prose(self) -> Iterable[tuple[int, str]]:
        """The text of each Markdown cell, by its place in the notebook."""
        for place, cell in enumerate(self.content["cells"]):
            if cell["cell_type"] == "markdown":
                yield place, IN_TWO_LINES.sub(r"**\1 \2**", "".join(cell["source"]))

    def anchor(self, place: int) -> str:
        """The name of a cell that is linked to."""
        return f"lesson-{self.number}-cell-{place}"


def read(folder: Path) -> list[Notebook]:
    """Every lesson, in order."""
    known = minutes.read(folder)
    found = []
    for file in sorted(folder.glob("[0-9][0-9]-*.ipynb")):
        content = json.loads(file.read_text())
        title = "".join(content["cells"][0]["source"]).partition("\n")[0].removeprefix(f"# {file.name[:2]} ")
        found.append(Notebook(f"{folder.name}/{file.name}", title, known[file.name[:2]].minutes, content))
    return found


def exam(folder: Path) -> Notebook:
    """The exam, which says itself how many minutes it takes."""
    file = folder / "exam.ipynb"
    return Notebook(f"{folder.name}/{file.name}", "The exam", 0, json.loads(file.read_text()))


def text(lesson: Notebook, words: "Glossary", every: list[Notebook]) -> str:
    """The notebook as the book shows it: the same cells, in whose text words and numbers are links."""
    cells = [dict(cell) for cell in lesson.content["cells"]]
    for place, prose in lesson.prose():
        linked = outside(prose, lambda part: link_numbers(words.link(part), every, ""))
        if lesson.minutes:
            linked = minutes.TIME.sub(f"**Time** about {lesson.minutes} minutes, an estimate.", linked)
        cells[place]["source"] = words.anchor(lesson, place) + linked
    language = {"name": "python", "pygments_lexer": "kubeface"}
    return json.dumps(
        {
            **lesson.content,
            "cells": cells,
            "metadata": {**lesson.content["metadata"], "language_info": language},
        }
    )


def outside(prose: str, change: Callable[[str], str]) -> str:
    """A Markdown text, changed where it is neither code nor a link.

    >>> outside("a `b` a", str.upper)
    'A `b` A'
    """
    done, end = "", 0
    for kept in NO_PROSE.finditer(prose):
        done += change(prose[end : kept.start()]) + kept[0]
        end = kept.end()
    return done + change(prose[end:])


def link_numbers(prose: str, every: list[Notebook], to: str) -> str:
    """The text, in which `notebook 05` is a link; `to` leads to the notebooks' folder."""
    pages = {one.number: Path(one.page).name for one in every}
    return NUMBER.sub(
        lambda match: f"[{match[0]}]({to}{pages[match[2]]})" if match[2] in pages else match[0], prose
    )


def contents(every: list[Notebook]) -> str:
    """The table of the lessons."""
    rows = [f"| {one.number} | [{one.title}](/{one.page}) | {one.minutes} |" for one in every]
    whole, rest = divmod(sum(one.minutes for one in every), 60)
    return "\n".join(
        [
            "| | lesson | minutes, an estimate |\n|---|---|---|",
            *rows,
            f"\nTogether about {whole} h {rest} min.\n",
        ]
    )


def record(file: Path) -> str:
    """The notebooks' own page, under a heading that says what it is here."""
    return file.read_text().replace("# The course\n", "# The course in figures\n", 1)
