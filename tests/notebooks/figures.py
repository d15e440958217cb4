"""How much of each notebook the learner does, counted over its source: `make figures`.

A code cell asks for something when it holds a question, a check, or a task (`# Your turn: …`): there the
learner decides, types or writes. The longest stretch is the most code cells in a row that ask for nothing.
"""

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import nbformat
from checked import ASKED, CHECK
from ladder import ladder
from nbformat import NotebookNode

from kubeface.model import gaps

COURSE = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted(COURSE.glob("[0-9][0-9]-*.ipynb"))
#: The packages of the course, by the names that are imported.
TOOLS = ("kubernetes", "yaml", "pymysql", "nsq", "face_recognition", "ipywidgets")
_IMPORTED = re.compile(rf"^\s*(?:from|import) ({'|'.join(TOOLS)})\b", re.MULTILINE)
_KUBECTL = re.compile(r"^ *%%?kubectl (\S+)", re.MULTILINE)
HEAD = """| | code cells | that ask | longest stretch | questions | exercises | kubectl's verbs | packages |
|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Figures:
    """What was counted in one notebook.

    Args:
        cells: Code cells.
        asking: Those that ask for something.
        stretch: The most in a row that do not.
        questions: Predictions.
        exercises: Exercises that are checked.
        verbs: What kubectl is asked to do, sorted.
        tools: Which packages of the course are imported, sorted.
    """

    cells: int
    asking: int
    stretch: int
    questions: int
    exercises: int
    verbs: tuple[str, ...]
    tools: tuple[str, ...]


def figures(notebook: NotebookNode) -> Figures:
    """Count a notebook."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    text = "\n".join(cell.source for cell in code)
    asking = [_asks(cell) for cell in code]
    return Figures(
        cells=len(code),
        asking=sum(asking),
        stretch=max((len(list(run)) for asks, run in groupby(asking) if not asks), default=0),
        questions=len(set(ASKED.findall(text))),
        exercises=len(set(CHECK.findall(text))),
        verbs=tuple(sorted(set(_KUBECTL.findall(text)))),
        tools=tuple(sorted(set(_IMPORTED.findall(text)))),
    )


def table(folder: Path = COURSE) -> str:
    """A line a notebook, and one for all, in Markdown."""
    found = {
        path.name[:2]: figures(nbformat.read(path, as_version=4))
        for path in sorted(folder.glob("[0-9][0-9]-*.ipynb"))
    }
    rows = [_row(number, one) for number, one in found.items()]
    return "\n".join([HEAD, *rows, _row("all", _together(list(found.values())))])


def _asks(cell: NotebookNode) -> bool:
    return bool(gaps.read(cell.source) or CHECK.search(cell.source) or ASKED.search(cell.source))


def _together(every: list[Figures]) -> Figures:
    return Figures(
        cells=sum(one.cells for one in every),
        asking=sum(one.asking for one in every),
        stretch=max((one.stretch for one in every), default=0),
        questions=sum(one.questions for one in every),
        exercises=sum(one.exercises for one in every),
        verbs=tuple(sorted({verb for one in every for verb in one.verbs})),
        tools=tuple(sorted({tool for one in every for tool in one.tools})),
    )


def _row(name: str, one: Figures) -> str:
    share = f"{one.asking} ({one.asking / one.cells:.0%})" if one.cells else "0"
    columns = (one.cells, share, one.stretch, one.questions, one.exercises)
    lists = (" ".join(one.verbs) or "-", " ".join(one.tools) or "-")
    return f"| {name} | {' | '.join(map(str, (*columns, *lists)))} |"


if __name__ == "__main__":
    print(table(), ladder(), sep="\n\n")
