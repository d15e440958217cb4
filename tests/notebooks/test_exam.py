"""The exam's notebook: sound as a file, true to its tasks, and the same when it is run again."""

import re
from pathlib import Path

import live
import nbformat
import pytest
from minutes import TIME
from prose import broken_promises
from rules import violations

from kubeface.exam.paper import Paper
from kubeface.exam.tasks import ENOUGH, MINUTES, TOTAL, tasks_of

EXAM = Path(__file__).parents[2] / "notebooks" / "exam.ipynb"
TASKS = tasks_of(Paper(seed=4, incidents=[], space="", begun=0.0))


@pytest.fixture(scope="module")
def text() -> str:
    cells = nbformat.read(EXAM, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def test_the_file_keeps_the_rules() -> None:
    assert violations(EXAM) == []


def test_the_text_keeps_its_promises() -> None:
    assert broken_promises(EXAM) == []


def test_every_task_stands_there_with_its_goal_and_its_points(text: str) -> None:
    told = re.findall(r"^## \d+\. (\w+), (\d+) points\n\n\*\*Goal\*\* \d+: (.*)", text, re.MULTILINE)
    assert told == [(one.name, str(one.points), one.exercise.goal) for one in TASKS]


def test_the_time_and_the_points_that_pass_stand_there(text: str) -> None:
    assert f"**Time** {MINUTES} minutes." in (TIME.search(text) or [""])[0]
    assert f"{ENOUGH} of {TOTAL} points" in text


def test_no_verdict_is_there_before_the_report() -> None:
    cells = [cell for cell in nbformat.read(EXAM, as_version=4).cells if cell.cell_type == "code"]
    asked = [place for place, cell in enumerate(cells) if "exam.report()" in cell.source]
    told = [place for place, cell in enumerate(cells) if "not started" in str(cell.outputs)]
    assert told == asked == [len(cells) - 2]


@pytest.mark.cluster
def test_a_live_run_gives_the_stored_outputs(course: Path) -> None:
    run = live.run(EXAM)
    assert run.green, run.report
