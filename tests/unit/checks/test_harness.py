"""The harness is green for a sound exercise, and red for one that is too lenient, too strict, or broken."""

import greetings
import pytest

from kubeface.checks import not_started, not_yet, passed
from kubeface.checks.harness import faults
from kubeface.checks.judging import judge
from kubeface.errors import BadInput

CARD = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "hi"}, "data": {"to": "you"}}


def goal(judge):
    """The same check under another judge."""
    judge.__doc__, judge.__module__ = greetings.judge.__doc__, greetings.judge.__module__
    return judge


def test_a_sound_exercise_has_no_fault(here):
    assert faults(greetings.greeting(), here) == []


def test_a_check_that_lets_a_wrong_state_pass_is_too_lenient(here):
    @goal
    def lenient(cluster):
        return passed() if cluster.find("configmap/hi") else not_started()

    found = faults(greetings.greeting(lenient), here)
    assert [one.split(",")[0] for one in found] == [
        "in its wrong state greet_me",
        "in its wrong state greet_nobody",
    ]
    assert "passed in the place of not yet" in found[0]


def test_a_check_that_refuses_its_own_solution_is_too_strict(here):
    @goal
    def strict(cluster):
        found = cluster.find("configmap/hi")
        return not_yet(f"it has {dict(found.raw.get('data', {}))}") if found else not_started()

    assert faults(greetings.greeting(strict), here) == [
        "after its own solution, it says not yet in the place of passed: it has {'to': 'you'}"
    ]


def test_a_check_that_knows_its_own_solution_alone_is_too_strict(here):
    def greet_you_in_words(cluster):
        cluster.apply(CARD | {"data": {"to": "you", "words": "hello"}})

    @goal
    def narrow(cluster):
        found = cluster.find("configmap/hi")
        if found is None or (found.raw.get("data") or {}) == {"to": "you"}:
            return greetings.judge(cluster)
        return not_yet(f"it has {dict(found.raw.get('data') or {})}")

    assert faults(greetings.greeting(narrow, right=(greet_you_in_words,)), here) == [
        "in its right state greet_you_in_words, it says not yet in the place of passed: "
        "it has {'to': 'you', 'words': 'hello'}"
    ]


def test_another_right_way_is_no_fault(here):
    def greet_you_in_words(cluster):
        cluster.apply(CARD | {"data": {"to": "you", "words": "hello"}})

    assert faults(greetings.greeting(right=(greet_you_in_words,)), here) == []


def test_a_right_state_that_cannot_be_brought_is_named(here):
    def explode(cluster):
        raise OSError("no such thing")

    found = faults(greetings.greeting(right=(explode,)), here)
    assert found == ["its right state explode cannot be brought: OSError: no such thing"]


def test_a_check_that_fails_by_itself_is_red_at_every_stage(here):
    @goal
    def broken(cluster):
        assert cluster.find("configmap/hi").data.to == "you"

    found = faults(greetings.greeting(broken), here)
    assert len(found) == 4
    assert all("the check itself broke" in one for one in found)


def test_what_is_not_there_is_no_fault_of_the_check(here):
    @goal
    def trusting(cluster):
        return passed() if cluster.get("configmap/hi").data.to == "you" else not_yet("it greets another")

    verdict = judge(greetings.greeting(trusting), here)
    assert verdict.outcome == "not yet"
    assert "configmap/hi" in verdict.because


def test_a_check_that_blames_before_anything_was_tried_is_red(here):
    @goal
    def hasty(cluster):
        found = cluster.find("configmap/hi")
        return greetings.judge(cluster) if found else not_yet("there is no ConfigMap hi")

    assert faults(greetings.greeting(hasty), here) == [
        "untouched, it says not yet in the place of not started: there is no ConfigMap hi"
    ]


def test_a_check_that_says_the_same_of_different_mistakes_names_none(here):
    @goal
    def vague(cluster):
        verdict = greetings.judge(cluster)
        return not_yet("that is not right") if verdict.outcome == "not yet" else verdict

    assert faults(greetings.greeting(vague), here) == [
        "it says the same of greet_me and greet_nobody: that is not right"
    ]


def test_a_solution_that_fails_as_it_is_shown_is_red(here):
    def solve(cluster):
        cluster.apply(CARD)

    assert faults(greetings.greeting(solve=solve), here) == [
        "its solution, run as it is shown, fails: NameError: name 'CARD' is not defined"
    ]


def test_a_solution_that_was_carried_out_elsewhere_is_left_out(here):
    def explode(cluster):
        raise ValueError("no")

    assert faults(greetings.greeting(solve=explode), here, solve=False) == []


def test_a_hint_that_fails_is_red(here):
    def hint(cluster):
        return cluster.get("configmap/hi").data.to

    found = faults(greetings.greeting(hints=("Think.", hint)), here)
    assert len(found) == 1
    assert "its hint 2 fails: NotFound" in found[0]


def test_an_exercise_without_a_hint_for_the_start_is_red(here):
    assert faults(greetings.greeting(hints=(greetings.whom,)), here) == ["untouched, it has no hint to give"]


def test_a_wrong_state_that_cannot_be_brought_is_named(here):
    def explode(cluster):
        raise OSError("no such thing")

    found = faults(greetings.greeting(wrong=(explode, greetings.greet_me)), here)
    assert found == ["its wrong state explode cannot be brought: OSError: no such thing"]


def test_each_state_begins_from_the_exercises_own_start(here):
    greetings.greet_you(here)
    assert faults(greetings.greeting(), here) == []
    found = faults(greetings.greeting(start=None), here)
    assert "untouched, it says passed" in found[0]


def test_the_lessons_state_comes_once_where_the_exercises_start_brings_all_back(here):
    order = []

    def start(cluster):
        order.append("start")
        greetings.start(cluster)

    assert faults(greetings.greeting(start=start), here, prepare=lambda _: order.append("lesson")) == []
    assert order == ["lesson", *["start"] * 4]


def test_the_lessons_state_comes_again_where_the_start_leaves_something_behind(here):
    order = []

    def lesson(cluster):
        order.append("lesson")
        cluster.delete("configmap/litter")

    def greet_me_and_litter(cluster):
        greetings.greet_me(cluster)
        cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "litter"}})

    toy = greetings.greeting(wrong=(greet_me_and_litter, greetings.greet_nobody))
    assert faults(toy, here, prepare=lesson) == []
    assert order == ["lesson", "lesson"]


def test_the_lessons_state_comes_again_where_the_start_fails(here):
    order = []

    def lesson(cluster):
        order.append("lesson")
        cluster.apply(CARD | {"data": {"to": "nobody yet"}})

    def start(cluster):
        cluster.get("configmap/hi")
        cluster.delete("configmap/hi")

    assert faults(greetings.greeting(start=start), here, prepare=lesson) == []
    assert order == ["lesson"] * 2  # from the second wrong state on there is a ConfigMap to start from


def test_without_a_start_the_lessons_state_comes_each_time(here):
    order = []

    def lesson(cluster):
        order.append("lesson")
        greetings.start(cluster)

    assert faults(greetings.greeting(start=None), here, prepare=lesson) == []
    assert order == ["lesson"] * 4


@pytest.mark.parametrize("wrong", [(), (greetings.greet_me,), (greetings.greet_me, greetings.greet_me)])
def test_fewer_than_two_wrong_states_are_refused(wrong):
    with pytest.raises(BadInput, match="needs 2 or more"):
        greetings.greeting(wrong=wrong)
