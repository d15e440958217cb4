"""The thread of transfer: the learner's own application grows through all its exercises, on one cluster."""

import pytest

from kubeface.checks import catch_up, registry
from kubeface.checks.harness import unsolved
from kubeface.checks.judging import judge
from kubeface.exercises import load, notebooks
from kubeface.exercises.own import board
from kubeface.kube import wait
from kubeface.lesson.context import connect

PLANS = {number: load(number) for number in notebooks()}
THREAD = [one.name for one in registry.known() if one.name.endswith(".own")]
#: What a later exercise moves on from: the image of the bare Pod goes with it.
LEFT_BEHIND = {"nb03.own"}


@pytest.fixture
def here(course):
    """A cluster without the learner's namespace, and without a lesson: the thread needs none."""
    cluster = connect(namespace="default")
    board.remove(cluster)
    yield cluster
    board.remove(cluster)


def test_every_notebook_but_the_first_has_one_and_it_needs_earlier_ones_only():
    assert [name[2:4] for name in THREAD] == [number for number in notebooks() if number != "00"]
    for name in THREAD:
        needs = registry.find(name).needs
        assert all(needed in THREAD and needed < name for needed in needs)


@pytest.mark.cluster
def test_who_does_all_of_them_in_order_passes_each_and_keeps_what_was_reached(here, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for name in THREAD:
        said = catch_up(name, cluster=here)
        assert (said.is_ready, said.made) == (True, []), said
        assert unsolved(registry.find(name), here) == [], name
    verdicts = {name: judge(registry.find(name), here) for name in THREAD if name not in LEFT_BEHIND}
    assert {name: said.because for name, said in verdicts.items() if not said.is_passed} == {}


@pytest.mark.cluster
def test_who_skips_to_the_twelfth_has_what_it_begins_with_and_passes(here, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    one = registry.find("nb12.own")
    said = catch_up(one.name, cluster=here)
    assert said.is_ready, said
    assert said.made == list(one.needs)
    assert judge(one, here).outcome == "not started"
    assert unsolved(one, here) == []


@pytest.mark.cluster
def test_what_a_learner_has_made_by_other_names_is_left_alone(here, tmp_path, monkeypatch):
    """A board of another container, made by client-side apply: the next exercise begins with it as it is."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert catch_up("nb02.own", cluster=here).is_ready
    board.mistaken(here, registry.find("nb02.own").solve, ("name: web", "name: httpd"))
    wait(here, "pod/board", for_="Ready", timeout_s=60, namespace=board.SPACE)
    before = here.get("pod/board", namespace=board.SPACE).metadata.uid
    assert catch_up("nb05.own", cluster=here).made == []
    assert here.get("pod/board", namespace=board.SPACE).metadata.uid == before
