"""Every exercise of the course goes through untouched, wrong, right and solved states, on a real cluster.

`make test` drives untouched and the first two wrong states; the solution is carried out where it stands, in
the notebook's live run (tests/notebooks/test_course.py). `make test-states` drives them all.
tests/unit/endstates has the unusual ones on an API server alone.
"""

import copy
from dataclasses import replace
from functools import cache, partial

import pytest

from kubeface.checks import registry
from kubeface.checks.harness import faults
from kubeface.exercises import load, notebooks
from kubeface.lesson import State
from kubeface.lesson.context import connect
from kubeface.lesson.prepare import bring

BRING_S = 300  # chosen: the whole pipeline from nothing, on a machine with other things to do

PLANS = {number: load(number) for number in notebooks()}
NAMES = [one.name for one in registry.known()]


class Rendered(State):
    """A state whose manifests are rendered once for all exercises that begin with them."""

    def objects(self):
        return copy.deepcopy(_rendered(self.folders))


@cache
def _rendered(folders):
    return State(folders=folders).objects()


def test_the_course_has_exercises():
    assert NAMES


@pytest.mark.cluster
@pytest.mark.parametrize("name", NAMES)
def test_its_check_can_be_trusted(course, name, tmp_path, monkeypatch, pytestconfig):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    one = registry.find(name)
    every = pytestconfig.getoption("--every-state")
    if not every:
        one = replace(one, wrong=one.wrong[: registry.LEAST_WRONG], right=())
    plan = PLANS[one.notebook]
    state = Rendered(**vars(plan.practice or plan.state))
    here = connect(namespace=plan.namespace)
    lesson = partial(bring, state=state, timeout_s=BRING_S)
    assert faults(one, here, prepare=lesson, solve=every) == []
