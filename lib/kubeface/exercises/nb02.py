"""Notebook 02: Pods, labels and annotations."""

import re
from typing import Any

from kubeface.checks import (
    Level,
    Verdict,
    Work,
    exercise,
    not_started,
    not_yet,
    passed,
    passed_unless,
    question,
)
from kubeface.endstates.parts import at, each, named_in, standing
from kubeface.endstates.pods import lives
from kubeface.endstates.settings import command, template_container
from kubeface.errors import ApiError
from kubeface.kube import Cluster, KubeObject, kubectl, wait, wait_terminated
from kubeface.lesson import Plan, State

SPACE = "lesson-02"
NAME = "app.kubernetes.io/name"
SELECTOR = f"{NAME}=nsqlookupd"
QUEUE = "app.kubernetes.io/component=queue"
WHOLE_LOG = 10_000  # chosen: lines; more than anybody writes by hand

PLAN = Plan(
    "02",
    "Pods, labels and annotations",
    objectives=(
        "start a Pod, read what it says, and look around in it",
        "find objects by their labels, and say who else does",
        "take a misbehaving Pod out of work without stopping it",
    ),
    needs="notebook 01",
    state=State(namespaces=(SPACE,)),
    practice=State(folders=("lessons/02-pods-labels-annotations",), namespaces=(SPACE,)),
    namespace=SPACE,
)

question(
    "nb02.steps",
    "A Pod is accepted. In which order do these happen?",
    order=(
        "a container is started",
        "a node is chosen",
        "a container is made",
        "the node has the image",
    ),
    expect=[
        "a node is chosen",
        "the node has the image",
        "a container is made",
        "a container is started",
    ],
    because="The scheduler comes first. All else is the work of the kubelet on the node that it has chosen.",
)
question(
    "nb02.shared",
    "The container tools asks for http://127.0.0.1:4161, where lookupd listens. What does it get?",
    choice=("the answer of lookupd", "nothing: each container has an address of its own"),
    expect="the answer of lookupd",
    because="The containers of a Pod share one network: one address, and each other's ports on 127.0.0.1.",
)
question(
    "nb02.deleted",
    "The Pod lookup, which we made ourselves, is deleted. What is there half a minute later?",
    choice=("no such Pod", "another one by another name", "the same one again"),
    expect="no such Pod",
    because="Nobody asks for it: we made a Pod, not something that keeps one up.",
)
question(
    "nb02.chain",
    "A Deployment is applied. In which order are these made?",
    order=("pod", "deployment", "replicaset"),
    expect=["deployment", "replicaset", "pod"],
    because="Each is made by a controller that has seen the one before it.",
)
question(
    "nb02.label",
    "One nsqlookupd is asked for. We take the label away from its Pod. How many Pods run it now?",
    number=range(0, 5),
    expect=2,
    because="Whoever counts by the label sees none and starts one. The Pod without it runs on, for nobody.",
)
question(
    "nb02.back",
    "Now the old Pod gets its label back. How many will run?",
    number=range(0, 5),
    expect=1,
    because="Two Pods match and one is asked for, so one of them is ended. Which one is not promised.",
)


def no_words(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete("pod/words", grace_s=0)
    wait(cluster, "pod/words", for_="deleted", timeout_s=60)


def say_hello(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl(
        "run words --image registry.kubeface.internal/busybox:v1.0 --restart Never -- echo hello",
        cluster=cluster,
    )
    wait(cluster, "pod/words", for_="Succeeded", timeout_s=60)


def say_goodbye(cluster: Cluster) -> None:
    """Another word."""
    kubectl(
        "run words --image registry.kubeface.internal/busybox:v1.0 --restart Never -- echo goodbye",
        cluster=cluster,
    )
    wait(cluster, "pod/words", for_="Succeeded", timeout_s=60)


def fail_to_say(cluster: Cluster) -> None:
    """A program that ends with an error."""
    kubectl(
        "run words --image registry.kubeface.internal/busybox:v1.0 --restart Never -- false", cluster=cluster
    )
    wait(cluster, "pod/words", for_=lambda pod: pod.status.phase == "Failed", timeout_s=60)


def say_hello_for_ever(cluster: Cluster) -> None:
    """The right word, and no end."""
    kubectl(_run("words", "sh -c 'echo hello; exec sleep infinity'"), cluster=cluster)
    wait(cluster, "pod/words", for_="Ready", timeout_s=60)


def say_othello(cluster: Cluster) -> None:
    """A word that ends in it."""
    kubectl(_run("words", "echo othello"), cluster=cluster)
    wait(cluster, "pod/words", for_="Succeeded", timeout_s=60)


def say_hello_world(cluster: Cluster) -> None:
    """With a comma, and an answer below that is longer than a page."""
    kubectl(_run("words", "sh -c 'echo Hello, world; seq 100'"), cluster=cluster)
    wait(cluster, "pod/words", for_="Succeeded", timeout_s=60)


def say_hello_twice(cluster: Cluster) -> None:
    """Two containers, both of which say it."""
    image = "registry.kubeface.internal/busybox:v1.0"
    containers: list[dict[str, Any]] = [
        {"name": name, "image": image, "command": ["echo", "hello!"]} for name in ("one", "two")
    ]
    spec = {"restartPolicy": "OnFailure", "containers": containers}
    cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "words"}, "spec": spec})
    wait(cluster, "pod/words", for_="Succeeded", timeout_s=60)


def _run(name: str, words: str) -> str:
    return f"run {name} --image registry.kubeface.internal/busybox:v1.0 --restart Never -- {words}"


@exercise(
    "nb02.words",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "`kubectl run` makes a Pod in one line; `kubectl run --help` has examples.",
        "The image `registry.kubeface.internal/busybox:v1.0` has `echo`; the command comes after `--`.",
        "A Pod is started again and again unless it says `--restart Never`.",
    ),
    solve=say_hello,
    wrong=(say_goodbye, fail_to_say, say_hello_for_ever, say_othello),
    right=(say_hello_world, say_hello_twice),
    start=no_words,
)
def words(cluster: Cluster) -> Verdict:
    """A Pod named words has ended well, and its log says hello."""
    pod = cluster.find("pod/words")
    if pod is None:
        return not_started("there is no Pod words")
    phase = at(pod, "status", "phase")
    if phase != "Succeeded":
        return not_yet(f"its phase is {phase}, not Succeeded")
    try:
        said = _said(cluster, pod)
    except ApiError as refusal:
        return not_yet(f"its log cannot be read: {refusal.seen or refusal.what}")
    shown = said if len(said) < 200 else f"{said[:200]}…"
    is_said = re.search(r"(?<![a-z])hello(?![a-z])", said, re.IGNORECASE)
    return passed_unless(
        standing(pod, "Pod words") or ("" if is_said else f"its log says: {shown or 'nothing'}")
    )


def _said(cluster: Cluster, pod: KubeObject) -> str:
    """What all containers of a Pod have said."""
    containers = [*each(pod, "spec", "initContainers"), *each(pod, "spec", "containers")]
    logs = [cluster.logs(pod.name, container=one["name"], lines=WHOLE_LOG) for one in containers]
    return "\n".join(logs).strip()


def plain_pods(cluster: Cluster) -> None:
    """As the lesson leaves it: one Pod of the Deployment's, without marks."""
    end_released(cluster)
    cluster.patch("deployment/nsqlookupd", {"metadata": {"labels": {"tier": None}}})
    marks = {"labels": {"tier": None}, "annotations": {"owner": None}}
    for pod in alive(cluster, SELECTOR):
        cluster.patch(pod.ref, {"metadata": marks})


def mark_the_pod(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("label pods --selector app.kubernetes.io/name=nsqlookupd tier=queue", cluster=cluster)
    kubectl("annotate pods --selector app.kubernetes.io/name=nsqlookupd owner=me", cluster=cluster)


def label_the_deployment(cluster: Cluster) -> None:
    """The label on the Deployment itself, which its Pods do not inherit."""
    kubectl("label deployment nsqlookupd tier=queue", cluster=cluster)
    kubectl("annotate pods --selector app.kubernetes.io/name=nsqlookupd owner=me", cluster=cluster)


def label_alone(cluster: Cluster) -> None:
    """The label, and no annotation."""
    kubectl("label pods --selector app.kubernetes.io/name=nsqlookupd tier=queue", cluster=cluster)


def mark_one_of_two(cluster: Cluster) -> None:
    """Two Pods, and the last of them is marked."""
    kubectl("scale deployment nsqlookupd --replicas 2", cluster=cluster)
    wait(cluster, "deployment/nsqlookupd", for_="Ready", timeout_s=60)
    last = alive(cluster, SELECTOR)[-1]
    cluster.patch(last.ref, {"metadata": {"labels": {"tier": "queue"}, "annotations": {"owner": "me"}}})


def mark_of_another_tier(cluster: Cluster) -> None:
    """Another value."""
    kubectl("label pods --selector app.kubernetes.io/name=nsqlookupd tier=Queue", cluster=cluster)
    kubectl("annotate pods --selector app.kubernetes.io/name=nsqlookupd owner=me", cluster=cluster)


def mark_both(cluster: Cluster) -> None:
    """Two Pods, both marked, the Deployment as well."""
    kubectl("scale deployment nsqlookupd --replicas 2", cluster=cluster)
    wait(cluster, "deployment/nsqlookupd", for_="Ready", timeout_s=60)
    mark_the_pod(cluster)
    kubectl("label deployment nsqlookupd tier=queue", cluster=cluster)


def mark_by_patch(cluster: Cluster) -> None:
    """In one request, with a name of several words."""
    for pod in alive(cluster, SELECTOR):
        marks = {"labels": {"tier": "queue"}, "annotations": {"owner": "  Ada Lovelace "}}
        cluster.patch(pod.ref, {"metadata": marks})


@exercise(
    "nb02.marks",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "The Pod's name ends in random letters; a selector finds it as well: `--selector`.",
        "`kubectl label` and `kubectl annotate` take the same words.",
    ),
    solve=mark_the_pod,
    wrong=(label_the_deployment, label_alone, mark_one_of_two, mark_of_another_tier),
    right=(mark_both, mark_by_patch),
    start=plain_pods,
)
def marks(cluster: Cluster) -> Verdict:
    """The Pod of nsqlookupd has the label tier=queue and an annotation owner that names somebody."""
    pods = alive(cluster, SELECTOR)
    if not pods:
        return not_yet("there is no Pod of nsqlookupd")
    owner = cluster.find("deployment/nsqlookupd")
    touched = [pod for pod in pods if "tier" in pod.labels or "owner" in pod.annotations]
    if not touched and not (owner and "tier" in owner.labels):
        return not_started("its Pod has neither of them")
    lacking = [(pod, short) for pod in pods if (short := _unmarked(pod))]
    if not lacking:
        return passed()
    pod, short = lacking[0]
    return not_yet(f"its Pod {short}" if len(pods) == 1 else f"one of {len(pods)} Pods, {pod.name}, {short}")


def _unmarked(pod: KubeObject) -> str:
    tier = pod.labels.get("tier")
    if tier != "queue":
        return "has no label tier" if tier is None else f"has the label tier={tier}"
    return "" if pod.annotations.get("owner", "").strip() else "has no annotation owner, or an empty one"


def end_released(cluster: Cluster) -> None:
    """No Pod of nsqlookupd that nobody counts, and one that is."""
    for pod in alive(cluster, QUEUE):
        if NAME not in pod.labels:
            cluster.delete(pod.ref, grace_s=0)
            wait(cluster, pod.ref, for_="deleted", timeout_s=60)
    cluster.patch("deployment/nsqlookupd", {"spec": {"replicas": 1}})
    wait(cluster, "deployment/nsqlookupd", for_="Ready", timeout_s=60)
    wait_terminated(cluster, labels=QUEUE)


def release_one(cluster: Cluster) -> None:
    """What `solution` shows."""
    counted = "app.kubernetes.io/name=nsqlookupd"
    old = cluster.list("pods", labels=counted)[0]
    kubectl(f"label pod {old.name} app.kubernetes.io/name-", cluster=cluster)
    wait(
        cluster,
        "deployment/nsqlookupd",
        for_=lambda one: one.ready == 1 and any(pod.is_ready for pod in cluster.list("pods", labels=counted)),
        timeout_s=60,
    )


def two_at_work(cluster: Cluster) -> None:
    """Two that are both counted."""
    kubectl("scale deployment nsqlookupd --replicas 2", cluster=cluster)
    wait(cluster, "deployment/nsqlookupd", for_="Ready", timeout_s=60)


def none_at_work(cluster: Cluster) -> None:
    """One is released, and none is asked for any more."""
    release_one(cluster)
    kubectl("scale deployment nsqlookupd --replicas 0", cluster=cluster)
    for pod in cluster.list("pods", labels=SELECTOR):
        wait(cluster, pod.ref, for_="deleted", timeout_s=60)


def another_program(cluster: Cluster) -> None:
    """A Pod with the queue's label, in which no nsqlookupd runs."""
    image = "registry.kubeface.internal/busybox:v1.0"
    labels = "app.kubernetes.io/component=queue"
    kubectl(f"run extra --image {image} --labels {labels} -- sleep infinity", cluster=cluster)
    wait(cluster, "pod/extra", for_="Ready", timeout_s=60)


def release_two(cluster: Cluster) -> None:
    """Released twice: three run."""
    release_one(cluster)
    release_one(cluster)


def release_by_another_name(cluster: Cluster) -> None:
    """The label with another value."""
    old = cluster.list("pods", labels=SELECTOR)[0]
    kubectl(f"label pod {old.name} app.kubernetes.io/name=retired --overwrite", cluster=cluster)
    _await_the_next(cluster)


def release_bare(cluster: Cluster) -> None:
    """Without any label."""
    old = cluster.list("pods", labels=SELECTOR)[0]
    cluster.patch(old.ref, {"metadata": {"labels": None}})
    _await_the_next(cluster)


def _await_the_next(cluster: Cluster) -> None:
    def is_there(one: KubeObject) -> bool:
        return one.ready == 1 and any(pod.is_ready for pod in cluster.list("pods", labels=SELECTOR))

    wait(cluster, "deployment/nsqlookupd", for_=is_there, timeout_s=60)


@exercise(
    "nb02.released",
    level=Level.SEVERAL,
    work=Work.ACT,
    hints=(
        "The Deployment and the Service know their Pod by the label `app.kubernetes.io/name` alone.",
        "`kubectl label pod NAME app.kubernetes.io/name-` takes it away: the minus is part of it.",
    ),
    solve=release_one,
    wrong=(two_at_work, none_at_work, another_program, release_two),
    right=(release_by_another_name, release_bare),
    start=end_released,
)
def released(cluster: Cluster) -> Verdict:
    """Two Pods of nsqlookupd are ready, and only one of them is counted by its Deployment."""
    owner = cluster.find("deployment/nsqlookupd")
    short = standing(owner, "Deployment nsqlookupd")
    if owner is None or short:
        return not_yet(short)
    pods = [pod for pod in cluster.list("pods") if lives(pod) and _is_same_program(pod, owner)]
    counted = [pod for pod in pods if _is_counted(pod)]
    if len(counted) == 1 and len(pods) == 1 and owner.desired == 1:
        return _nobody_released(cluster, owner)
    if len(counted) != 1 or owner.desired != 1:
        return not_yet(f"{len(counted)} Pods are counted by the Deployment, which asks for {owner.desired}")
    ready = sum(pod.is_ready for pod in pods)
    return passed() if ready == len(pods) == 2 else not_yet(f"{ready} of {len(pods)} Pods are ready")


def _nobody_released(cluster: Cluster, owner: KubeObject) -> Verdict:
    """One Pod, and it is counted; a Pod of another program beside it is not what is asked for."""
    others = cluster.list("pods", labels="app.kubernetes.io/component=queue")
    strange = [pod.name for pod in others if lives(pod) and not _is_same_program(pod, owner)]
    if strange:
        return not_yet(f"no Pod of nsqlookupd was released: {named_in(strange)} runs another program")
    return not_started("there is one Pod, and it is counted")


def _is_same_program(pod: KubeObject, owner: KubeObject) -> bool:
    """Whether a Pod runs what the template of a Deployment runs, whatever its labels."""
    wanted = template_container(owner)
    return any(
        one.get("image") == wanted.get("image") and command(one) == command(wanted)
        for one in each(pod, "spec", "containers")
    )


def _is_counted(pod: KubeObject) -> bool:
    """Whether a ReplicaSet owns a Pod: whoever owns it counts it."""
    owners = each(pod, "metadata", "ownerReferences")
    return any(one.get("controller") and one.get("kind") == "ReplicaSet" for one in owners)


def alive(cluster: Cluster, labels: str) -> list[KubeObject]:
    """Pods that are not about to end."""
    return [pod for pod in cluster.list("pods", labels=labels) if not pod.is_terminating]
