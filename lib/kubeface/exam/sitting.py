"""Exam: begin it, see the clock, end it with a report, tidy up."""

import random
import time

from kubeface import notebook
from kubeface.checks import Progress, session
from kubeface.checks.judging import judge
from kubeface.checks.solutions import Solution, code_of
from kubeface.errors import BadInput, KubefaceError
from kubeface.exam import pipeline
from kubeface.exam.clock import Clock
from kubeface.exam.paper import Paper, drawer_beside
from kubeface.exam.report import Report, Said
from kubeface.exam.task import BEGINNING, SPACE
from kubeface.exam.tasks import ENOUGH, MINUTES, TOTAL, tasks_of
from kubeface.kube import Cluster
from kubeface.kube.wait import Deadline
from kubeface.lesson import LessonStopped, magics, nodes, power, prepare
from kubeface.lesson.context import connect, courses_own, share_namespace, uid_of

NODES = 3
READY_S = 300.0  # chosen: the pipeline from nothing, and a dozen small Pods, on a busy machine
NODES_S = 30.0  # chosen: a node that was just switched on is Ready within 2 s of its start (CLUSTER.md)
SEEDS = 10_000  # chosen: a number that can be told to a neighbour


class Exam:
    """An exam in progress: twelve tasks, 100 points, 90 minutes, and no verdict before the report.

    Where one is in progress already, it goes on: after a restart of the kernel, run the same cell again.

    Args:
        seed: Who gives the same number gets the same incidents in the last task.
        anew: Begin another one, although one is in progress.
        cluster: Where; without one, the course's own.

    Raises:
        BadInput: the seed is no number.
        LessonStopped: it is somebody else's cluster, or what the tasks begin with cannot be brought.

    >>> def sit() -> None:
    ...     exam = Exam(seed=7)
    ...     print(exam.left())
    ...     print(exam.report().sum, exam.solution("orders"))
    ...     exam.tidy()
    >>> Exam(cluster=cluster)
    Traceback (most recent call last):
    kubeface.lesson.context.LessonStopped: The exam takes place on the course's own cluster only.
    ...
    """

    def __init__(
        self, *, seed: int | None = None, anew: bool = False, cluster: Cluster | None = None
    ) -> None:
        if seed is not None and not isinstance(seed, int):
            raise BadInput("Exam() takes a number as its seed", seen=repr(seed), try_next="Exam(seed=7)")
        magics.register()
        self.cluster = courses_own(cluster or connect(namespace=SPACE), SPACE, what="The exam")
        self._drawer = drawer_beside(Progress.of(self.cluster))
        kept = None if anew else self._drawer.read()
        self._goes_on = kept is not None and not kept.ended and kept.space == uid_of(self.cluster, SPACE)
        self._paper = kept if kept and self._goes_on else self._begun(seed)
        share_namespace(self.cluster)
        session.begin(self.cluster, SPACE)
        self._clock = Clock(self._paper.begun + MINUTES * 60, MINUTES)
        self._clock.show()

    def left(self) -> int:
        """How many minutes are left, rounded up; 0 when the time is over."""
        return self._clock.left()

    def report(self) -> Report:
        """End the exam, and say how each task stands; asked again, it says how they stand then.

        Points are kept as they were when it was asked for the first time. Where a task could not be judged,
        because the cluster does not answer, the exam goes on.
        """
        is_first = not self._paper.ended
        self._paper.ended = self._paper.ended or time.time()
        tasks = tasks_of(self._paper)
        if notebook.is_watched():
            print("Looking at each task: half a minute, or two where much was repaired.", flush=True)
        verdicts = [judge(one.exercise, self.cluster, timeout_s=one.patience_s) for one in tasks]
        told = Report(tasks, verdicts, self._paper.minutes)
        if is_first and told.is_broken:
            self._paper.ended = 0.0
        elif is_first:
            self._clock.stop()
            self._paper.points = told.points
            self._drawer.write(self._paper)
        return told

    def solution(self, name: str) -> Solution | Said:
        """One way to a task, after the report.

        Args:
            name: As the report calls it: `orders`.

        Raises:
            BadInput: there is no such task.
        """
        tasks = {one.name: one for one in tasks_of(self._paper)}
        if name not in tasks:
            raise BadInput(f"there is no task {name!r}", seen=f"tasks: {', '.join(tasks)}")
        if not self._paper.ended:
            return Said("Not before the report.", ("exam.report() ends the exam.",))
        if name == pipeline.NAME:
            return Said("This was wrong.", tuple(pipeline.answers(self._paper.incidents)))
        return Solution(name, code_of(tasks[name].exercise.solve))

    def tidy(self, *, timeout_s: float = READY_S) -> None:
        """Remove what the tasks were about, and repair the pipeline.

        Raises:
            LessonStopped: something was not deleted in time.
        """
        deadline = Deadline.after(timeout_s)
        try:
            prepare.arrange(self.cluster, BEGINNING, deadline)
            prepare.remove_namespaces(self.cluster, [SPACE], deadline)
        except KubefaceError as error:
            raise LessonStopped(error.what, seen=error.seen, try_next="run this cell again") from error
        print("The exam is tidied up.")

    def __repr__(self) -> str:
        return repr(self._said())

    def _repr_html_(self) -> str:
        return self._said()._repr_html_()

    def _said(self) -> Said:
        many = len(tasks_of(self._paper))
        first = "The exam goes on." if self._goes_on else "The exam has begun."
        lines = (
            f"{many} tasks, {TOTAL} points; {ENOUGH} of them within {MINUTES} minutes pass.",
            "A task counts whole or not at all, by how the cluster is when you ask for the report.",
            f"kubectl looks in the namespace {SPACE}, here and in a terminal.",
            f"This is exam {self._paper.seed}: Exam(seed={self._paper.seed}) has the same last task.",
        )
        return Said(first, lines)

    def _begun(self, seed: int | None) -> Paper:
        number = random.randrange(SEEDS) if seed is None else seed  # noqa: S311  # a draw, and no secret
        incidents = [one.name for one in pipeline.drawn(number)]
        try:
            power.switch_on_all(self.cluster)
            nodes.await_nodes(self.cluster, NODES, Deadline.after(NODES_S))
            print(
                "Making everything ready, which takes a minute or two; the clock starts after it.", flush=True
            )
            prepare.remove_namespaces(self.cluster, [SPACE], Deadline.after(READY_S))
            prepare.bring(self.cluster, BEGINNING, timeout_s=READY_S)
            pipeline.prepare(self.cluster)
            pipeline.break_it(self.cluster, incidents)
        except LessonStopped:
            raise
        except KubefaceError as error:
            raise LessonStopped(error.what, seen=error.seen, try_next="run this cell again") from error
        paper = Paper(number, incidents, uid_of(self.cluster, SPACE), time.time())
        self._drawer.write(paper)
        return paper
