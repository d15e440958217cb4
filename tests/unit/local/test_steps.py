"""A start that fails takes back what it has made, and nothing that was there before."""

from typing import Any

import pytest

from kubeface.errors import NotReady
from kubeface.local.steps import Step, start_sequence, up


class Machine:
    """What stands on it, in the order in which it came."""

    def __init__(self, *there: str) -> None:
        self.there = list(there)
        self.supervisor = self

    def answers(self) -> bool:
        return "supervision" in self.there


def _step(name: str, *, fails: bool = False) -> Step:
    def make(machine: Any) -> None:
        if name not in machine.there:
            machine.there.append(name)
        if fails:
            raise NotReady(f"{name} is not ready")

    return Step(name, make, lambda machine: machine.there.remove(name), lambda machine: name in machine.there)


def _waits() -> Step:
    def fail(machine: Any) -> None:
        raise KeyboardInterrupt

    return Step("waiting", fail)


def _run(machine: Any, *steps: Step) -> list[str]:
    said: list[str] = []
    with pytest.raises((NotReady, KeyboardInterrupt)):
        up(machine, steps, said.append)
    return said


def test_what_was_made_goes_last_first() -> None:
    machine = Machine()
    said = _run(machine, _step("network"), _step("supervision"), _waits())
    assert machine.there == []
    assert said[-1] == "✗ waiting: KeyboardInterrupt. Undoing what was started."


def test_what_stood_before_stands_on() -> None:
    machine = Machine("network", "supervision")
    said = _run(machine, _step("network"), _step("supervision"), _waits())
    assert machine.there == ["network", "supervision"]
    assert said[-1] == "✗ waiting: KeyboardInterrupt. What ran before runs on."


def test_only_what_was_missing_goes_again() -> None:
    machine = Machine("network")
    _run(machine, _step("network"), _step("supervision"), _waits())
    assert machine.there == ["network"]


def test_a_step_that_fails_half_way_is_taken_back_too_and_later_ones_are_not() -> None:
    machine = Machine()
    _run(machine, _step("network"), _step("supervision", fails=True), _step("never"))
    assert machine.there == []


def test_nobody_who_listens_is_no_reason_to_leave_anything() -> None:
    machine = Machine()

    def closed_pipe(line: str) -> None:
        raise BrokenPipeError

    with pytest.raises((KeyboardInterrupt, BrokenPipeError)):
        up(machine, [_step("network"), _waits()], closed_pipe)  # type: ignore[arg-type]
    assert machine.there == []


def test_the_steps_of_a_cluster_that_runs_are_never_undone() -> None:
    sequence = start_sequence(lambda embedded: None)
    running, still = Machine("supervision"), Machine()
    assert [step.title for step in sequence if step.undo and not step.is_done(still)] == [  # type: ignore[arg-type]
        "Connecting the network",
        "Starting supervision",
    ]
    assert not [step for step in sequence if step.undo and not step.is_done(running)]  # type: ignore[arg-type]
