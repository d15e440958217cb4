"""Notebook 02: Pods, labels and annotations."""

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.kube import Cluster, KubeObject, kubectl, wait, wait_ended
from kubeface.lesson import Plan, State

SPACE = "lesson-02"
NAME = "app.kubernetes.io/name"
SELECTOR = f"{NAME}=nsqlookupd"
QUEUE = "app.kubernetes.io/component=queue"

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


@exercise(
    "nb02.words",
    hints=(
        "`kubectl run` makes a Pod in one line; `kubectl run --help` has examples.",
        "The image `registry.kubeface.internal/busybox:v1.0` has `echo`; the command comes after `--`.",
        "A Pod is started again and again unless it says `--restart Never`.",
    ),
    solve=say_hello,
    wrong=(say_goodbye, fail_to_say),
    start=no_words,
)
def words(cluster: Cluster) -> Verdict:
    """A Pod named words has ended well, and its log says hello."""
    pod = cluster.find("pod/words")
    if pod is None:
        return not_started("there is no Pod words")
    phase = pod.status.phase
    if phase != "Succeeded":
        return not_yet(f"its phase is {phase}, not Succeeded")
    said = cluster.logs("words").strip()
    return passed() if "hello" in said.split() else not_yet(f"its log says: {said or 'nothing'}")


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


@exercise(
    "nb02.marks",
    hints=(
        "The Pod's name ends in random letters; a selector finds it as well: `--selector`.",
        "`kubectl label` and `kubectl annotate` take the same words.",
    ),
    solve=mark_the_pod,
    wrong=(label_the_deployment, label_alone),
    start=plain_pods,
)
def marks(cluster: Cluster) -> Verdict:
    """The Pod of nsqlookupd has the label tier=queue and an annotation owner that names somebody."""
    pods = alive(cluster, SELECTOR)
    if not pods:
        return not_yet("there is no Pod of nsqlookupd")
    tier, owner = pods[0].labels.get("tier"), pods[0].annotations.get("owner", "").strip()
    if tier is None and not owner:
        return not_started("its Pod has neither of them")
    if tier != "queue":
        return not_yet("its Pod has no label tier" if tier is None else f"its label is tier={tier}")
    return passed() if owner else not_yet("its annotation owner is missing or empty")


def end_released(cluster: Cluster) -> None:
    """No Pod of nsqlookupd that nobody counts, and one that is."""
    for pod in alive(cluster, QUEUE):
        if NAME not in pod.labels:
            cluster.delete(pod.ref, grace_s=0)
            wait(cluster, pod.ref, for_="deleted", timeout_s=60)
    cluster.patch("deployment/nsqlookupd", {"spec": {"replicas": 1}})
    wait(cluster, "deployment/nsqlookupd", for_="Ready", timeout_s=60)
    wait_ended(cluster, labels=QUEUE)


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


@exercise(
    "nb02.released",
    hints=(
        "The Deployment and the Service know their Pod by the label `app.kubernetes.io/name` alone.",
        "`kubectl label pod NAME app.kubernetes.io/name-` takes it away: the minus is part of it.",
    ),
    solve=release_one,
    wrong=(two_at_work, none_at_work),
    start=end_released,
)
def released(cluster: Cluster) -> Verdict:
    """Two Pods of nsqlookupd are ready, and only one of them is counted by its Deployment."""
    pods = [pod for pod in alive(cluster, QUEUE) if pod.labels.get(NAME) in (None, "nsqlookupd")]
    counted = [pod for pod in pods if NAME in pod.labels]
    if len(counted) == 1 and len(pods) == 1:
        return not_started("there is one Pod, and it is counted")
    if len(counted) != 1:
        return not_yet(f"{len(counted)} Pods are counted by the Deployment")
    ready = sum(pod.is_ready for pod in pods)
    return passed() if ready == len(pods) == 2 else not_yet(f"{ready} of {len(pods)} Pods are ready")


def alive(cluster: Cluster, labels: str) -> list[KubeObject]:
    """Pods that are not about to end."""
    return [pod for pod in cluster.list("pods", labels=labels) if not pod.is_ending]
