"""Every task of the exam goes through untouched, wrong, right and solved states; and a whole exam is sat."""

from dataclasses import replace

import pytest
from repairs import repair

from kubeface import Exam
from kubeface.checks import Progress, registry
from kubeface.checks.harness import faults
from kubeface.checks.judging import judge
from kubeface.drills.pool import pool
from kubeface.exam import pipeline
from kubeface.exam.paper import drawer_beside
from kubeface.exam.task import HALL, SPACE
from kubeface.exam.tasks import FIXED, MINUTES, TOTAL, tasks_of
from kubeface.lesson.context import connect
from kubeface.lesson.prepare import bring
from kubeface.pipeline.deploy import NAMESPACE

BRING_S = 300  # chosen: a dozen small Pods, on a machine with other things to do

pytestmark = pytest.mark.cluster


@pytest.fixture
def hall(course, tmp_path, monkeypatch):
    """The course's cluster, in the exam's namespace; what an exam keeps is the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return connect(namespace=SPACE)


@pytest.mark.parametrize("task", FIXED, ids=lambda one: one.name)
def test_its_check_can_be_trusted(hall, task, pytestconfig):
    one = task.exercise
    if not pytestconfig.getoption("--every-state"):
        one = replace(one, wrong=one.wrong[: registry.LEAST_WRONG], right=())
    assert faults(one, hall, prepare=lambda cluster: bring(cluster, HALL, timeout_s=BRING_S)) == []


def test_an_exam_is_sat_from_its_beginning_to_its_end(hall):
    exam = Exam(seed=3, cluster=hall)
    verdicts = {
        one.name: judge(one.exercise, hall) for one in tasks_of(drawer_beside(Progress.of(hall)).read())
    }
    assert {str(one.outcome) for one in verdicts.values()} == {"not started"}, verdicts
    assert exam.left() == MINUTES
    assert "Not before the report" in repr(exam.solution("orders"))
    assert "goes on" in repr(Exam(cluster=hall))  # the kernel was started again
    for one in FIXED:
        one.exercise.solve(hall)
    mend(hall)
    report = exam.report()
    assert report.sum == TOTAL, report
    assert report.is_passed
    assert "set selector service orders" in repr(exam.solution("orders"))
    assert pool()[pipeline.drawn(3)[0].name].was in repr(exam.solution("pipeline"))
    exam.tidy()
    assert hall.find(f"namespace/{SPACE}") is None
    another = Exam(seed=4, cluster=hall)
    assert "has begun" in repr(another)
    another.tidy()  # the tests that follow find the pipeline well


def mend(cluster):
    """Repair what was drawn, as a person does."""
    face = connect(namespace=NAMESPACE)
    for one in pipeline.drawn(3):
        repair(face, one)
