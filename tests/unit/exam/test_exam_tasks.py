"""The exam without a cluster: its tasks, its draw, its clock, its report, and what it keeps."""

import os
import time
from dataclasses import replace

import pytest

from kubeface.checks import Progress, not_started, not_yet, passed
from kubeface.checks.verdicts import broke
from kubeface.errors import KubefaceError
from kubeface.exam import objects, pipeline
from kubeface.exam.clock import Clock
from kubeface.exam.paper import Paper, drawer_beside
from kubeface.exam.report import Report
from kubeface.exam.tasks import ENOUGH, FIXED, TOTAL, result, tasks_of

PAPER = Paper(seed=1, incidents=["replicas-zero", "service-port"], space="uid", begun=100.0)


def test_twelve_tasks_have_a_hundred_points():
    tasks = tasks_of(PAPER)
    assert len(tasks) == 12
    assert sum(one.points for one in tasks) == TOTAL == 100
    assert len({one.name for one in tasks}) == 12


def test_they_are_over_the_whole_course():
    assert len({one.lesson for one in tasks_of(PAPER)}) >= 10


@pytest.mark.parametrize("task", FIXED, ids=lambda one: one.name)
def test_a_task_has_a_goal_wrong_ways_and_another_right_one(task):
    assert task.exercise.goal.endswith(".")
    assert len(task.exercise.wrong) >= 2
    assert task.exercise.right


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("user", [0, 1000])
def test_what_is_drawn_leaves_the_nodes_to_the_other_tasks(monkeypatch, seed, user):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    one, other = pipeline.drawn(seed)
    assert not [ref for ref in one.touches | other.touches if ref.startswith("node")]
    assert not one.touches & other.touches


@pytest.mark.parametrize(
    "schedule", ["30 3 * * *", "30 03 * * *", "30 3 */1 * ?", "30 3 1-31 1-12 0-6", "30  3 * * *"]
)
def test_half_past_three_in_other_words(schedule):
    assert objects.is_at_half_past_three(schedule)


@pytest.mark.parametrize(
    "schedule", ["3 30 * * *", "30 3 * * 1-5", "30 15 * * *", "*/30 3 * * *", "30 3 1 * *", "@daily", ""]
)
def test_another_time(schedule):
    assert not objects.is_at_half_past_three(schedule)


@pytest.mark.parametrize(("seconds", "minutes"), [(5400, 90), (5341, 90), (60, 1), (1, 1), (0, 0), (-60, 0)])
def test_the_clock_rounds_up(monkeypatch, seconds, minutes):
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    clock = Clock(1000.0 + seconds, 90)
    assert clock.left() == minutes
    assert ("over" in repr(clock.said())) == (minutes == 0)


def report(*verdicts, minutes=80):
    tasks = tasks_of(PAPER)
    return Report(tasks, [*verdicts, *[passed()] * (12 - len(verdicts))], minutes)


def test_a_report_of_everything():
    told = report()
    assert told.sum == TOTAL
    assert told.is_passed
    assert "✓ passed: 100 of 100 points, after 80 of 90 minutes." in repr(told)
    assert "missed" not in repr(told)


def test_a_report_names_what_was_missed_and_where_to_read():
    told = report(not_yet("shop-2 lacks it"), not_started("there is no Pod greeter"))
    assert told.sum == TOTAL - 5 - 9
    assert "shop-2 lacks it" in repr(told)
    assert "0 of 9" in repr(told)
    assert "lessons 02, 04" in repr(told)
    assert "<td" in told._repr_html_()


def test_a_task_that_could_not_be_judged_does_not_end_the_exam():
    told = report(broke("The cluster could not be asked."))
    assert told.is_broken
    assert "the exam goes on" in repr(told)
    assert not report(not_yet("no")).is_broken


def test_too_few_points_and_too_many_minutes_do_not_pass():
    few = report(*[not_yet("no")] * 9)
    assert few.sum < ENOUGH
    assert not few.is_passed
    assert "○ not passed" in repr(few)
    assert not report(minutes=91).is_passed
    assert report(minutes=90).is_passed


def test_what_is_kept_comes_back(tmp_path):
    drawer = drawer_beside(Progress(tmp_path / "there" / "face.json"))
    assert drawer.read() is None
    drawer.write(PAPER)
    assert drawer.read() == PAPER
    assert drawer.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 0}', '{"version": 1, "seed": 1}'])
def test_what_cannot_be_read_says_what_to_do(tmp_path, text):
    drawer = drawer_beside(Progress(tmp_path / "face.json"))
    drawer.path.write_text(text)
    with pytest.raises(KubefaceError, match="cannot be read") as refusal:
        drawer.read()
    assert "Exam(anew=True)" in refusal.value.try_next


@pytest.mark.parametrize(
    ("ended", "points", "told"),
    [
        (0.0, {}, "in progress for 1 of 90 minutes"),
        (160.0, {"orders": 8}, "8 of 100 points, after 1 of 90 minutes: not passed"),
        (5500.0, {"many": 66}, "66 of 100 points, after 90 of 90 minutes: passed"),
        (5501.0, {"many": 66}, "after 91 of 90 minutes: not passed"),
    ],
)
def test_progress_says_how_it_stands(monkeypatch, ended, points, told):
    monkeypatch.setattr(time, "time", lambda: 130.0)
    assert told in result(replace(PAPER, ended=ended, points=points))
