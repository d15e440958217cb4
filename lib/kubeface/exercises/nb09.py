"""Notebook 09: the consumer."""

import datetime
from dataclasses import replace

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless, question
from kubeface.endstates import pods
from kubeface.endstates.parts import standing
from kubeface.endstates.rollout import is_begun, unfinished
from kubeface.endstates.settings import environment, stale, template_container
from kubeface.kube import Cluster, KubeObject, kubectl, wait, wait_terminated
from kubeface.lesson import PIPELINE, Plan
from kubeface.util.waiting import wait_until

CONSUMER = "deployment/image-processor"
SECOND = "image-processor-b"
READY_S = 120
IMAGE = "registry.kubeface.internal/image-processor"


def let_the_redeemer_rest(cluster: Cluster) -> None:
    """No second turn for photos that wait: this lesson counts them."""
    cluster.patch("cronjob/redeemer", {"spec": {"suspend": True}})


PLAN = Plan(
    "09",
    "The consumer",
    objectives=(
        "say what a queue between two programs is good for",
        "follow one photo through the logs of several Pods",
        "say what becomes of a message that arrives twice, and of one that makes no sense",
    ),
    needs="Deployments (notebook 07), Services (notebook 05)",
    state=replace(PIPELINE, last=(let_the_redeemer_rest,)),
    parts=("nsqd", "nsqlookupd", "image-processor"),
)

question(
    "nb09.way",
    "One photo is posted. In which order do these words stand in the logs?",
    order=("processed", "identified", "published", "accepted"),
    expect=["accepted", "published", "identified", "processed"],
    because="It is written down, then told to the queue; the answer is written when the face is known.",
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


def two_and_a_change_that_hangs(cluster: Cluster) -> None:
    """Two of the old image, and a new one that is not there."""
    scale(cluster, 2)
    kubectl(f"set image {CONSUMER} image-processor={IMAGE}:v7", cluster=cluster)


def nobody_asked(cluster: Cluster) -> None:
    """The Deployment is gone."""
    cluster.delete(CONSUMER)


def a_second_deployment(cluster: Cluster) -> None:
    """Two Deployments of one each."""
    template = cluster.get(CONSUMER).raw["spec"]["template"]
    labels = {**template["metadata"]["labels"], "crew": SECOND}
    spec = {
        "selector": {"matchLabels": {"crew": SECOND}},
        "template": {"metadata": {"labels": labels}, "spec": template["spec"]},
    }
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": SECOND}, "spec": spec}
    cluster.create(body)
    wait(cluster, f"deployment/{SECOND}", for_="Ready", timeout_s=READY_S)


def two_by_patch(cluster: Cluster) -> None:
    """Three at first, and then two by a merge of fields."""
    scale(cluster, 3)
    kubectl(f'patch {CONSUMER} --patch \'{{"spec": {{"replicas": 2}}}}\'', cluster=cluster)
    wait(cluster, CONSUMER, for_="Ready", timeout_s=READY_S)
    wait_terminated(cluster, labels="app.kubernetes.io/name=image-processor", timeout_s=READY_S)


@exercise(
    "nb09.two",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "Nothing has to be told to the queue: whoever reads a channel gets a share of its messages.",
        "How many there should be stands in the Deployment `image-processor`.",
    ),
    solve=add_a_second,
    wrong=(three_consumers, nobody, two_and_a_change_that_hangs, nobody_asked),
    right=(a_second_deployment, two_by_patch),
    start=one_consumer,
)
def two_consumers(cluster: Cluster) -> Verdict:
    """Two image-processors share the work, both ready."""
    main = cluster.find(CONSUMER)
    short = standing(main, "Deployment image-processor")
    if main is None or short:
        return not_yet(short)
    found = pods.running(cluster, "image-processor")
    if main.desired == 1 and len(found) <= 1 and not is_begun(main):
        return not_started("one is asked for, as in the beginning")
    count = len(pods.ready(found))
    if count != 2:
        return not_yet(f"{count} are ready")
    return passed_unless(unfinished(main) if main.desired else "")


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


def paused_before(cluster: Cluster) -> None:
    """The right number, in a rollout that does not happen."""
    kubectl(f"rollout pause {CONSUMER}", cluster=cluster)
    kubectl(f"set env {CONSUMER} WORKERS=1", cluster=cluster)


def changed_too_late(cluster: Cluster) -> None:
    """From a ConfigMap that was changed after the Pod had read it."""
    _workers(cluster, "3")
    kubectl(f"set env {CONSUMER} --from configmap/workers", cluster=cluster)
    wait(cluster, CONSUMER, for_="Ready", timeout_s=READY_S)
    started = max(_start(pod) for pod in pods.running(cluster, "image-processor"))
    wait_until(
        lambda: datetime.datetime.now(datetime.UTC) > started + datetime.timedelta(seconds=2),
        what="the Pod's start is not past",  # times of objects are told in whole seconds
        timeout_s=10,
    )
    cluster.patch("configmap/workers", {"data": {"WORKERS": "1"}})


def from_a_configmap(cluster: Cluster) -> None:
    """One key of a ConfigMap."""
    _workers(cluster, "1")
    kubectl(f"set env {CONSUMER} --from configmap/workers", cluster=cluster)
    wait(cluster, CONSUMER, for_="Ready", timeout_s=READY_S)


def from_all_of_a_configmap(cluster: Cluster) -> None:
    """All keys of a ConfigMap, `envFrom`."""
    _workers(cluster, "1")
    source = '[{"configMapRef": {"name": "workers"}}]'
    container = '{"name": "image-processor", "envFrom": ' + source + "}"
    patch = '{"spec": {"template": {"spec": {"containers": [' + container + "]}}}}"
    kubectl(f"patch {CONSUMER} --patch '{patch}'", cluster=cluster)
    wait(cluster, CONSUMER, for_="Ready", timeout_s=READY_S)


def _workers(cluster: Cluster, count: str) -> None:
    kubectl(f"create configmap workers --from-literal WORKERS={count}", cluster=cluster)


def _start(pod: KubeObject) -> datetime.datetime:
    return datetime.datetime.fromisoformat(pod.status.containerStatuses[0].state.running.startedAt)


@exercise(
    "nb09.workers",
    level=Level.ONE,
    work=Work.WRITE,
    hints=(
        "`images/image-processor/README.md` lists the variables that the program reads.",
        "`kubectl set env` sets a variable in the template of a Deployment.",
    ),
    solve=one_at_a_time,
    wrong=(two_at_a_time, a_word_that_is_none, paused_before, changed_too_late),
    right=(from_a_configmap, from_all_of_a_configmap),
    start=told_nothing,
)
def one_photo_at_a_time(cluster: Cluster) -> Verdict:
    """The image-processor has one photo in hand at a time, and is ready."""
    found = cluster.find(CONSUMER)
    short = standing(found, "Deployment image-processor")
    if found is None or short:
        return not_yet(short)
    told = environment(cluster, template_container(found, "image-processor")).get("WORKERS")
    if told is None:
        return not_started("its template says nothing of its workers, so there are 4")
    if not is_one(told.value):
        return not_yet(f"WORKERS is {told.value or 'empty'}")
    return passed_unless(unfinished(found) or stale(told, pods.of(cluster, found)))


def is_one(told: str) -> bool:
    """Whether the program reads a text as the number one.

    >>> is_one(" 01 "), is_one("1.0")
    (True, False)
    """
    try:
        return int(told) == 1
    except ValueError:
        return False
