"""Notebook 12: rolling updates and rollback."""

from dataclasses import replace
from typing import Any

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.kube import Cluster, KubeObject, kubectl, wait
from kubeface.lesson import PIPELINE, Plan

READY_S = 120
RECEIVER = "app.kubernetes.io/name=receiver"
CAUSE = "kubernetes.io/change-cause"


def forget_revisions(cluster: Cluster) -> None:
    """No Deployment receiver and none of its ReplicaSets, so that the next one begins with revision 1."""
    cluster.delete("deployment/receiver")
    for one in cluster.list("replicasets", labels=RECEIVER):
        cluster.delete(one.ref)
        wait(cluster, one.ref, for_="deleted", timeout_s=READY_S)


PLAN = Plan(
    "12",
    "Rolling updates and rollback",
    objectives=(
        "replace a running program by a newer version, and lose no request",
        "say how many Pods there are at most while it happens, and what may be missing",
        "stop a bad version, and go back to a good one",
    ),
    needs="Deployments and ReplicaSets (notebook 07), probes (notebook 08)",
    state=replace(PIPELINE, first=(*PIPELINE.first, forget_revisions)),
    practice=PIPELINE,
)

question(
    "nb12.most",
    "Three receivers, maxSurge 1, maxUnavailable 0. How many does the Deployment count at most on the way?",
    number=range(1, 8),
    expect=4,
    because="The three that are wanted, and the one that maxSurge allows. Who is ending is not counted.",
)
question(
    "nb12.lost",
    "Three clients post all the time while every receiver is replaced. Which requests are lost?",
    choice=("none", "some, while a Pod is swapped", "all, until the new Pods are ready"),
    expect="none",
    because="A new Pod gets requests once it is ready, and an old one serves on until nobody sends it any.",
)
question(
    "nb12.bad",
    "The next image does not exist. How many receivers are available then?",
    number=range(4),
    expect=3,
    because="An old Pod goes when a new one is available; none ever is, so the rollout stops by itself.",
)
question(
    "nb12.recreate",
    "The same change, with all old Pods gone before the first new one starts. Is a request lost?",
    choice=("no", "yes"),
    expect="yes",
    because="For some seconds nobody is there to answer.",
)


def set_image(cluster: Cluster, name: str, tag: str) -> None:
    """That image in the Deployment of that name."""
    image = f"registry.kubeface.internal/{name}:{tag}"
    kubectl(f"set image deployment/{name} {name}={image}", cluster=cluster)


def tag_of(deployment: KubeObject) -> str:
    """The tag of a Deployment's image."""
    image: str = deployment.spec.template.spec.containers[0].image
    return image.rpartition(":")[2]


def is_complete(deployment: KubeObject) -> bool:
    """Whether the Pods are as many as wanted, all of the newest template, and ready."""
    status = deployment.raw["status"]
    counts = {status.get(name, 0) for name in ("replicas", "updatedReplicas", "readyReplicas")}
    is_seen = status.get("observedGeneration") == deployment.metadata.generation
    return bool(is_seen and counts == {deployment.wanted})


def as_in_its_file(cluster: Cluster) -> None:
    """The strategy that the manifest has."""
    strategy(cluster, surge=1, missing=0)


def strategy(cluster: Cluster, *, surge: int, missing: int) -> None:
    """A rolling update with these bounds."""
    bounds = {"maxSurge": surge, "maxUnavailable": missing}
    cluster.patch(
        "deployment/receiver", {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": bounds}}}
    )


def one_more_one_less(cluster: Cluster) -> None:
    """One Pod too many is allowed still."""
    strategy(cluster, surge=1, missing=1)


def all_at_once(cluster: Cluster) -> None:
    """None is too many, since all go first."""
    cluster.patch("deployment/receiver", {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}})


def one_less(cluster: Cluster) -> None:
    """What `solution` shows."""
    bounds = {"maxSurge": 0, "maxUnavailable": 1}
    cluster.patch("deployment/receiver", {"spec": {"strategy": {"rollingUpdate": bounds}}})


def bounds_now(cluster: Cluster) -> str | None:
    """A hint for whoever finds the Deployment."""
    found = cluster.find("deployment/receiver")
    bounds = found.spec.strategy.rollingUpdate if found else None
    return f"They are {bounds.maxSurge} and {bounds.maxUnavailable} now." if bounds else None


@exercise(
    "nb12.one-less",
    hints=(
        "Two numbers below `.spec.strategy.rollingUpdate` say how many Pods more and how many fewer.",
        bounds_now,
        "Both cannot be 0: then nothing could ever be replaced, and the API server refuses that.",
    ),
    solve=one_less,
    wrong=(one_more_one_less, all_at_once),
    start=as_in_its_file,
)
def never_one_too_many(cluster: Cluster) -> Verdict:
    """A rollout of the receiver may be one Pod short, and never has one too many."""
    found = cluster.get("deployment/receiver").raw["spec"]["strategy"]
    if found["type"] != "RollingUpdate":
        return not_yet(f"with {found['type']}, all Pods may be missing")
    bounds: dict[str, Any] = found["rollingUpdate"]
    surge, missing = bounds["maxSurge"], bounds["maxUnavailable"]
    if (surge, missing) == (1, 0):
        return not_started("one Pod more is allowed and none fewer, as in its manifest")
    return (
        passed() if (surge, missing) == (0, 1) else not_yet(f"{surge} more and {missing} fewer are allowed")
    )


def no_such_frontend(cluster: Cluster) -> None:
    """As the lesson's cell leaves it."""
    set_image(cluster, "frontend", "v2.0")


def another_that_is_missing(cluster: Cluster) -> None:
    """Forward, to an image that is not there either."""
    set_image(cluster, "frontend", "v2.1")


def none_wanted(cluster: Cluster) -> None:
    """Nothing fails where nothing runs."""
    set_image(cluster, "frontend", "v1.0")
    kubectl("scale deployment/frontend --replicas 0", cluster=cluster)
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=READY_S)


def back_to_the_good_one(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("rollout undo deployment/frontend", cluster=cluster)
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=120)


@exercise(
    "nb12.repair",
    hints=(
        "`kubectl rollout status deployment/frontend` says that it waits; `kubectl get pods` says for what.",
        "The revision before this one was good. `kubectl rollout --help` lists what can be done.",
    ),
    solve=back_to_the_good_one,
    wrong=(another_that_is_missing, none_wanted),
    start=no_such_frontend,
)
def the_frontend_is_back(cluster: Cluster) -> Verdict:
    """The frontend runs an image that exists, and its rollout is complete."""
    found = cluster.get("deployment/frontend")
    if tag_of(found) == "v2.0":
        return not_started("it still asks for v2.0, which nobody has built")
    if tag_of(found) != "v1.0":
        return not_yet(f"it asks for {tag_of(found)} now; v1.0 was good")
    if not found.wanted:
        return not_yet("no frontend is asked for")
    return passed() if is_complete(found) else not_yet("its rollout is not complete yet")


def one_photo_a_request(cluster: Cluster) -> None:
    """The old version, without a word about it."""
    set_image(cluster, "receiver", "v1.0")
    kubectl(f"annotate deployment/receiver {CAUSE}-", cluster=cluster)
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=READY_S)


def without_a_word(cluster: Cluster) -> None:
    """The new version, and nobody says why."""
    set_image(cluster, "receiver", "v1.1")
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=READY_S)


def a_word_without_a_version(cluster: Cluster) -> None:
    """A cause, and an image that is not there."""
    set_image(cluster, "receiver", "v1.2")
    kubectl(f"annotate deployment/receiver {CAUSE}=better", cluster=cluster)


def forward_with_a_word(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl(
        "set image deployment/receiver receiver=registry.kubeface.internal/receiver:v1.1", cluster=cluster
    )
    kubectl(
        "annotate deployment/receiver 'kubernetes.io/change-cause=many photos a request'", cluster=cluster
    )
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=120)


@exercise(
    "nb12.cause",
    hints=(
        "`kubectl set image` changes an image; `kubectl annotate` writes an annotation.",
        f"`kubectl rollout history` reads the annotation `{CAUSE}` of the Deployment.",
    ),
    solve=forward_with_a_word,
    wrong=(without_a_word, a_word_without_a_version),
    start=one_photo_a_request,
)
def forward_and_why(cluster: Cluster) -> Verdict:
    """The receiver runs v1.1, its rollout is complete, and its history says why."""
    found = cluster.get("deployment/receiver")
    if tag_of(found) == "v1.0":
        return not_started("it runs v1.0")
    if tag_of(found) != "v1.1":
        return not_yet(f"it asks for {tag_of(found)}")
    if not is_complete(found):
        return not_yet("its rollout is not complete yet")
    has_cause = bool(found.annotations.get(CAUSE, "").strip())
    return passed() if has_cause else not_yet("its newest revision has no cause in the history")
