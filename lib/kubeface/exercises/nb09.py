"""Notebook 09: the consumer."""

from dataclasses import replace

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.kube import Cluster, KubeObject, kubectl, wait
from kubeface.lesson import PIPELINE, Plan

CONSUMER = "deployment/image-processor"
READY_S = 120


def let_the_redeemer_rest(cluster: Cluster) -> None:
    """No second turn for photos that wait: this lesson counts them."""
    cluster.patch("cronjob/redeemer", {"spec": {"suspend": True}})


PLAN = Plan(
    "09",
    "The consumer",
    objectives=(
        "say what a queue between two programs is good for",
        "follow one photo through the logs of several Pods",
        "say what comes of a message that arrives twice, and of one that makes no sense",
    ),
    needs="Deployments (notebook 07), Services (notebook 05)",
    state=replace(PIPELINE, last=(let_the_redeemer_rest,)),
)

question(
    "nb09.away",
    "No image-processor runs. Three photos are posted. What does the receiver say?",
    choice=("it takes all three", "it takes none", "it waits until somebody works on them"),
    expect="it takes all three",
    because="It speaks to the database and the queue only, and knows nothing of who works on its photos.",
)
question(
    "nb09.twice",
    "The message about a finished photo comes once more. What does the image-processor do?",
    choice=("it looks at the photo again", "nothing: the row is final", "it reports an error"),
    expect="nothing: the row is final",
    because="Before it asks who is in a photo it looks at the row, and a final row stays as it is.",
)
question(
    "nb09.nonsense",
    "Somebody puts hello into the queue, which names no photo. What becomes of the consumer?",
    choice=("it crashes", "it tries again for ever", "it puts the message aside and goes on"),
    expect="it puts the message aside and goes on",
    because="Another try would read the same bytes. The message is kept in the table parked, for people.",
)


def scale(cluster: Cluster, replicas: int) -> None:
    """That many consumers, ready."""
    cluster.patch(CONSUMER, {"spec": {"replicas": replicas}})
    wait(cluster, CONSUMER, for_="Ready", timeout_s=READY_S)


def one_consumer(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    scale(cluster, 1)


def three_consumers(cluster: Cluster) -> None:
    """One too many."""
    scale(cluster, 3)


def nobody(cluster: Cluster) -> None:
    """None at all."""
    scale(cluster, 0)


def add_a_second(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("scale deployment image-processor --replicas 2", cluster=cluster)
    wait(cluster, "deployment/image-processor", for_="Ready", timeout_s=120)


@exercise(
    "nb09.two",
    hints=(
        "Nothing has to be told to the queue: whoever reads a channel gets a share of its messages.",
        "How many there should be stands in the Deployment `image-processor`.",
    ),
    solve=add_a_second,
    wrong=(three_consumers, nobody),
    start=one_consumer,
)
def two_consumers(cluster: Cluster) -> Verdict:
    """Two image-processors share the work, both ready."""
    found = cluster.get(CONSUMER)
    if found.wanted == 1:
        return not_started("one is asked for, as in the beginning")
    if found.wanted != 2:
        return not_yet(f"{found.wanted} are asked for")
    return passed() if found.ready == 2 else not_yet(f"{found.ready} of 2 are ready")


def workers_of(deployment: KubeObject) -> str | None:
    """What the container is told about its workers; None when it is told nothing."""
    variables = deployment.spec.template.spec.containers[0].env
    return next((one.value for one in variables if one.name == "WORKERS"), None)


def told_nothing(cluster: Cluster) -> None:
    """As the lesson leaves it: the program's own default counts."""
    kubectl(f"set env {CONSUMER} WORKERS- WORKER-", cluster=cluster)
    wait(cluster, CONSUMER, for_="Ready", timeout_s=READY_S)


def two_at_a_time(cluster: Cluster) -> None:
    """Fewer, and not few enough."""
    kubectl(f"set env {CONSUMER} WORKERS=2", cluster=cluster)
    wait(cluster, CONSUMER, for_="Ready", timeout_s=READY_S)


def a_word_that_is_none(cluster: Cluster) -> None:
    """A number that the program refuses, so that its new Pod does not start."""
    kubectl(f"set env {CONSUMER} WORKERS=one", cluster=cluster)


def one_at_a_time(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("set env deployment/image-processor WORKERS=1", cluster=cluster)
    wait(cluster, "deployment/image-processor", for_="Ready", timeout_s=120)


@exercise(
    "nb09.workers",
    hints=(
        "`images/image-processor/README.md` lists the variables that the program reads.",
        "`kubectl set env` sets a variable in the template of a Deployment.",
    ),
    solve=one_at_a_time,
    wrong=(two_at_a_time, a_word_that_is_none),
    start=told_nothing,
)
def one_photo_at_a_time(cluster: Cluster) -> Verdict:
    """The image-processor has one photo in hand at a time, and is ready."""
    found = cluster.get(CONSUMER)
    told = workers_of(found)
    if told is None:
        return not_started("its template says nothing of its workers, so there are 4")
    if told != "1":
        return not_yet(f"WORKERS is {told}")
    is_new = found.status.updatedReplicas == found.status.replicas == found.ready == found.wanted
    return passed() if is_new else not_yet("the new Pod is not ready yet")
