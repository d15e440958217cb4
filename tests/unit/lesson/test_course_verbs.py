"""The learner's verbs find a notebook's file by the name that is spoken; `kubeface progress` counts."""

import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import kubeface
from kubeface import places
from kubeface.checks import Progress, registry, session
from kubeface.checks.harness import faults
from kubeface.cli.commands import app
from kubeface.errors import BadInput
from kubeface.exercises import Lesson, check, hint, load, notebooks, predict, solution
from kubeface.kube import Cluster
from kubeface.lesson import context


@pytest.fixture
def face(cluster, space):
    """The test's cluster in a namespace of the test's own, in the place of `face`."""
    return Cluster(cluster.kubeconfig, cluster.context, space, cluster.transport)


@pytest.fixture
def by_text(course):
    """What `kubeface progress …` prints."""

    def run(*words, answer=None):
        done = CliRunner().invoke(app, ["progress", *words], input=answer)
        assert done.exit_code == 0, done.output
        return done.output

    return run


def test_a_name_loads_its_notebook(face):
    assert repr(check("nb00.note", cluster=face)).startswith("○ not started: there is no ConfigMap note")
    assert hint("nb00.note", cluster=face).text.startswith("A ConfigMap is an object")
    assert 'kubectl("create configmap note' in solution("nb00.note").code
    assert predict("nb00.pods", answer=9).grade(9).is_right


@pytest.mark.parametrize("verb", [check, hint, solution])
@pytest.mark.parametrize("given", [(), ("",), (None,), (5,), (lambda: None,)])
def test_a_verb_that_names_nothing_says_what_it_may_name(verb, given, monkeypatch):
    monkeypatch.setattr(session, "current", session.Session(notebook="05"))
    with pytest.raises(BadInput, match="takes the name of an exercise") as refused:
        verb(*given)
    assert refused.value.seen.startswith("notebook 05 has nb05.lost, nb05.lookup, nb05.gallery, nb05.steady")
    assert refused.value.try_next == f'{verb.__name__}("nb05.lost")'


def test_a_prediction_of_nothing_says_what_it_may_be_of():
    with pytest.raises(BadInput, match="takes the name of a question") as refused:
        predict()
    assert refused.value.try_next == 'predict("nb00.pods")'


@pytest.mark.parametrize("given", ["lost", "nb5.lost", "nb05_lost", "nb05.lots", "NB05.lost"])
def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(given, monkeypatch):
    monkeypatch.setattr(session, "current", session.Session(notebook="05"))
    load("05")
    for verb in (check, hint, solution):
        with pytest.raises(BadInput, match=r"nb05\.lost"):
            verb(given)


def test_the_exercise_that_needs_no_pod_can_be_trusted(face):
    load("00")
    assert faults(registry.find("nb00.note"), face) == []


def test_a_lesson_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(BadInput, match="there is no lesson '42'"):
        Lesson("42")


def test_a_lesson_without_its_nodes_stops_before_it_changes_anything(here):
    with pytest.raises(context.LessonStopped, match="needs 3 nodes; the cluster has 0"):
        Lesson("00")
    assert session.current.cluster is None


def test_every_notebook_is_declared_under_its_own_number():
    for number in notebooks():
        assert load(number).number == number
        assert registry.known(number)


def test_solutions_import_public_names_only():
    """They are shown to be copied."""
    plans = [load(number) for number in notebooks()]
    code = [solution(one.name).code for plan in plans for one in registry.known(plan.number)]
    imported = re.findall(r"^(?:from|import) (kubeface.*)$", "\n".join(code), re.MULTILINE)
    names = {name for line in imported for name in line.removeprefix("kubeface import ").split(", ")}
    assert {"kubectl", "wait"} <= names <= set(kubeface.__all__)


def test_a_name_is_known_before_its_notebook_was_loaded():
    code = "from kubeface import check, solution; print(solution('nb05.lost').name)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "nb05.lost\n"


def test_progress_has_a_row_a_notebook(by_text):
    lines = by_text().splitlines()
    assert re.split(r"\s{2,}", lines[0])[0] == "NOTEBOOK"
    assert re.split(r"\s{2,}", lines[1]) == ["00", "Start here", "4", "0", "0", "4", "0 of 3"]


def test_progress_counts_what_was_checked_and_predicted(by_text, here):
    kept = Progress.of(here)
    assert kept.path.stem == places.kubeconfig().stem
    kept.keep_verdict(registry_verdict("nb00.note"))
    kept.keep_grade("nb00.pods", predicted=9, answer=9, is_right=True)
    kept.keep_grade("nb00.cat", predicted="PENDING, for ever", answer="FAILED, and why", is_right=False)
    assert re.split(r"\s{2,}", by_text("00").splitlines()[1])[2:] == ["4", "1", "0", "3", "1 of 3"]


def test_progress_is_forgotten_only_after_a_yes(by_text, here):
    Progress.of(here).keep_verdict(registry_verdict("nb00.note"))
    assert "Forget your progress in all notebooks?" in by_text("--reset", answer="n\n")
    assert Progress.of(here).notebooks() == {"00"}
    by_text("--reset", "--yes")
    assert Progress.of(here).notebooks() == set()


def registry_verdict(name):
    from kubeface.checks import Outcome, Verdict

    return Verdict(Outcome.PASSED, exercise=name)
