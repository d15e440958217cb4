"""Every exercise of the course goes through untouched, wrong, right and solved states, on a real cluster.

`make test` drives untouched, the first two wrong states and the solution; `make test-states` drives them all,
which takes as long again. tests/unit/endstates has the unusual ones on an API server alone.
"""

import copy
from dataclasses import replace
from functools import cache

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
    if not pytestconfig.getoption("--every-state"):
        one = replace(one, wrong=one.wrong[: registry.LEAST_WRONG], right=())
    plan = PLANS[one.notebook]
    state = Rendered(**vars(plan.practice or plan.state))
    here = connect(namespace=plan.namespace)
    assert faults(one, here, prepare=lambda cluster: bring(cluster, state, timeout_s=BRING_S)) == []
