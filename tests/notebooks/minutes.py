"""How long each notebook takes: measured when `make notebooks` runs it, told in the notebook and in a table.

Minutes are for reading, trying and waiting: the words at a reader's pace, a look at each cell's output, a
few minutes for each exercise, and the seconds of the run. They are rounded to five.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from checked import CHECK
from figures import table
from ladder import ladder
from nbformat import NotebookNode

COURSE = Path(__file__).parents[2] / "notebooks"
WORDS_A_MINUTE = 130  # chosen: slower than prose's 200 to 250, since every third word is new
MINUTES_A_CELL = 0.3  # chosen: run it, and look at what it shows
MINUTES_AN_EXERCISE = 3  # chosen: think, try, check
STEP = 5  # minutes
TIME = re.compile(r"^\*\*Time\*\* \d+ minutes\.", re.MULTILINE)
TOLD = re.compile(r"about \d+ minutes, estimated")  # by a lesson's opening
TOLERANCE = 0.5  # specified: a stored figure holds while a new one is within 50 % of it


@dataclass(frozen=True)
class Measured:
    """A notebook's length.

    Args:
        minutes: For a person, rounded to five.
        run_s: For the machine, whole seconds, everything warm.
    """

    minutes: int
    run_s: int


def measured(notebook: NotebookNode, run_s: float) -> Measured:
    """The length of a notebook that ran for so many seconds."""
    cells = notebook.cells
    words = sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    exercises = sum(bool(CHECK.search(source)) for source in code)
    exact = words / WORDS_A_MINUTE + len(code) * MINUTES_A_CELL + exercises * MINUTES_AN_EXERCISE + run_s / 60
    return Measured(max(STEP, STEP * round(exact / STEP)), max(1, round(run_s)))


def holds(stored: Measured, run_s: float) -> bool:
    """Whether a stored figure still tells the truth about a run."""
    return abs(run_s - stored.run_s) <= TOLERANCE * stored.run_s


def read(folder: Path = COURSE) -> dict[str, Measured]:
    """What was measured, by the notebook's number."""
    file = folder / "minutes.json"
    kept = json.loads(file.read_text()) if file.exists() else {}
    return {number: Measured(**figures) for number, figures in sorted(kept.items())}


def is_lesson(path: Path) -> bool:
    """Whether a notebook is a lesson, whose length is measured; the exam says itself how long it takes."""
    return bool(re.match(r"\d\d-", path.name))


def keep(path: Path, notebook: NotebookNode, run_s: float) -> None:
    """Measure a run of the notebook at this path; tell it in the notebook, beside it, and in the table.

    What is stored stays while it holds, so that a second run changes nothing.
    """
    folder, number = path.parent, path.name[:2]
    known = read(folder)
    found = measured(notebook, run_s)
    if number in known and holds(known[number], run_s):
        found = measured(notebook, known[number].run_s)
    known[number] = found
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = TIME.sub(f"**Time** {found.minutes} minutes.", cell.source)
        for output in cell.get("outputs", []):
            for kind, text in output.get("data", {}).items():
                if isinstance(text, str):
                    output["data"][kind] = TOLD.sub(f"about {found.minutes} minutes, estimated", text)
    listed = {key: {"minutes": one.minutes, "run_s": one.run_s} for key, one in sorted(known.items())}
    (folder / "minutes.json").write_text(json.dumps(listed, indent=1) + "\n")
    (folder / "README.md").write_text(page(folder))


def page(folder: Path = COURSE) -> str:
    """The course's contents, a line a notebook."""
    known = read(folder)
    rows = []
    for path in sorted(folder.glob("[0-9][0-9]-*.ipynb")):
        title = nbformat.read(path, as_version=4).cells[0].source.splitlines()[0].lstrip("# ")
        number, _, name = title.partition(" ")
        figures = known.get(number)
        times = f"{figures.minutes} | {figures.run_s}" if figures else "not measured | not measured"
        rows.append(f"| {number} | [{name}]({path.name}) | {times} |")
    total = sum(one.minutes for one in known.values())
    together = f"\n\nTogether about {total // 60} h {total % 60} min.{EXAM}"
    return HEAD + "\n".join(rows) + together + COUNTED + table(folder) + LADDER + ladder() + "\n"


HEAD = """# The course

This folder is the record of a run: what the cells showed is stored here, and tests compare it.
To learn, type `make lab` in the folder above: it opens a copy of your own, `~/kubeface`, without the answers.

In this order or any other: each notebook brings the state that it needs and tidies up after itself.
Every word in bold is explained where it stands, and again in the [glossary](glossary.md).

Minutes are an estimate for reading and trying; seconds are what all cells together took, one after the other
on two cores. `make notebooks` measures the seconds, estimates the minutes and writes this page.

| | notebook | minutes | seconds |
|---|---|---|---|
"""

EXAM = """ After them: the [exam](exam.ipynb), twelve tasks in 90 minutes.
"""

COUNTED = """
## How much of it you do

Counted over the cells, as `make figures` does: a cell asks for something if it holds a question, a check, or
a part that is yours to write; the longest stretch is the most cells in a row that ask for nothing.

"""

LADDER = """

The exercises are a ladder. One of the level "one idea" asks for what stands a few cells above it; of "several
ideas", for things of several places together; "on your own" tells a goal, and nothing of the way. To act is
to change the cluster by a command, to write is to write or complete a manifest, and to find is to diagnose a
fault whose cause the text does not tell.

"""

if __name__ == "__main__":
    (COURSE / "README.md").write_text(page())
