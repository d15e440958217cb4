"""The notebooks of the course: sound as files, true when run again, and solvable."""

from html import escape
from pathlib import Path

import beginnings
import live
import nbformat
import pytest
from answers import given_away
from checked import answered, checked
from minutes import TOLD, page, read
from prose import broken_promises, missing_in
from rules import violations

from kubeface.checks import questions, registry
from kubeface.exercises import load, notebooks, solution
from kubeface.lesson.context import connect

COURSE = Path(__file__).parents[2] / "notebooks"
PATHS = sorted(COURSE.glob("[0-9]*.ipynb"))
PLANS = {number: load(number) for number in notebooks()}


def together(number: str) -> pytest.MarkDecorator:
    """What is proven by one run of a notebook stays together when tests are shared out."""
    return pytest.mark.together(f"notebook-{number}")


NOTEBOOKS = [pytest.param(path, id=path.stem, marks=together(path.name[:2])) for path in PATHS]
EXERCISES = [pytest.param(one.name, id=one.name, marks=together(one.notebook)) for one in registry.known()]


def test_every_notebook_has_its_exercises_and_the_other_way_round() -> None:
    assert [path.name[:2] for path in PATHS] == notebooks()
    assert notebooks()[:1] == ["00"]


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_the_file_keeps_the_rules(path: Path) -> None:
    assert violations(path) == []


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_the_text_keeps_its_promises(path: Path) -> None:
    assert broken_promises(path) == []


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_no_answer_stands_before_its_question(path: Path) -> None:
    assert given_away(path) == []


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_questions_and_objectives_are_stored_as_they_are_declared(path: Path) -> None:
    plan = load(path.name[:2])
    asked = questions.known(path.name[:2])
    declared = [*plan.objectives, *(one.text for one in asked), *(one.because for one in asked)]
    plain, html = shown(path, "text/plain"), shown(path, "text/html")
    assert [text for text in declared if text not in plain or escape(text) not in html] == []


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_a_stored_opening_says_the_minutes_that_the_table_says(path: Path) -> None:
    told = TOLD.findall(shown(path, "text/plain") + shown(path, "text/html"))
    assert set(told) == {f"about {read(COURSE)[path.name[:2]].minutes} minutes, estimated"}


def shown(path: Path, kind: str) -> str:
    """All that the notebook's cells have shown of a kind, such as text/html."""
    cells = nbformat.read(path, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "\n".join(output.get("data", {}).get(kind, "") for output in outputs)


def test_the_table_of_contents_is_the_measured_one() -> None:
    assert (COURSE / "README.md").read_text() == page(COURSE)


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_a_solution_that_is_copied_into_a_cell_runs_there(path: Path) -> None:
    load(path.name[:2])
    missing = {one.name: missing_in(solution(one.name).code) for one in registry.known(path.name[:2])}
    assert not any(missing.values()), missing


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_every_exercise_is_checked_and_stored_as_not_started(path: Path) -> None:
    load(path.name[:2])
    names = [one.name for one in registry.known(path.name[:2])]
    assert checked(nbformat.read(path, as_version=4)) == dict.fromkeys(names, "not started")


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_what_the_course_expects_of_a_prediction_is_what_its_run_has_stored(path: Path) -> None:
    asked = questions.known(path.name[:2])
    assert asked
    stored = answered(nbformat.read(path, as_version=4))
    assert stored == {one.name: one.in_words(one.expect) for one in asked}


class Runs:
    """One live run of a notebook for all tests that look at it, each from a cluster in disorder.

    A test that asks for it once more failed before, and is run again: it gets a new run.
    """

    def __init__(self) -> None:
        self._done: dict[Path, live.Run] = {}
        self._seen: set[tuple[Path, str]] = set()

    def of(self, path: Path, asker: str) -> live.Run:
        if (path, asker) in self._seen:
            del self._done[path]
            self._seen = {one for one in self._seen if one[0] != path}
        if path not in self._done:
            beginnings.in_disorder(connect())
            self._done[path] = live.run(path, solve=True)
        self._seen.add((path, asker))
        return self._done[path]


@pytest.fixture(scope="session")
def runs(course: Path) -> Runs:
    return Runs()


@pytest.mark.cluster
@pytest.mark.parametrize("path", NOTEBOOKS)
def test_a_live_run_gives_the_stored_outputs_on_a_cluster_in_disorder(
    path: Path, runs: Runs, request: pytest.FixtureRequest
) -> None:
    run = runs.of(path, request.node.nodeid)
    assert run.green, run.report


@pytest.mark.cluster
@pytest.mark.parametrize("name", EXERCISES)
def test_its_solution_passes_where_it_stands(name: str, runs: Runs, request: pytest.FixtureRequest) -> None:
    [path] = [one for one in PATHS if one.name[:2] == registry.notebook_of(name)]
    run = runs.of(path, request.node.nodeid)
    assert name in run.solved, f"its cell in {path.name} failed, so it was not reached:\n{run.report}"
    assert not run.solved[name], "\n".join(run.solved[name])
