"""Whether the pipeline is well; how an incident makes it ill, and what makes it well again."""

from collections.abc import Sequence

from kubeface.drills import breaking, photo
from kubeface.drills.claims import nodes, why
from kubeface.drills.pool import Incident
from kubeface.endstates.parts import standing
from kubeface.endstates.rollout import unfinished
from kubeface.errors import NotReady
from kubeface.kube import Cluster
from kubeface.lesson import LessonStopped
from kubeface.pipeline import Pipeline
from kubeface.pipeline.deploy import ORDER
from kubeface.util.waiting import wait_until

PHOTO_S = 60.0  # chosen: a photo takes a second; after a repair, messages may wait for their next turn
SEEN_S = 90.0  # chosen: the longest is a node without power, which is missed after 16 s
SETTLED_S = 20.0  # chosen: nsqd tells nsqlookupd of itself again every 15 s
WELL_S = 240.0  # chosen: every part starts again, on a machine with other things to do
LOOK_AGAIN_S = 1.0  # chosen: some claims are asked in a Pod, which takes as long


def cause(cluster: Cluster, incident: Incident) -> str:
    """Why an incident is still there; empty when it is gone, however. For tests: it names the cause."""
    return next(filter(None, (why(cluster, claim) for claim in incident.claims)), "")


def inject(cluster: Cluster, incident: Incident, keep: breaking.Keep) -> None:
    """Break what an incident breaks, and wait until that can be seen.

    Args:
        cluster: Where, in the pipeline's namespace.
        incident: What to break.
        keep: Called with what was there before, before it is changed.

    Raises:
        NotReady: it cannot be seen in time.
    """
    for step in incident.breaks:
        breaking.carry_out(cluster, step, keep)
    what = "what was to be broken did not break"
    wait_until(lambda: cause(cluster, incident), what=what, timeout_s=SEEN_S, every_s=LOOK_AGAIN_S)


def repair(cluster: Cluster, before: breaking.Before) -> None:
    """Put back what was there before, and wait until the pipeline is well.

    Raises:
        NotReady: it is not, in time; why is in `seen`.
    """
    breaking.put_back(cluster, before)
    wait_until(
        lambda: not ailment(cluster),
        what="the pipeline is not well again",
        timeout_s=WELL_S,
        every_s=LOOK_AGAIN_S,
        evidence=lambda: ailment(cluster),
        try_next='Lesson("15"), which brings it back from any state',
    )


def ailment(cluster: Cluster) -> str:
    """Why the pipeline is not deployed and healthy, as a sentence; empty when it is, but for photos."""
    for ref in ORDER:
        found = cluster.find(ref)
        short = standing(found, ref) or (unfinished(found) if found else "")
        if short:
            return f"{ref}: {short}"
    return nodes(cluster, "")


def refuse_unwell(cluster: Cluster, drawn: Sequence[Incident]) -> None:
    """Stop where the pipeline is not deployed and healthy, or is not as the incidents expect it.

    Raises:
        LessonStopped: it is not; why is in `seen`.
    """
    why_not = ailment(cluster)
    if not why_not and why(cluster, "sees deployment/face-recognition"):
        Pipeline(cluster).load_photos()
    if why_not := why_not or photo.lost(cluster, within_s=PHOTO_S) or _altered(cluster, drawn):
        raise LessonStopped(
            "A drill needs the pipeline deployed and healthy; nothing was changed.",
            seen=why_not,
            try_next="the first cell of lesson 15, which brings it from any state",
        )


def _altered(cluster: Cluster, drawn: Sequence[Incident]) -> str:
    """Why an incident cannot be told from what is there already; it is not named."""
    try:
        wait_until(
            lambda: not any(cause(cluster, one) for one in drawn),
            what="what this drill would break is not as the course makes it",
            timeout_s=SETTLED_S,
            every_s=LOOK_AGAIN_S,
        )
    except NotReady as late:
        return late.what
    return ""
