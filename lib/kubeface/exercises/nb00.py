"""Notebook 00: start here."""

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.kube import Cluster, kubectl, wait
from kubeface.lesson import NOTHING, PIPELINE, Plan

PLAN = Plan(
    "00",
    "Start here",
    objectives=(
        "ask a cluster what it is doing, in Python and with kubectl",
        "start an application by describing it",
        "say what happens to a part that is taken away, and why",
    ),
    needs="some Python and a little shell; no Kubernetes yet",
    state=NOTHING,
    practice=PIPELINE,
    nodes=3,
)

question(
    "nb00.pods",
    "Seven parts, three nodes: how many Pods will the application have?",
    number=range(0, 22),
    expect=9,
    because="Six parts run once. nsqd is asked for on every node, so there are three of it.",
)
question(
    "nb00.cat",
    "One picture shows a cat. What will its row say?",
    choice=("the name of whoever looks most like it", "FAILED, and why", "PENDING, for ever"),
    expect="FAILED, and why",
    because="No face is found, so there is nothing to compare. That is an answer too, and it is kept.",
)
question(
    "nb00.deleted",
    "The receiver's Pod is deleted. What is there half a minute later?",
    choice=("no receiver", "the same Pod, started again", "another Pod, under another name"),
    expect="another Pod, under another name",
    because="The description still asks for one receiver; the cluster sees none, and makes one.",
)


def one_receiver(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    scale(cluster, 1)


def two_receivers(cluster: Cluster) -> None:
    """One too few."""
    scale(cluster, 2)


def no_receiver(cluster: Cluster) -> None:
    """None at all."""
    scale(cluster, 0)


def scale(cluster: Cluster, replicas: int) -> None:
    """That many receivers, ready."""
    cluster.patch("deployment/receiver", {"spec": {"replicas": replicas}})
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=120)


def ask_for_three(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("scale deployment receiver --replicas 3", cluster=cluster)
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=120)


def how_many_now(cluster: Cluster) -> str | None:
    """A hint for whoever finds the Deployment."""
    found = cluster.find("deployment/receiver")
    return f"It asks for {found.wanted} now. `kubectl scale` changes that number." if found else None


@exercise(
    "nb00.three-receivers",
    hints=("How many receivers there should be stands in the Deployment `receiver`.", how_many_now),
    solve=ask_for_three,
    wrong=(two_receivers, no_receiver),
    start=one_receiver,
)
def three_receivers(cluster: Cluster) -> Verdict:
    """Three receivers are ready."""
    found = cluster.find("deployment/receiver")
    if found is None:
        return not_yet("there is no Deployment receiver")
    if found.wanted == 1:
        return not_started("one receiver is asked for, as in the beginning")
    if found.wanted != 3:
        return not_yet(f"{found.wanted} receivers are asked for")
    return passed() if found.ready == 3 else not_yet(f"{found.ready} of 3 receivers are ready")


def no_note(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete("configmap/note")


def unsigned_note(cluster: Cluster) -> None:
    """A note with another key."""
    kubectl("create configmap note --from-literal text=hello", cluster=cluster)


def empty_signature(cluster: Cluster) -> None:
    """A note whose author is nobody."""
    kubectl("create configmap note --from-literal author=", cluster=cluster)


def sign(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("create configmap note --from-literal author=me", cluster=cluster)


@exercise(
    "nb00.note",
    hints=(
        "A ConfigMap is an object of the cluster that holds texts under keys.",
        "`kubectl create configmap --help` shows how a text goes under a key.",
    ),
    solve=sign,
    wrong=(unsigned_note, empty_signature),
    start=no_note,
)
def note(cluster: Cluster) -> Verdict:
    """A ConfigMap named note holds your name under the key author."""
    found = cluster.find("configmap/note")
    if found is None:
        return not_started("there is no ConfigMap note")
    data = found.raw.get("data") or {}
    if "author" not in data:
        return not_yet(f"its keys are: {', '.join(sorted(data)) or 'none'}")
    return passed() if data["author"].strip() else not_yet("the text under the key author is empty")
