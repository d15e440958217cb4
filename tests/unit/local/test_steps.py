"""A start that fails undoes what it has made, and nothing that was there before."""

from functools import partial
from pathlib import Path

import pytest

from kubeface.errors import NotReady
from kubeface.local import programs, spec, state
from kubeface.local.cluster import LocalCluster
from kubeface.local.spec import ClusterSpec
from kubeface.local.steps import Step, run_steps


def _step(there: list[str], name: str, *, fails: bool = False) -> Step:
    """A step that adds a name to what is there, and removes it again when it is undone."""

    def make() -> None:
        if name not in there:
            there.append(name)
        if fails:
            raise NotReady(f"{name} is not ready")

    return Step(name, make, partial(there.remove, name), lambda: name in there)


def _interrupted() -> Step:
    def fail() -> None:
        raise KeyboardInterrupt

    return Step("waiting", fail)


def _run(*steps: Step) -> list[str]:
    said: list[str] = []
    with pytest.raises((NotReady, KeyboardInterrupt)):
        run_steps(steps, said.append)
    return said


def test_what_was_made_goes_last_first() -> None:
    there: list[str] = []
    undone: list[str] = []
    steps = [
        Step(name, partial(there.append, name), partial(undone.append, name)) for name in ("one", "other")
    ]
    said = _run(*steps, _interrupted())
    assert (there, undone) == (["one", "other"], ["other", "one"])
    assert said[-1] == "✗ waiting: KeyboardInterrupt. Undoing what was started."


def test_what_was_there_before_stays() -> None:
    there = ["network", "supervision"]
    said = _run(_step(there, "network"), _step(there, "supervision"), _interrupted())
    assert there == ["network", "supervision"]
    assert said[-1] == "✗ waiting: KeyboardInterrupt. What ran before runs on."


def test_only_what_was_missing_goes_again() -> None:
    there = ["network"]
    _run(_step(there, "network"), _step(there, "supervision"), _interrupted())
    assert there == ["network"]


def test_a_step_that_fails_half_way_is_undone_too_and_later_ones_are_not() -> None:
    there: list[str] = []
    _run(_step(there, "network"), _step(there, "supervision", fails=True), _step(there, "never"))
    assert there == []


def test_an_interrupt_while_a_step_looks_whether_it_is_done_undoes_those_before() -> None:
    there: list[str] = []

    def interrupted() -> bool:
        raise KeyboardInterrupt

    _run(_step(there, "network"), Step("supervision", lambda: None, there.clear, interrupted))
    assert there == []


def test_a_reader_that_has_gone_is_no_reason_to_leave_anything() -> None:
    there: list[str] = []

    def closed_pipe(line: str) -> None:
        raise BrokenPipeError

    with pytest.raises((KeyboardInterrupt, BrokenPipeError)):
        run_steps([_step(there, "network"), _interrupted()], closed_pipe)
    assert there == []


@pytest.mark.parametrize(("is_running", "undone"), [(True, []), (False, ["network", "supervision"])])
def test_the_steps_of_a_cluster_that_runs_are_never_undone(
    is_running: bool, undone: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs.Supervisor, "answers", lambda supervisor: is_running)
    steps = LocalCluster("lab").start_steps(ClusterSpec("lab"), [], print)
    found = [step.title.split()[-1] for step in steps if step.undo and not step.is_done()]
    assert found == undone


def test_a_cluster_that_exists_is_planned_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (spec, state):
        monkeypatch.setattr(module, "STATE", tmp_path)
    made = ClusterSpec("lab", node_count=2, node_cpus=2)
    state.save(made)
    assert LocalCluster("lab").plan() == made
