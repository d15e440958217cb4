"""Notebook 00: start here."""

import base64
from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless, question
from kubeface.endstates import pods
from kubeface.endstates.parts import standing, text_in
from kubeface.endstates.rollout import is_begun, unfinished
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


def four_receivers(cluster: Cluster) -> None:
    """One too many."""
    scale(cluster, 4)


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
    return f"It asks for {found.desired} now. `kubectl scale` changes that number." if found else None


def hanging_rollout(cluster: Cluster) -> None:
    """Three of the old image, and a new one that is not there."""
    kubectl("scale deployment receiver --replicas 3", cluster=cluster)
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=120)
    kubectl("set image deployment/receiver receiver=registry.kubeface.internal/receiver:v7", cluster=cluster)


def two_more_deployments(cluster: Cluster) -> None:
    """Three Deployments of one receiver each."""
    for name in ("receiver-b", "receiver-c"):
        _another_deployment(cluster, name, replicas=1)


def one_more_deployment(cluster: Cluster) -> None:
    """Two of the first, and one of a second."""
    _another_deployment(cluster, "receiver-b", replicas=1)
    scale(cluster, 2)


def _another_deployment(cluster: Cluster, name: str, *, replicas: int) -> None:
    """A Deployment like the receiver's, of another name."""
    template = cluster.get("deployment/receiver").raw["spec"]["template"]
    labels = {**template["metadata"]["labels"], "crew": name}
    spec = {
        "replicas": replicas,
        "selector": {"matchLabels": {"crew": name}},
        "template": {"metadata": {"labels": labels}, "spec": template["spec"]},
    }
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}
    cluster.create(body)
    wait(cluster, f"deployment/{name}", for_="Ready", timeout_s=120)


@exercise(
    "nb00.three-receivers",
    level=Level.ONE,
    work=Work.ACT,
    hints=("How many receivers there should be stands in the Deployment `receiver`.", how_many_now),
    solve=ask_for_three,
    wrong=(two_receivers, no_receiver, hanging_rollout, four_receivers),
    right=(two_more_deployments, one_more_deployment),
    start=one_receiver,
)
def three_receivers(cluster: Cluster) -> Verdict:
    """Three receivers are ready."""
    found = pods.running(cluster, "receiver")
    main = cluster.find("deployment/receiver")
    missing = standing(main, "Deployment receiver")
    if main is not None and not missing:
        if main.desired == 1 and len(found) <= 1 and not is_begun(main):
            return not_started("one receiver is asked for, as in the beginning")
        missing = unfinished(main, called="receivers") if main.desired else ""
    count = len(pods.ready(found))
    if count != 3:
        return not_yet(f"{count} receivers are ready")
    return passed_unless(missing)


def no_note(cluster: Cluster) -> None:
    """As the lesson leaves it, whoever holds the note."""
    if cluster.find("configmap/note"):
        cluster.patch("configmap/note", {"metadata": {"finalizers": None}})
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


def bytes_of_no_text(cluster: Cluster) -> None:
    """A name in Latin-1, which is no text for a ConfigMap."""
    cluster.create(_note() | {"binaryData": {"author": base64.b64encode("Jürg".encode("latin-1")).decode()}})


def note_that_leaves(cluster: Cluster) -> None:
    """A note that is being deleted, and held by a finalizer."""
    meta = {"name": "note", "finalizers": ["course.kubeface.internal/hold"]}
    cluster.create(_note() | {"metadata": meta, "data": {"author": "me"}})
    cluster.delete("configmap/note")


def note_that_nobody_may_change(cluster: Cluster) -> None:
    """An immutable one, with other keys beside."""
    cluster.create(_note() | {"data": {"author": "me", "text": "hello"}, "immutable": True})


def note_of_several_lines(cluster: Cluster) -> None:
    """A name that ends with its line, as from a file."""
    cluster.create(_note() | {"data": {"author": "\nÁgnes Nemes Nagy\n"}})


def _note() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "note"}}


@exercise(
    "nb00.note",
    level=Level.ONE,
    work=Work.WRITE,
    hints=(
        "A ConfigMap is an object of the cluster that holds texts under keys.",
        "`kubectl create configmap --help` shows how a text goes under a key.",
    ),
    solve=sign,
    wrong=(unsigned_note, empty_signature, bytes_of_no_text, note_that_leaves),
    right=(note_that_nobody_may_change, note_of_several_lines),
    start=no_note,
)
def note(cluster: Cluster) -> Verdict:
    """A ConfigMap named note holds your name under the key author."""
    found = cluster.find("configmap/note")
    if found is None:
        return not_started("there is no ConfigMap note")
    return passed_unless(standing(found, "ConfigMap note") or text_in(found, "author")[1])
