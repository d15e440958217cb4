"""catch_up: what an exercise begins with, for who comes to it without having done the earlier ones."""

from kubeface.checks import session
from kubeface.checks.judging import judge
from kubeface.checks.registry import find
from kubeface.checks.shown import as_html, as_text
from kubeface.checks.verbs import solution_of
from kubeface.checks.verdicts import Outcome
from kubeface.kube import Cluster


def catch_up(name: str = "", *, cluster: Cluster | None = None, now: bool = False) -> "CaughtUp":
    """Bring what an exercise begins with, where it is missing: the goals of the earlier ones that it needs.

    What you have made stays as it is. What you have begun is yours to finish: it is named, and left alone.

    Args:
        name: `nb05.own`.
        cluster: Where; without one, the lesson's cluster.
        now: Finish what you have begun, too, in the way that `solution` shows.

    Raises:
        BadInput: there is no exercise of that name, or none was named.

    >>> from kubeface import catch_up
    >>> catch_up("nb00.note", cluster=cluster)
    ✓ all is there: nb00.note needs nothing
    """
    one = find(name, verb="catch_up")
    where = cluster or session.cluster()
    made, begun = [], []
    for needed in map(find, one.needs):
        outcome = judge(needed, where).outcome
        if outcome is Outcome.NOT_STARTED or (now and outcome is Outcome.NOT_YET):
            solution_of(needed).run(where)
            made.append(needed.name)
        elif outcome is not Outcome.PASSED:
            begun.append(needed.name)
    return CaughtUp(one.name, one.needs, made, begun)


class CaughtUp:
    """What there is now of what an exercise needs, shown in a line or two."""

    def __init__(self, name: str, needs: tuple[str, ...], made: list[str], begun: list[str]) -> None:
        self.made = made
        self.begun = begun
        self._name = name
        self._needs = needs

    @property
    def _told(self) -> tuple[str, str, str, list[str]]:
        if self.begun:
            lines = [f'Finish it: check("{name}") says what is missing.' for name in self.begun]
            return (
                "◐",
                "not yet",
                f"{self._name} needs what you have begun",
                [*lines, f'Or have it finished: catch_up("{self._name}", now=True)'],
            )
        if self.made:
            return "✓", "made for you", f"what {', '.join(self.made)} asked for", []
        needed = ", ".join(self._needs)
        return "✓", "all is there", f"{self._name} needs {needed or 'nothing'}", []

    def __repr__(self) -> str:
        return as_text(*self._told)

    def _repr_html_(self) -> str:
        return as_html(*self._told)
