"""The report of an exam: each task with its points and what was seen, the sum, and whether that is enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from kubeface.checks import Outcome, Verdict
from kubeface.checks.shown import as_html, as_text
from kubeface.exam.task import Task
from kubeface.exam.tasks import ENOUGH, MINUTES, TOTAL, is_enough
from kubeface.views.tables import Table

HEADINGS = ("task", "points", "verdict", "seen", "lesson")


@dataclass(frozen=True)
class Report:
    """How an exam ended.

    Args:
        tasks: In their order.
        verdicts: One a task.
        minutes: How many were used, rounded up.
    """

    tasks: Sequence[Task]
    verdicts: Sequence[Verdict]
    minutes: int

    @property
    def points(self) -> dict[str, int]:
        """By task, of those that were reached."""
        pairs = zip(self.tasks, self.verdicts, strict=True)
        return {one.name: one.points for one, verdict in pairs if verdict.is_passed}

    @property
    def sum(self) -> int:
        """All points."""
        return sum(self.points.values())

    @property
    def is_passed(self) -> bool:
        """Whether there were enough points, in time."""
        return is_enough(self.sum, self.minutes)

    @property
    def is_broken(self) -> bool:
        """Whether a task could not be judged."""
        return any(one.outcome is Outcome.BROKE for one in self.verdicts)

    @property
    def to_read_again(self) -> list[str]:
        """The lessons of the tasks that were missed."""
        return sorted({one.lesson for one in self.tasks if one.name not in self.points})

    def __repr__(self) -> str:
        return f"{as_text(*self._head(), self._rest())}\n\n{self._table()!r}"

    def _repr_html_(self) -> str:
        return as_html(*self._head(), self._rest()) + self._table()._repr_html_()

    def _head(self) -> tuple[str, str, str]:
        if self.is_broken:
            return "!", "not judged", "Not every task could be judged, so the exam goes on."
        told = f"{self.sum} of {TOTAL} points, after {self.minutes} of {MINUTES} minutes."
        if self.is_passed:
            return "✓", "passed", told
        return "○", "not passed", told

    def _rest(self) -> list[str]:
        if self.is_broken:
            return ["Once the cluster answers again, exam.report() ends the exam."]
        lines = [f"{ENOUGH} points within {MINUTES} minutes pass."]
        if self.to_read_again:
            lines += [f"What was missed is in the lessons {', '.join(self.to_read_again)}."]
            lines += [
                'exam.solution("orders") shows one way to a task; your work stays as it is until exam.tidy().'
            ]
        return lines

    def _table(self) -> Table:
        pairs = zip(self.tasks, self.verdicts, strict=True)
        return Table(HEADINGS, [_row(one, verdict) for one, verdict in pairs])


def _row(task: Task, verdict: Verdict) -> tuple[str, ...]:
    points = f"{task.points if verdict.is_passed else 0} of {task.points}"
    seen = "" if verdict.is_passed else verdict.because.partition("\n")[0]
    return task.name, points, str(verdict.outcome), seen, task.lesson


@dataclass(frozen=True)
class Said:
    """Lines of an exam, shown below each other.

    Args:
        sentence: The first.
        lines: The others.
    """

    sentence: str
    lines: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "\n".join([self.sentence, *(f"  {line}" for line in self.lines)])

    def _repr_html_(self) -> str:
        rest = "".join(f"<div>{escape(line)}</div>" for line in self.lines)
        return f'<div role="status"><div><b>{escape(self.sentence)}</b></div>{rest}</div>'
