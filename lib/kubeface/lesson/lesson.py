"""A lesson: a notebook's first cell opens it, its last cell tidies up."""

from kubeface import notebook, places
from kubeface.checks import lesson_files, review, session
from kubeface.errors import KubefaceError
from kubeface.kube import Cluster
from kubeface.kube.wait import Deadline
from kubeface.lesson import magics, nodes, opening, power, prepare
from kubeface.lesson.context import LessonStopped, connect, share_namespace
from kubeface.lesson.plan import Plan
from kubeface.util.audience import show_waits_to, telling

READY_S = 180.0  # chosen: the pipeline from nothing on a loaded machine; warm it takes seconds
LISTED = 3  # of the files that a sentence names
NODES_S = 30.0  # chosen: a node that was just switched on is Ready within 2 s of its start (CLUSTER.md)


class Lesson:
    """A lesson that has begun: its cluster is there, and in the state that the lesson needs.

    Running it again brings the same state again, from whatever has become of it. After a restart of the
    kernel, `Lesson("05", keep=True)` goes on with what you made and changes nothing.

    Args:
        number: `05`; or a plan, for a lesson of one's own.
        context: Another cluster than the course's, by the name of its kubeconfig context.
        cluster: The same, as a connection.
        keep: Go on with what is there, in the place of beginning anew.
        clear: On somebody's cluster, also delete what lacks the course's label in the lesson's namespaces;
            without it, the lesson stops at the first such object.
        timeout_s: How long the preparation may take, in seconds.

    Raises:
        BadInput: no lesson has that number.
        LessonStopped: there is no cluster, it is not the course's, the state cannot be brought, or there is
            nothing to go on with.

    >>> def whole_notebook() -> None:
    ...     lesson = Lesson("05", context="minikube")
    ...     print(lesson.cluster.nodes(), lesson.number, lesson.minutes)
    ...     lesson.tidy(timeout_s=60)
    >>> Lesson("99", cluster=cluster)
    Traceback (most recent call last):
    kubeface.checks.lesson_files.NoSuchLesson: there is no lesson '99'
    ...
    """

    def __init__(
        self,
        number: str | Plan,
        *,
        context: str | None = None,
        cluster: Cluster | None = None,
        keep: bool = False,
        clear: bool = False,
        timeout_s: float = READY_S,
    ) -> None:
        plan: Plan = number if isinstance(number, Plan) else lesson_files.load(number)
        magics.register()
        page = opening.Page(plan.number)
        page.tell("looking for the cluster")
        self.plan = plan
        self.cluster = cluster or connect(context, namespace=plan.namespace)
        self._is_cleared = clear or not keep  # nothing unlabelled was there: what is now was made since
        try:
            self._state = self._kept() if keep else self._brought(timeout_s, page.tell, clear=clear)
        except LessonStopped:
            raise
        except KubefaceError as error:
            raise _stopped(error) from error
        share_namespace(self.cluster)
        session.begin(self.cluster, plan.number)
        _show_waits()
        page.show(self)
        review.ask_again(self.cluster, plan.number)

    def _brought(self, timeout_s: float, tell: prepare.Tell, *, clear: bool) -> str:
        """Bring the state that the lesson needs; a sentence about it."""
        tell("looking at the nodes")
        power.switch_on_all(self.cluster)
        nodes.await_nodes(self.cluster, self.plan.nodes, Deadline.after(min(NODES_S, timeout_s)))
        objects = prepare.bring(self.cluster, self.plan.state, timeout_s=timeout_s, tell=tell, clear=clear)
        filled = {one["metadata"].get("namespace") for one in objects}
        parts = [f"{_counted(len(self.cluster.nodes()), 'node')} ready"]
        parts += [f"{_counted(len(objects), 'object')} in place"] if objects else []
        parts += [f"namespace {name} empty" for name in self.plan.state.namespaces if name not in filled]
        parts += [f"no namespace {name}" for name in self.plan.state.gone]
        return "The cluster is as this lesson needs it: " + ", ".join(parts) + "."

    def _kept(self) -> str:
        """A sentence about the cluster as it is; nothing is changed.

        Raises:
            LessonStopped: this lesson has not begun here, or was tidied up.
        """
        gone, absent = prepare.lacking(self.cluster, self.plan.state)
        if gone:
            raise LessonStopped(
                f"There is nothing of lesson {self.number} to go on with, and nothing was changed.",
                seen=f"there is no namespace {gone[0]}",
                try_next=f'Lesson("{self.number}"), which begins it',
            )
        many = _counted(len(self.cluster.nodes()), "node")
        told = f"You go on with what is there; nothing was changed: {many}"
        return f"{told}; not there, unlike in the beginning: {', '.join(absent)}." if absent else f"{told}."

    @property
    def number(self) -> str:
        """The number of the lesson: `05`."""
        return self.plan.number

    @property
    def minutes(self) -> int | None:
        """How many minutes the lesson takes, an estimate; None where that is not known."""
        return opening.minutes(self.number)

    def power_off(self, node: str) -> None:
        """Cut the power of a node of the course's own cluster: everything on it ends at once.

        Raises:
            LessonStopped: it is somebody else's, or its power could not be cut.

        >>> def outage(lesson: Lesson) -> None:
        ...     lesson.power_off("node2")
        ...     lesson.power_on("node2")
        """
        power.power_off(self.cluster, node)

    def power_on(self, node: str) -> None:
        """Switch a node on that was powered off, and wait until it is Ready.

        Raises:
            LessonStopped: it is somebody else's, or it did not get ready.

        >>> def back(lesson: Lesson) -> None:
        ...     lesson.power_on("node2")
        """
        power.power_on(self.cluster, node)

    def inject_faults(self) -> None:
        """Break what the exercises of this lesson repair, all of it at once; a lesson without such has none.

        Raises:
            NotReady: what stays sound did not get ready again in time.

        >>> def broken(lesson: Lesson) -> None:
        ...     lesson.inject_faults()
        """
        for fault in self.plan.faults:
            fault(self.cluster)

    def tidy(self, *, timeout_s: float = READY_S) -> None:
        """Clean up: delete the lesson's own namespaces, and bring the rest back into its first state.

        What runs is kept running, so that the next lesson begins at once.

        Raises:
            LessonStopped: something was not deleted in time.
        """
        deadline = Deadline.after(timeout_s)
        try:
            with telling("everything to be tidied up", timeout_s):
                power.switch_on_all(self.cluster)
                prepare.arrange(self.cluster, self.plan.state, deadline, clear=self._is_cleared)
                prepare.remove_namespaces(self.cluster, self.plan.state.namespaces, deadline)
        except KubefaceError as error:
            raise _stopped(error) from error
        print(f"Lesson {self.number} is tidied up.")

    def __repr__(self) -> str:
        return opening.as_text(self.plan, self.minutes, self._state)

    def _repr_html_(self) -> str:
        return opening.as_html(self.plan, self.minutes, self._state)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _stopped(error: KubefaceError) -> LessonStopped:
    """The failure; with the learner's own manifests that differ from the course's, which may be why."""
    changed = _changed_manifests()
    seen = [error.seen, *([f"you have changed {', '.join(changed[:LISTED])}"] if changed else [])]
    advice = [error.try_next, *([f"kubeface lesson restore {changed[0]}, if that is why"] if changed else [])]
    return LessonStopped(
        error.what,
        seen="\n".join(filter(None, seen)),
        try_next="; or ".join(filter(None, advice)) or "run this cell again",
    )


def _changed_manifests() -> list[str]:
    own = places.folder_here()
    if own is None:
        return []
    from kubeface.editions import Folder  # only now: it takes a moment

    return Folder(own).changed("manifests/")


def _show_waits() -> None:
    """Where somebody looks on, a wait that lasts shows what it waits for."""
    if notebook.is_watched():
        from kubeface.views.patience import shown  # it takes the views; a run that nobody looks at needs none

        show_waits_to(shown)
