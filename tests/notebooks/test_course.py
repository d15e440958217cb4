"""The notebooks of the course: sound as files, true when run again, and solvable."""

from pathlib import Path

import beginnings
import live
import nbformat
import pytest
from minutes import page
from prose import broken_promises
from rules import violations
from solve import checked, solved

from kubeface.checks import registry
from kubeface.exercises import load, notebooks
from kubeface.lesson.context import connect

COURSE = Path(__file__).parents[2] / "notebooks"
PATHS = sorted(COURSE.glob("*.ipynb"))
NOTEBOOKS = [pytest.param(path, id=path.stem) for path in PATHS]


def test_every_notebook_has_its_exercises_and_the_other_way_round() -> None:
    assert [path.name[:2] for path in PATHS] == notebooks()
    assert notebooks()[:1] == ["00"]


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_the_file_keeps_the_rules(path: Path) -> None:
    assert violations(path) == []


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_the_text_keeps_its_promises(path: Path) -> None:
    assert broken_promises(path) == []


def test_the_table_of_contents_is_the_measured_one() -> None:
    assert (COURSE / "README.md").read_text() == page(COURSE)


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_every_exercise_is_checked_and_stored_as_not_started(path: Path) -> None:
    load(path.name[:2])
    names = [one.name for one in registry.known(path.name[:2])]
    assert checked(nbformat.read(path, as_version=4)) == dict.fromkeys(names, "not started")


@pytest.mark.cluster
@pytest.mark.usefixtures("course")
@pytest.mark.parametrize("path", NOTEBOOKS)
def test_a_live_run_gives_the_stored_outputs_on_a_cluster_in_disorder(path: Path) -> None:
    beginnings.in_disorder(connect())
    result = live.run(path)
    assert result.green, result.report


@pytest.mark.cluster
@pytest.mark.usefixtures("course")
@pytest.mark.parametrize("path", NOTEBOOKS)
def test_solved_every_check_passes_on_a_cluster_without_the_pipeline(path: Path) -> None:
    beginnings.without_the_course(connect())
    verdicts = solved(path)
    assert verdicts == dict.fromkeys(verdicts, "passed")
