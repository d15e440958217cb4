"""The last task of the exam: two incidents that nobody announces, as in a drill."""

import os
from functools import partial

from kubeface.checks import Exercise, Verdict, not_started, not_yet, passed_unless
from kubeface.drills import photo
from kubeface.drills.pool import Incident, draw, pool
from kubeface.drills.wellness import PHOTO_S, cause, inject
from kubeface.exam.task import Task
from kubeface.kube import Cluster
from kubeface.lesson.context import courses_own
from kubeface.pipeline import Pipeline
from kubeface.pipeline.deploy import NAMESPACE

NAME = "pipeline"
GOAL = "Everything that is wrong with the pipeline in the namespace face is repaired; a photo comes through."
POINTS = 14
MANY = 2
PATIENCE_S = 180.0  # chosen: for each cause a container is watched past its liveness probe; then a photo


def drawn(seed: int) -> list[Incident]:
    """The incidents of an exam: two, of which none touches a node, for the other tasks need all nodes.

    >>> drawn(5) == drawn(5), len(drawn(5))
    (True, 2)
    """
    number = seed
    while True:
        found = draw(MANY, seed=number, powers=os.geteuid() == 0)
        if not any(ref.startswith("node") for one in found for ref in one.touches):
            return found
        number += 1


def prepare(cluster: Cluster) -> None:
    """The course's photos where the pipeline looks for them; without them, no photo ever comes through.

    Raises:
        NotReady: they cannot be loaded in time.
    """
    Pipeline(_face(cluster)).load_photos()


def break_it(cluster: Cluster, incidents: list[str]) -> None:
    """Break the pipeline, and wait until it is broken.

    Raises:
        NotReady: what was to break did not, in time.
    """
    for name in incidents:
        inject(_face(cluster), pool()[name], lambda ref, body: None)


def repair_task(incidents: list[str]) -> Task:
    """The task of repairing these incidents."""
    judge = partial(_judge, incidents=incidents)
    return Task(Exercise(NAME, GOAL, judge, (), _nothing, ()), POINTS, "15", PATIENCE_S)


def answers(incidents: list[str]) -> list[str]:
    """What was wrong, and what shows it soonest."""
    return [line for name in incidents for line in pool()[name].answers]


def _judge(cluster: Cluster, incidents: list[str]) -> Verdict:
    face = _face(cluster)
    there = [name for name in incidents if cause(face, pool()[name])]
    if len(there) == len(incidents):
        return not_started("nothing of what was wrong is repaired")
    if there:
        return not_yet(f"{len(incidents) - len(there)} of {len(incidents)} are repaired")
    lost = photo.lost(face, within_s=PHOTO_S)
    return passed_unless(lost[:1].lower() + lost[1:])


def _face(cluster: Cluster) -> Cluster:
    """The same cluster, in the pipeline's namespace."""
    return courses_own(cluster, NAMESPACE, what="The exam")


def _nothing(cluster: Cluster) -> None:
    """There is no one way."""
