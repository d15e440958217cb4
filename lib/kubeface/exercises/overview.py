"""How far a learner is, notebook by notebook."""

from kubeface.checks import Outcome, Progress, questions, registry
from kubeface.exercises.course import load, notebooks
from kubeface.views.tables import Table

HEADINGS = ("notebook", "title", "exercises", "passed", "not yet", "not started", "predictions right")


def overview(progress: Progress, notebook: str | None = None) -> Table:
    """A row a notebook, or that of one notebook.

    Raises:
        BadInput: no notebook has that number.
    """
    numbers = [notebook] if notebook else notebooks()
    return Table(HEADINGS, [_row(progress, number) for number in numbers])


def _row(progress: Progress, number: str) -> list[object]:
    plan = load(number)
    outcomes = [progress.outcome(one.name) for one in registry.known(number)]
    counts = [outcomes.count(one) for one in (Outcome.PASSED, Outcome.NOT_YET, Outcome.NOT_STARTED)]
    graded = progress.graded(number)
    asked = {one.name for one in questions.known(number)} | set(graded)
    return [number, plan.title, len(outcomes), *counts, f"{sum(graded.values())} of {len(asked)}"]
