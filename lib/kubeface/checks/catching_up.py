"""catch_up: what an exercise begins with, for who comes to it without having done the earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from kubeface.checks import session
from kubeface.checks.judging import judge
from kubeface.checks.registry import find
from kubeface.checks.shown import as_html, as_text
from kubeface.checks.verbs import solution_of
from kubeface.checks.verdicts import Outcome, Verdict
from kubeface.errors import KubefaceError
from kubeface.kube import Cluster

_MARKS = {Outcome.PASSED: "✓", Outcome.NOT_YET: "◐", Outcome.BROKE: "!"}


def catch_up(name: str = "", *, cluster: Cluster | None = None, now: bool = False) -> "CaughtUp":
    """Bring what an exercise begins with, where it is missing: the goals of the earlier ones that it needs.

    What you have made stays as it is. What you have begun is yours to finish: it is named and left alone, and
    so is all that comes after it.

    Args:
        name: `nb05.own`.
        cluster: Where; without one, the lesson's cluster.
        now: Finish what you have begun, too, in the way that `solution` shows.

    Raises:
        BadInput: there is no exercise of that name, or none was named.

    >>> from kubeface import catch_up
    >>> catch_up("nb00.note", cluster=cluster)
    ✓ all is there: nb00.note begins with nothing
    """
    one = find(name, verb="catch_up")
    where = cluster or session.cluster()
    made: list[str] = []
    for needed in map(find, one.needs):
        verdict = judge(needed, where)
        refusal = ""
        if verdict.outcome is Outcome.NOT_STARTED or (now and verdict.outcome is Outcome.NOT_YET):
            try:
                solution_of(needed).run(where)
                made.append(needed.name)
            except KubefaceError as error:
                refusal = str(error)
            verdict = judge(needed, where)
        if not verdict.is_passed:
            return CaughtUp(one.name, one.needs, made, verdict, refusal)
    return CaughtUp(one.name, one.needs, made)


@dataclass(frozen=True, repr=False)
class CaughtUp:
    """What there is now of what an exercise begins with, shown in a few lines.

    Args:
        name: The exercise's name.
        needs: The names of the exercises that it needs.
        made: Those that were carried out just now.
        lacking: The verdict on the first one that is not reached, if one is not.
        refusal: Why it could not be carried out, if that was tried.
    """

    name: str
    needs: tuple[str, ...]
    made: Sequence[str] = ()
    lacking: Verdict | None = None
    refusal: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether the exercise can begin."""
        return self.lacking is None

    @property
    def _told(self) -> tuple[str, str, str, list[str]]:
        if self.lacking is not None:
            return self._told_of(self.lacking)
        if self.made:
            others = "; the rest was there" if len(self.made) < len(self.needs) else ""
            return "✓", "made for you", f"what {', '.join(self.made)} asked for{others}", []
        needed = f"has what it begins with: {', '.join(self.needs)}" if self.needs else "begins with nothing"
        return "✓", "all is there", f"{self.name} {needed}", []

    def _told_of(self, lacking: Verdict) -> tuple[str, str, str, list[str]]:
        mark = _MARKS.get(lacking.outcome, "○")
        said = f"{self.name} begins with {lacking.exercise}: {lacking.sentence}"
        if lacking.outcome is Outcome.BROKE:
            return mark, str(lacking.outcome), said, [line for line in lacking.lines if "Goal" not in line]
        if self.refusal:
            way = f"Its solution cannot be carried out over what is there: {self.refusal}"
            return mark, str(lacking.outcome), said, [*way.splitlines(), self._finish(lacking)]
        made = f'Or have it finished: catch_up("{self.name}", now=True)'
        return mark, str(lacking.outcome), said, [self._finish(lacking), made]

    @staticmethod
    def _finish(lacking: Verdict) -> str:
        return f'Finish it: check("{lacking.exercise}") says what is missing.'

    def __repr__(self) -> str:
        return as_text(*self._told)

    def _repr_html_(self) -> str:
        return as_html(*self._told)
