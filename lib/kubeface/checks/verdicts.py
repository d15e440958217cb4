"""The verdicts of checks: passed, not yet, not started, broken."""

from dataclasses import dataclass
from enum import StrEnum

from kubeface.checks.shown import as_html, as_text
from kubeface.errors import BadInput


class Outcome(StrEnum):
    """The four outcomes of a check."""

    PASSED = "passed"
    NOT_YET = "not yet"
    NOT_STARTED = "not started"
    BROKE = "the check itself broke"


_MARKS = {Outcome.PASSED: "✓", Outcome.NOT_YET: "◐", Outcome.NOT_STARTED: "○", Outcome.BROKE: "!"}


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Args:
        outcome: One of the four.
        because: What was seen, in words.
        exercise: The exercise's name; filled in by `check`.
        goal: What the exercise asks for; filled in by `check`.
    """

    outcome: Outcome
    because: str = ""
    exercise: str = ""
    goal: str = ""

    @property
    def is_passed(self) -> bool:
        """Whether the goal is reached."""
        return self.outcome is Outcome.PASSED

    @property
    def sentence(self) -> str:
        """The goal once it is reached; before that, what is missing."""
        if self.is_passed:
            return self.goal or self.exercise
        return self.because.partition("\n")[0] or "the state is the one that the exercise begins with"

    @property
    def lines(self) -> list[str]:
        """The lines below the sentence: further evidence, and the goal while it is not reached."""
        if self.is_passed:
            return [self.because] if self.because else []
        goal = f"Goal: {self.goal or self.exercise}" if self.goal or self.exercise else ""
        stuck = f'Stuck? hint("{self.exercise}")' if self.outcome is Outcome.NOT_YET and self.exercise else ""
        return [line for line in (self.because.partition("\n")[2], goal, stuck) if line]

    def __repr__(self) -> str:
        return as_text(_MARKS[self.outcome], self.outcome, self.sentence, self.lines)

    def _repr_html_(self) -> str:
        return as_html(_MARKS[self.outcome], self.outcome, self.sentence, self.lines)


def passed(note: str = "") -> Verdict:
    """The goal is reached.

    >>> passed("3 of 3 Pods are Ready").is_passed
    True
    """
    return Verdict(Outcome.PASSED, note)


def not_yet(because: str) -> Verdict:
    """Something was tried and the goal is not reached, because of what the sentence names.

    >>> not_yet("2 of 3 Pods are Ready").outcome
    <Outcome.NOT_YET: 'not yet'>

    Raises:
        BadInput: no reason is given; a learner cannot act on that.
    """
    if not because.strip():
        raise BadInput("a verdict of not yet needs its reason", try_next='not_yet("2 of 3 Pods are Ready")')
    return Verdict(Outcome.NOT_YET, because)


def passed_unless(because: str) -> Verdict:
    """Passed when nothing is missing; else not yet, because of what the sentence names.

    >>> passed_unless("").outcome, passed_unless("2 of 3 Pods are Ready").because
    (<Outcome.PASSED: 'passed'>, '2 of 3 Pods are Ready')
    """
    return not_yet(because) if because else passed()


def not_started(note: str = "") -> Verdict:
    """Nothing was tried: the state is the one that the exercise began with."""
    return Verdict(Outcome.NOT_STARTED, note)


def broke(report: str) -> Verdict:
    """The check has no verdict, through no fault of the learner's."""
    return Verdict(Outcome.BROKE, report)
