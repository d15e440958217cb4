"""All tasks of the exam, in their order."""

from kubeface.exam import objects, traffic, workloads
from kubeface.exam.paper import Paper
from kubeface.exam.pipeline import POINTS, repair_task
from kubeface.exam.task import Task

#: All but the last one, which is drawn.
FIXED: tuple[Task, ...] = (
    objects.review,
    objects.greeter,
    objects.diary,
    traffic.orders,
    workloads.agent,
    workloads.cart,
    traffic.menu,
    workloads.stock,
    traffic.vault,
    workloads.auditor,
    objects.sweeper,
)
TOTAL = sum(one.points for one in FIXED) + POINTS
#: Chosen: what the exams of the trade ask for is near it, and a third of the points may be missed.
ENOUGH = 66
MINUTES = 90  # chosen: seven or eight a task


def tasks_of(paper: Paper) -> list[Task]:
    """The tasks of an exam."""
    return [*FIXED, repair_task(paper.incidents)]


def is_enough(points: int, minutes: int) -> bool:
    """Whether so many points after so many minutes pass."""
    return points >= ENOUGH and minutes <= MINUTES


def result(paper: Paper) -> str:
    """How an exam stands, in a sentence."""
    if not paper.ended:
        return f"Exam: in progress for {paper.minutes} of {MINUTES} minutes."
    word = "passed" if is_enough(paper.sum, paper.minutes) else "not passed"
    return f"Exam: {paper.sum} of {TOTAL} points, after {paper.minutes} of {MINUTES} minutes: {word}."
