"""drill: break the pipeline without a word, say whether it is repaired, and tell in the end what it was."""

import os
import random
import time
from collections.abc import Callable

from kubeface.calls import fits
from kubeface.checks import session
from kubeface.checks.kept import Drawer
from kubeface.drills import breaking, hints, photo
from kubeface.drills.kept import Kept, drawer_of
from kubeface.drills.pool import Incident, draw, pool
from kubeface.drills.told import Told, call, duration
from kubeface.drills.wellness import LOOK_AGAIN_S, PHOTO_S, cause, inject, refuse_unwell, repair
from kubeface.errors import KubefaceError
from kubeface.kube import Cluster
from kubeface.lesson import magics
from kubeface.lesson.context import courses_own, uid_of
from kubeface.pipeline.deploy import NAMESPACE
from kubeface.util.waiting import attempts

GLANCE_S = 10.0  # chosen: while a cause is there, one look is not to take long
SHOWN_S = 8.0  # chosen: as long as a look at Services waits for the nodes, in `kubeface.endstates`
SEEDS = 10_000  # chosen: a number that can be told to a neighbour
Ask = Callable[[Cluster, Kept], Told]
NO_DRILL = Told("○", "no drill", "No drill is in progress.", is_over=True)


@fits("drill(level=1)", count=int, hint=bool, give_up=bool, cluster=Cluster)
def drill(
    count: int = 1,
    *,
    seed: int | None = None,
    level: int | None = None,
    lesson: str | None = None,
    hint: bool = False,
    give_up: bool = False,
    cluster: Cluster | None = None,
) -> Told:
    """Break the pipeline and say nothing; while a drill is in progress, say whether it is repaired.

    It ends when what was wrong is gone, however you got there, and a new photo comes through. Then it tells
    what it was, and which command shows it soonest. A restart of the kernel does not end it.

    Args:
        count: How many things break at once.
        seed: Who gives the same number gets the same drill.
        level: 1, where one look shows it, to 3, where everything may look well; without one, any.
        lesson: Of what one lesson was about: `05`; without one, of any.
        hint: In progress: a hint.
        give_up: In progress: repair everything, and tell what it was.
        cluster: Where; without one, the lesson's cluster.

    Raises:
        BadInput: there is no such drill.
        LessonStopped: it is somebody else's cluster, or the pipeline is not deployed and healthy there.
        NotReady: what was to be broken did not break, or did not get well again in time.

    >>> def practice(cluster: Cluster) -> None:
    ...     drill(level=1, cluster=cluster)
    ...     drill(hint=True, cluster=cluster)
    ...     print(drill(cluster=cluster).is_over)
    >>> drill(cluster=cluster)
    Traceback (most recent call last):
    kubeface.lesson.context.LessonStopped: A drill takes place on the course's own cluster only.
    ...
    """
    magics.register()
    where = courses_own(cluster or session.cluster(), NAMESPACE, what="A drill")
    if hint:
        return _answer(where, hints.next_one)
    if give_up:
        return _answer(where, _given_up)
    return _answer(where, _look, begin=lambda drawer: _begin(where, drawer, count, seed, level, lesson))


def status(cluster: Cluster) -> Told:
    """How the drill in progress is; none is begun.

    Raises:
        LessonStopped: it is somebody else's cluster.

    >>> status(cluster)
    Traceback (most recent call last):
    kubeface.lesson.context.LessonStopped: A drill takes place on the course's own cluster only.
    ...
    """
    return _answer(courses_own(cluster, NAMESPACE, what="A drill"), _look)


def _answer(cluster: Cluster, ask: Ask, *, begin: Callable[[Drawer[Kept]], Told] | None = None) -> Told:
    """What a drill in progress answers; without one, another is begun, if that is asked for."""
    drawer = drawer_of(cluster)
    with drawer.alone():
        kept = _in_progress(cluster, drawer)
        if kept is None:
            return begin(drawer) if begin else NO_DRILL
        told = ask(cluster, kept)
        drawer.clear() if told.is_over else drawer.write(kept)
        return told


def _in_progress(cluster: Cluster, drawer: Drawer[Kept]) -> Kept | None:
    """The drill in progress; one that began in a pipeline that is no more is forgotten."""
    kept = drawer.read()
    if kept and kept.space != uid_of(cluster, NAMESPACE):
        drawer.clear()
        return None
    return kept


def _begin(
    cluster: Cluster,
    drawer: Drawer[Kept],
    count: int,
    seed: int | None,
    level: int | None,
    lesson: str | None,
) -> Told:
    number = random.randrange(SEEDS) if seed is None else seed  # noqa: S311  # a draw, and no secret
    number_of_lesson = lesson.zfill(2) if lesson else None
    drawn = draw(count, seed=number, level=level, lesson=number_of_lesson, powers=os.geteuid() == 0)
    print("Looking whether the pipeline is well, before something breaks.", flush=True)
    refuse_unwell(cluster, drawn)
    kept = Kept([one.name for one in drawn], number, uid_of(cluster, NAMESPACE), time.time())

    def keep(ref: str, body: dict[str, object] | None) -> None:
        kept.before.setdefault(ref, body)
        drawer.write(kept)

    try:
        for one in drawn:
            inject(cluster, one, keep)
    except KubefaceError:
        repair(cluster, kept.before)
        drawer.clear()
        raise
    kept.begun = time.time()
    drawer.write(kept)
    return _begun(kept, drawn, _symptom(cluster, drawn))


def _symptom(cluster: Cluster, drawn: list[Incident]) -> str:
    """What a user sees of it; nodes may take some seconds to learn where a Service sends no more."""
    are_quiet = all(one.says for one in drawn)
    for _ in attempts(timeout_s=0 if are_quiet else SHOWN_S, every_s=LOOK_AGAIN_S):
        if lost := photo.lost(cluster, within_s=GLANCE_S):
            return lost
    return ""


def _begun(kept: Kept, drawn: list[Incident], lost: str) -> Told:
    seen = f"{lost}." if lost else "A new photo still comes through."
    lines = [
        seen,
        *(f"Somebody says: {one.says}" for one in drawn if one.says),
        f"{call()} says whether it is repaired; {call('hint')} helps; {call('give_up')} repairs it.",
        f"This is drill {kept.seed}: whoever asks for the same seed, level and lesson gets the same one.",
    ]
    many = "Something is" if len(drawn) == 1 else f"{len(drawn)} things are"
    return Told("✗", "broken", f"{many} wrong with the pipeline. Find out, and repair it.", tuple(lines))


def _look(cluster: Cluster, kept: Kept) -> Told:
    """Whether it is repaired: every cause is gone, and a new photo comes through."""
    kept.looks += 1
    there = [name for name in kept.incidents if cause(cluster, pool()[name])]
    lost = photo.lost(cluster, within_s=GLANCE_S if there else PHOTO_S)
    if there or lost:
        return _not_yet(kept, len(there), lost)
    breaking.settle(cluster, kept.before)
    spent = duration(time.time() - kept.begun)
    looks = "at the first look" if kept.looks == 1 else f"after {kept.looks} looks"
    helped = f" and {kept.hints} hints" if kept.hints > 1 else " and a hint" if kept.hints else ""
    sentence = f"What was wrong is gone, and a new photo has come through. It took {spent}, {looks}{helped}."
    return Told("✓", "repaired", sentence, (*_answers(kept), *_typed(kept)), is_over=True)


def _not_yet(kept: Kept, there: int, lost: str) -> Told:
    seen = f"{lost}." if lost else "A new photo comes through, and something that was broken still is."
    many = len(kept.incidents)
    counted = [f"{many - there} of {many} are repaired."] if many > 1 else []
    spent = duration(time.time() - kept.begun)
    lines = (*counted, f"It has been so for {spent}. {call('hint')} helps; {call('give_up')} repairs it.")
    return Told("◐", "not yet", seen, lines)


def _given_up(cluster: Cluster, kept: Kept) -> Told:
    print("Repairing.", flush=True)
    repair(cluster, kept.before)
    return Told("○", "given up", "The pipeline is as it was before.", tuple(_answers(kept)), is_over=True)


def _answers(kept: Kept) -> list[str]:
    """What was wrong, and how it would have been seen."""
    return [line for name in kept.incidents for line in pool()[name].answers]


def _typed(kept: Kept) -> list[str]:
    """The kubectl lines of this notebook since it broke; what was typed in a terminal is not known."""
    lines = [line for at, line in magics.TYPED if at >= kept.begun]
    return [f"What you typed for kubectl in this notebook, {len(lines)} in all:", *lines] if lines else []
