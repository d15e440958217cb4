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
from kubeface.kube import Cluster


def faults(exercise: Exercise, cluster: Cluster, *, prepare: Deed | None = None) -> list[str]:
    """What is wrong with an exercise, one sentence a fault; empty when it can be trusted.

    Args:
        exercise: The one to drive.
        cluster: Where; its state is changed.
        prepare: Brings the lesson's state, before the exercise's own start.
    """
    begin = _beginning(exercise, cluster, prepare)
    stages = (_untouched, _wrong, _right, _solved)
    return [fault for stage in stages for fault in stage(exercise, cluster, begin)]


def _beginning(exercise: Exercise, cluster: Cluster, prepare: Deed | None) -> Callable[[], None]:
    def begin() -> None:
        for deed in (prepare, exercise.start):
            if deed is not None:
                deed(cluster)

    return begin


def _untouched(exercise: Exercise, cluster: Cluster, begin: Callable[[], None]) -> Iterator[str]:
    failure = _failure(begin)
    if failure:
        yield f"its start cannot be brought: {failure}"
        return
    yield from _unless(Outcome.NOT_STARTED, judge(exercise, cluster), "untouched")
    yield from _about_hints(exercise, cluster)


def _wrong(exercise: Exercise, cluster: Cluster, begin: Callable[[], None]) -> Iterator[str]:
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


def _right(exercise: Exercise, cluster: Cluster, begin: Callable[[], None]) -> Iterator[str]:
    for deed in exercise.right:
        failure = _failure(begin) or _failure(partial(deed, cluster))
        if failure:
            yield f"its right state {deed.__name__} cannot be brought: {failure}"
            continue
        yield from _unless(Outcome.PASSED, judge(exercise, cluster), f"in its right state {deed.__name__}")


def _solved(exercise: Exercise, cluster: Cluster, begin: Callable[[], None]) -> Iterator[str]:
    failure = _failure(begin) or _failure(partial(solution_of(exercise).run, cluster))
    if failure:
        yield f"its solution, run as it is shown, fails: {failure}"
        return
    yield from _unless(Outcome.PASSED, judge(exercise, cluster), "after its own solution")


def _unless(wanted: Outcome, verdict: Verdict, when: str) -> Iterator[str]:
    if verdict.outcome is not wanted:
        yield f"{when}, it says {verdict.outcome} in the place of {wanted}: {verdict.because}"


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
    if not any(told):
        yield "untouched, it has no hint to give"


def _failure(deed: Callable[[], object]) -> str:
    """How a deed failed, in words; empty when it did not."""
    try:
        deed()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""
