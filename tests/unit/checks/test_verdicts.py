"""What a check answers, and how it shows itself."""

import threading
from dataclasses import replace

import greetings
import pytest

from kubeface import notebook
from kubeface.checks import (
    Outcome,
    check,
    exercise,
    hint,
    how_it_is,
    not_started,
    not_yet,
    passed,
    session,
    solution,
)
from kubeface.checks.judging import judge
from kubeface.checks.progress import Progress
from kubeface.checks.verdicts import broke
from kubeface.errors import BadInput
from kubeface.kube import Cluster


@pytest.fixture
def greeting():
    return greetings.greeting()


def goal(judge):
    judge.__doc__ = greetings.judge.__doc__
    return judge


def test_nothing_tried_is_not_started(here, greeting):
    assert repr(check("nb99.greet", cluster=here)) == (
        "○ not started: there is no ConfigMap hi\n  Goal: A ConfigMap named hi greets you."
    )


def test_a_goal_that_is_not_reached_never_reads_as_a_fact(here, greeting):
    for verdict in (
        not_started(),
        not_started("untouched"),
        not_yet("it is red"),
        broke("Sorry.\nReport it."),
    ):
        said = replace(verdict, exercise="nb99.greet", goal="Three Pods run.")
        for text in (repr(said), said._repr_html_().replace("<div>", "\n")):
            line = next(line for line in text.splitlines() if "Three Pods run." in line)
            assert line.strip().startswith("Goal: ")
    assert repr(replace(not_started(), goal="Three Pods run.")).startswith(
        "○ not started: the state is the one"
    )
    assert repr(replace(passed("by hand"), goal="Three Pods run.")) == "✓ passed: Three Pods run.\n  by hand"


def test_a_wrong_state_is_not_yet_and_says_because(here, greeting):
    greetings.greet_me(here)
    assert repr(check("nb99.greet", cluster=here)) == (
        '◐ not yet: it greets me\n  Goal: A ConfigMap named hi greets you.\n  Stuck? hint("nb99.greet")'
    )


def test_any_route_to_the_end_state_passes(here, greeting):
    greetings.greet_me(here)
    here.patch("configmap/hi", {"data": {"to": "you"}})
    verdict = check("nb99.greet", cluster=here)
    assert verdict.is_passed
    assert repr(verdict) == "✓ passed: A ConfigMap named hi greets you."


def test_the_html_says_the_state_in_a_word_and_escapes_the_rest(here):
    @goal
    def odd(cluster):
        return not_yet("it greets <b>")

    greetings.greeting(odd)
    html = check("nb99.greet", cluster=here)._repr_html_()
    assert "<b>not yet</b>" in html
    assert "it greets &lt;b&gt;" in html


@pytest.mark.parametrize("error", [AssertionError("2 != 3"), KeyError("spec"), BadInput("no such kind")])
def test_an_error_of_the_check_is_never_the_learners(here, error):
    @goal
    def broken(cluster):
        raise error

    greetings.greeting(broken)
    verdict = check("nb99.greet", cluster=here)
    assert verdict.outcome is Outcome.BROKE
    assert "This is not your doing" in repr(verdict)
    assert f"check nb99.greet: {type(error).__name__}: " in repr(verdict)
    assert "(test_verdicts.py, line " in repr(verdict)


@pytest.mark.parametrize("answer", [None, True, "passed"])
def test_a_check_without_a_verdict_is_broken(here, answer):
    @goal
    def silent(cluster):
        return answer

    greetings.greeting(silent)
    assert f"it answered {answer!r}" in check("nb99.greet", cluster=here).because


def test_a_check_that_hangs_is_broken_and_holds_nobody_up(here):
    released = threading.Event()

    @goal
    def hanging(cluster):
        released.wait()

    verdict = judge(greetings.greeting(hanging), here, timeout_s=0.2)
    released.set()
    assert verdict.outcome is Outcome.BROKE
    assert "it had no verdict after 0.2 s" in verdict.because


def test_a_cluster_that_does_not_answer_is_said_and_not_reported_as_a_bug(tmp_path, kubeconfig, greeting):
    lost = tmp_path / "kubeconfig"
    address = next(line for line in kubeconfig.read_text().splitlines() if "server: " in line)
    lost.write_text(kubeconfig.read_text().replace(address, "    server: https://127.0.0.1:1"))
    verdict = judge(greeting, Cluster.connect(lost))
    assert verdict.outcome is Outcome.BROKE
    assert "The cluster could not be asked." in verdict.because
    assert "report" not in verdict.because


def test_not_yet_without_a_reason_is_refused():
    with pytest.raises(BadInput, match="needs its reason"):
        not_yet(" ")


def test_an_unknown_exercise_is_refused_with_those_that_look_like_it(here, greeting):
    with pytest.raises(BadInput, match=r"nb99\.greet"):
        check("nb99.great", cluster=here)


def test_hints_come_one_at_a_time_and_begin_again(here, greeting):
    greetings.greet_me(here)
    said = [hint("nb99.greet", cluster=here) for _ in range(4)]
    assert [one.text for one in said[:2]] == ["It is a ConfigMap.", "Look at the key `to` of configmap/hi."]
    assert said[2].title == "that was the last hint"
    assert 'solution("nb99.greet")' in said[2].text
    assert said[3].text == "It is a ConfigMap."


def test_a_hint_that_does_not_fit_the_state_is_passed_over(here):
    greetings.greeting(hints=(greetings.whom, "It is a ConfigMap."))
    assert hint("nb99.greet", cluster=here).text == "It is a ConfigMap."


def test_a_hint_that_fails_is_passed_over(here):
    def broken(cluster):
        raise OSError

    greetings.greeting(hints=(broken, "It is a ConfigMap."))
    assert repr(hint("nb99.greet", cluster=here)) == "→ hint 2 of 2: It is a ConfigMap."


def test_a_hint_says_how_it_is_now(here, space, report):
    tell = how_it_is("pod/web")
    assert tell(here) is None
    spec = {"containers": [{"name": "web", "image": "web:v1"}]}
    here.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec})
    no_node = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "too big"}
    report("pod/web", {"phase": "Pending", "conditions": [no_node]}, space)
    assert "too big" in tell(here)
    again = {"name": "web", "ready": False, "restartCount": 3, "image": "web:v1", "imageID": ""}
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}
    ended = {"terminated": {"exitCode": 1, "reason": "Error"}}
    report(
        "pod/web",
        {
            "phase": "Running",
            "conditions": [no_node | {"status": "True"}],
            "containerStatuses": [again | {"state": waiting, "lastState": ended}],
        },
        space,
    )
    assert "As it is now, pod/web is not ready: " in tell(here)
    assert "too big" not in tell(here)
    assert "it ends again and again, 3 restarts so far" in tell(here)


def test_there_is_nothing_to_hint_at_once_it_is_passed(here, greeting):
    greetings.greet_you(here)
    assert hint("nb99.greet", cluster=here).title == "nothing to hint at"


def test_the_solution_is_the_code_that_solves_it(here, greeting):
    shown = solution("nb99.greet")
    assert shown.code == (
        "from kubeface import apply\n"
        "\n"
        "# The goal names the object and the key.\n"
        'card = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "hi"}}\n'
        'apply(cluster, [card | {"data": {"to": "you"}}])'
    )
    shown.run(here)
    assert check("nb99.greet", cluster=here).is_passed


def test_the_solution_is_folded_in_html(greeting):
    html = solution("nb99.greet")._repr_html_()
    assert html.startswith("<details><summary>")
    assert "open" not in html.split(">")[0]


def test_a_solved_run_carries_the_solution_out_first(here, greeting, monkeypatch):
    monkeypatch.setenv("KUBEFACE_SOLVED", "1")
    assert check("nb99.greet", cluster=here).is_passed


def test_a_verdict_is_kept_as_progress(here, greeting):
    greetings.greet_you(here)
    check("nb99.greet", cluster=here)
    assert Progress.of(here).outcome("nb99.greet") is Outcome.PASSED


def sound():
    return {
        "hints": ("Think.",),
        "solve": greetings.greet_you,
        "wrong": (greetings.greet_me, greetings.greet_nobody),
    }


@pytest.mark.parametrize("name", ["greet", "nb5.greet", "nb05.", "nb05.Greet", "05.greet"])
def test_a_malformed_name_is_refused(name):
    with pytest.raises(BadInput, match="no name of an exercise"):
        exercise(name, **sound())(greetings.judge)


def test_an_exercise_without_a_goal_or_a_hint_is_refused():
    with pytest.raises(BadInput, match="has no goal"):
        exercise("nb99.mute", **sound())(lambda cluster: passed())
    with pytest.raises(BadInput, match="has no hint"):
        greetings.greeting(hints=())


def test_a_name_is_taken_once(greeting):
    def other(cluster):
        """Another goal."""

    other.__module__ = "elsewhere"
    with pytest.raises(BadInput, match="is taken"):
        greetings.greeting(other)


@pytest.fixture
def somebody(here, monkeypatch):
    """A learner in a notebook, whose lesson is about the test's cluster."""
    session.current.cluster = here
    monkeypatch.setattr(notebook, "kernel", object)
    monkeypatch.setenv("KUBEFACE_STATIC", "0")
    return here


def test_somebody_has_a_solution_after_a_first_try(somebody, greeting):
    check("nb99.greet")
    assert repr(solution("nb99.greet")).startswith("→ try it first")
    greetings.greet_me(somebody)
    check("nb99.greet")
    assert repr(solution("nb99.greet")).startswith("# One way to solve nb99.greet")


def test_somebody_has_a_solution_after_the_last_hint(somebody, greeting):
    greetings.greeting(hints=("It is a ConfigMap.", "It is called hi."))
    hint("nb99.greet")
    assert "now=True" in repr(solution("nb99.greet"))
    hint("nb99.greet")
    assert repr(solution("nb99.greet")).startswith("# One way")


def test_somebody_who_asks_for_it_now_has_it_now(somebody, greeting):
    assert repr(solution("nb99.greet", now=True)).startswith("# One way")


def test_where_nobody_is_there_a_solution_is_shown_at_once(somebody, greeting, monkeypatch):
    monkeypatch.setenv("KUBEFACE_STATIC", "1")
    assert repr(solution("nb99.greet")).startswith("# One way")
