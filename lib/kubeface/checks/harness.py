"""Prove a check: drive its exercise through untouched, wrong, right and solved states, on a real cluster.

    assert faults(find("nb05.scale"), cluster, prepare=lesson_state) == []

Red means: too lenient (a wrong state passes), too strict (its own solution or another right way does not),
or broken.
"""

from collections.abc import Callable, Iterator
from functools import partial

from kubeface.checks.judging import JUDGE_S, in_time, judge
from kubeface.checks.registry import Deed, Exercise
from kubeface.checks.verbs import solution_of
from kubeface.checks.verdicts import Outcome, Verdict
from kubeface.kube import Cluster, KubeObject
from kubeface.kube.user_objects import user_objects
from kubeface.model.ownership import is_of_course

#: Written by controllers: how often something was changed, or by whom at last.
_COUNTED = ("deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation")
#: How many Pods a workload has, and how many of them can be used.
_READY = (
    "replicas",
    "updatedReplicas",
    "readyReplicas",
    "availableReplicas",
    "numberReady",
    "desiredNumberScheduled",
)


def faults(
    exercise: Exercise, cluster: Cluster, *, prepare: Deed | None = None, solve: bool = True
) -> list[str]:
    """What is wrong with an exercise, one sentence a fault; empty when it can be trusted.

    Args:
        exercise: The one to drive.
        cluster: Where; its state is changed.
        prepare: Brings the lesson's state: before the first state, and again wherever the exercise's own
            start does not bring back all that was there at its beginning.
        solve: Carry out its solution, too; it need not be where `unsolved` has done so in its notebook.
    """
    begin = _Beginning(exercise, cluster, prepare)
    stages = (_untouched, _wrong, _right, *([_solved] if solve else []))
    return [fault for stage in stages for fault in stage(exercise, cluster, begin)]


def unsolved(exercise: Exercise, cluster: Cluster) -> list[str]:
    """What is wrong with an exercise's solution where the cluster is now; empty when its check passes."""
    return list(_solved(exercise, cluster, lambda: None))


class _Beginning:
    """Bring the state in which an exercise begins: the lesson's state, then the exercise's start.

    From the second time on the start alone is tried first, where there is one. What it brings counts only if
    nothing can be told from the first time; a lesson's state takes far longer.
    """

    def __init__(self, exercise: Exercise, cluster: Cluster, prepare: Deed | None) -> None:
        self._exercise = exercise
        self._cluster = cluster
        self._prepare = prepare
        self._first: object = None

    def __call__(self) -> None:
        if self._first is not None and self._is_back():
            return
        self._bring(self._prepare, self._exercise.start)
        if self._prepare and self._exercise.start:
            self._first = self._seen()

    def _is_back(self) -> bool:
        try:
            self._bring(self._exercise.start)
            return self._seen() == self._first
        except Exception:  # from that state the start leads nowhere: the lesson's state does
            return False

    def _bring(self, *deeds: Deed | None) -> None:
        for deed in deeds:
            if deed is not None:
                deed(self._cluster)

    def _seen(self) -> object:
        """The check's verdict, and the inventory of the cluster."""
        verdict = judge(self._exercise, self._cluster)
        return verdict.outcome, verdict.because, _everything(self._cluster)


def _everything(cluster: Cluster) -> object:
    """Every namespace, with what is in the course's and what is ready of it, and how the nodes are marked."""
    spaces = cluster.list("namespaces")
    ours = [one.name for one in spaces if is_of_course(one) or one.name == cluster.namespace]
    held = {name: [_summary(one) for one in user_objects(cluster, name)] for name in ours}
    nodes = [(one.name, one.labels, one.raw["spec"]) for one in cluster.nodes()]
    return [(one.name, one.labels, one.is_terminating) for one in spaces], held, nodes


def _summary(one: KubeObject) -> object:
    """An object as somebody asked for it, and how many of its Pods are ready; nothing that counts or ages."""
    marks = {key: value for key, value in one.annotations.items() if key not in _COUNTED}
    asked = {key: value for key, value in one.raw.items() if key not in ("metadata", "status")}
    ready = [one.raw.get("status", {}).get(count) for count in _READY]
    return one.ref, one.is_terminating, one.labels, marks, asked, ready


def _untouched(exercise: Exercise, cluster: Cluster, begin: Callable[[], object]) -> Iterator[str]:
    failure = _failure(begin)
    if failure:
        yield f"its start cannot be brought: {failure}"
        return
    yield from _unless(Outcome.NOT_STARTED, judge(exercise, cluster), "untouched")
    yield from _about_hints(exercise, cluster)


def _wrong(exercise: Exercise, cluster: Cluster, begin: Callable[[], object]) -> Iterator[str]:
    said: dict[str, str] = {}
    for deed in exercise.wrong:
        failure = _failure(begin) or _failure(partial(deed, cluster))
        if failure:
            yield f"its wrong state {deed.__name__} cannot be brought: {failure}"
            continue
        verdict = judge(exercise, cluster)
        yield from _unless(Outcome.NOT_YET, verdict, f"in its wrong state {deed.__name__}")
        if verdict.outcome is Outcome.NOT_YET and verdict.because in said:
            yield f"it says the same of {said[verdict.because]} and {deed.__name__}: {verdict.because}"
        said.setdefault(verdict.because, deed.__name__)


def _right(exercise: Exercise, cluster: Cluster, begin: Callable[[], object]) -> Iterator[str]:
    for deed in exercise.right:
        failure = _failure(begin) or _failure(partial(deed, cluster))
        if failure:
            yield f"its right state {deed.__name__} cannot be brought: {failure}"
            continue
        yield from _unless(Outcome.PASSED, judge(exercise, cluster), f"in its right state {deed.__name__}")


def _solved(exercise: Exercise, cluster: Cluster, begin: Callable[[], object]) -> Iterator[str]:
    failure = _failure(begin) or _failure(partial(solution_of(exercise).run, cluster))
    if failure:
        yield f"its solution, run as it is shown, fails: {failure}"
        return
    yield from _unless(Outcome.PASSED, judge(exercise, cluster), "after its own solution")


def _unless(expected: Outcome, verdict: Verdict, when: str) -> Iterator[str]:
    if verdict.outcome is not expected:
        yield f"{when}, it says {verdict.outcome} in the place of {expected}: {verdict.because}"


def _about_hints(exercise: Exercise, cluster: Cluster) -> Iterator[str]:
    told: list[str | None] = []
    for number, hint in enumerate(exercise.hints, start=1):
        if isinstance(hint, str):
            told.append(hint)
            continue
        try:
            told.append(in_time(partial(hint, cluster), JUDGE_S))
        except Exception as error:
            yield f"its hint {number} fails: {type(error).__name__}: {error}"
    if exercise.hints and not any(told):
        yield "untouched, it has no hint to give"


def _failure(deed: Callable[[], object]) -> str:
    """Why a step failed, as a sentence; empty when it did not."""
    try:
        deed()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""
