"""A task of the exam, and what all of them begin with."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from kubeface.checks import Exercise
from kubeface.checks.judging import JUDGE_S
from kubeface.checks.registry import Deed, Judge, goal_of
from kubeface.kube import Cluster, apply, load_manifests, wait
from kubeface.lesson import PIPELINE, State
from kubeface.model.workloads import WORKLOADS
from kubeface.pipeline.deploy import course_manifests

SPACE = "exam"
DOOR = "door"
FOLDER = "lessons/exam"
IMAGE = "registry.kubeface.internal/busybox:v1.0"
NOT_THERE = "registry.kubeface.internal/busybox:v9.9"
ANEW_S = 60  # chosen: some Pods of a small program, on a machine with other things to do


@dataclass(frozen=True)
class Task:
    """A task of the exam.

    Args:
        exercise: The goal, the check, and what proves the check; it has no hints.
        points: What it counts, whole or not at all.
        lesson: Where it was learned: `05`.
        patience_s: How long its check may take, in seconds.
    """

    exercise: Exercise
    points: int
    lesson: str
    patience_s: float = JUDGE_S

    @property
    def name(self) -> str:
        """One word: `orders`."""
        return self.exercise.name


def task(
    name: str,
    *,
    points: int,
    lesson: str,
    solve: Deed,
    wrong: tuple[Deed, ...],
    right: tuple[Deed, ...],
    start: Deed,
) -> Callable[[Judge], Task]:
    """Make a task of a check; the first line of the check's docstring is the goal."""

    def made(judge: Judge) -> Task:
        return Task(Exercise(name, goal_of(judge), judge, (), solve, wrong, start, right), points, lesson)

    return made


def make_door(cluster: Cluster) -> None:
    """The Secret of the exam, with a word that nobody has written down."""
    if cluster.find(f"secret/{DOOR}", namespace=SPACE) is None:
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": DOOR, "namespace": SPACE}}
        cluster.create({**body, "stringData": {"key": secrets.token_urlsafe(12)}})


def break_cart(cluster: Cluster) -> None:
    """An update of the Deployment cart to an image that nobody has."""
    container = {"name": "cart", "image": NOT_THERE}
    patch = {"spec": {"template": {"spec": {"containers": [container]}}}}
    cluster.patch("deployment/cart", patch, namespace=SPACE, strategic=True)


#: What the tasks but the last one begin with.
HALL = State(folders=(FOLDER,), keep=(f"secret/{DOOR}",), first=(make_door,), last=(break_cart,))
#: What the exam begins with: the same, and the pipeline, well.
BEGINNING = replace(
    PIPELINE,
    folders=(*PIPELINE.folders, *HALL.folders),
    keep=(*PIPELINE.keep, *HALL.keep),
    first=(*PIPELINE.first, *HALL.first),
    last=HALL.last,
)


def anew(cluster: Cluster, file: str) -> None:
    """The objects of a file of the exam as it has them, and ready where they can be.

    No Pod of an earlier one is left: a DaemonSet that is made anew while there is one misses a node's label.
    """
    objects = load_manifests(course_manifests() / FOLDER / f"{file}.yaml")
    refs = [f"{one['kind'].lower()}/{one['metadata']['name']}" for one in objects]
    for ref in refs:
        cluster.delete(ref, grace_s=0)
    for ref in refs:
        wait(cluster, ref, for_="deleted", timeout_s=ANEW_S)
    for pod in cluster.list("pods", labels={"app": file}):
        cluster.delete(pod.ref, grace_s=0)
        wait(cluster, pod.ref, for_="deleted", timeout_s=ANEW_S)
    apply(cluster, objects)
    for one, ref in zip(objects, refs, strict=True):
        if one["kind"] in (*WORKLOADS, "Pod"):
            wait(cluster, ref, for_="Ready", timeout_s=ANEW_S)
