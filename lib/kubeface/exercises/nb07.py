"""Notebook 07: Deployments and ReplicaSets."""

from dataclasses import replace

from kubeface.checks import (
    Level,
    Verdict,
    Work,
    exercise,
    how_it_is,
    not_started,
    not_yet,
    passed_unless,
    question,
)
from kubeface.endstates import pods
from kubeface.endstates.parts import at, standing, table
from kubeface.endstates.rollout import unfinished
from kubeface.kube import Cluster, KubeObject, kubectl, wait
from kubeface.lesson import PIPELINE, Plan

PRACTICE = "practice"
RECEIVER = {"app.kubernetes.io/name": "receiver"}
KEEPS = 10  # specified: the default of revisionHistoryLimit


def forget_past(cluster: Cluster) -> None:
    """The receiver's ReplicaSets of earlier lessons gone, so that the one in use is the only one."""
    for one in cluster.list("replicasets", labels=RECEIVER, namespace="face"):
        if one.spec.replicas == 0:
            cluster.delete(one.ref, namespace="face")
            wait(cluster, one.ref, for_="deleted", timeout_s=60, namespace="face")


PLAN = Plan(
    "07",
    "Deployments and ReplicaSets",
    objectives=(
        "read a Deployment field by field",
        "say which controller makes a Pod, which makes a ReplicaSet, and what the hash in their names is",
        "say what follows when a process ends, and when a Pod is deleted",
        "scale a Deployment and change its template, and foresee what each does",
    ),
    needs="notebook 02, or an idea of what a Pod and a label are",
    state=replace(PIPELINE, namespaces=(PRACTICE,), last=(forget_past,)),
    nodes=1,
    parts=("receiver",),
)

question(
    "nb07.process",
    "The receiver's process is told to end. What do we find afterwards?",
    choice=("the same Pod, its container started again", "another Pod, under another name", "no receiver"),
    expect="the same Pod, its container started again",
    because="The kubelet looks after the containers of a Pod. The Pod itself was never gone.",
)
question(
    "nb07.who",
    "Now the Pod itself is deleted. Who makes the next one?",
    choice=("the controller of Deployments", "the controller of ReplicaSets", "the kubelet of the node"),
    expect="the controller of ReplicaSets",
    because="A ReplicaSet counts Pods and makes those that are missing; a Deployment has not changed.",
)
question(
    "nb07.scaled",
    "Two receivers are asked for in the place of one. How many ReplicaSets does the receiver have then?",
    number=range(0, 5),
    expect=1,
    because="The number is no part of the template. The one ReplicaSet is told to keep two Pods.",
)
question(
    "nb07.order",
    "The template is changed. In which order do these happen?",
    order=("an old Pod is ended", "a new Pod is made", "a ReplicaSet is made"),
    expect=["a ReplicaSet is made", "a new Pod is made", "an old Pod is ended"],
    because="New Pods need a ReplicaSet of their template; an old one may go once a new one is ready.",
)
question(
    "nb07.changed",
    "An environment variable is added to the template. How many ReplicaSets are there afterwards?",
    number=range(0, 5),
    expect=2,
    because="Another template, another ReplicaSet. The old one stays, with no Pods, as a way back.",
)


def plain_receiver(cluster: Cluster) -> None:
    """As the lesson leaves it: nobody has added a label."""
    nothing = {"metadata": {"labels": {"team": None}}}
    cluster.patch("deployment/receiver", nothing | {"spec": {"template": nothing}})
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=110)
    for pod in living(cluster):
        cluster.patch(pod.ref, nothing)


def label_the_pods(cluster: Cluster) -> None:
    """The Pods of today only."""
    kubectl("label pods --selector app.kubernetes.io/name=receiver team=blue", cluster=cluster)


def label_the_deployment(cluster: Cluster) -> None:
    """The Deployment itself, which is not what its Pods are made from."""
    kubectl("label deployment receiver team=blue", cluster=cluster)


def label_the_template(cluster: Cluster) -> None:
    """What `solution` shows."""
    labels = {"metadata": {"labels": {"team": "blue"}}}
    cluster.patch("deployment/receiver", {"spec": {"template": labels}})
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=110)


def living(cluster: Cluster) -> list[KubeObject]:
    """The receiver's Pods, without those that are on their way out."""
    pods = cluster.list("pods", labels=RECEIVER)
    return [pod for pod in pods if not pod.is_terminating]


def paused_and_labelled_by_hand(cluster: Cluster) -> None:
    """The template has it, its rollout is paused, and the Pods were labelled by hand."""
    kubectl("rollout pause deployment/receiver", cluster=cluster)
    cluster.patch("deployment/receiver", {"spec": {"template": {"metadata": {"labels": {"team": "blue"}}}}})
    label_the_pods(cluster)


def blue_in_capitals(cluster: Cluster) -> None:
    """Pods labelled by hand, and another value in the template."""
    cluster.patch("deployment/receiver", {"spec": {"template": {"metadata": {"labels": {"team": "Blue"}}}}})
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=110)


def nobody_is_blue(cluster: Cluster) -> None:
    """The template has it, and no receiver is asked for."""
    label_the_template(cluster)
    kubectl("scale deployment receiver --replicas 0", cluster=cluster)


def blue_by_kubectl(cluster: Cluster) -> None:
    """By a JSON patch, and two receivers."""
    path = "/spec/template/metadata/labels/team"
    patch = f'[{{"op": "add", "path": "{path}", "value": "blue"}}]'
    kubectl(f"patch deployment receiver --type json --patch '{patch}'", cluster=cluster)
    kubectl("scale deployment receiver --replicas 2", cluster=cluster)
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=110)


def blue_everywhere(cluster: Cluster) -> None:
    """The Deployment, its template and its Pods."""
    label_the_deployment(cluster)
    label_the_pods(cluster)
    label_the_template(cluster)


@exercise(
    "nb07.blue",
    level=Level.SEVERAL,
    work=Work.ACT,
    hints=(
        "A label that is put on a Pod goes with that Pod. What are Pods made from?",
        "The template is at `spec.template`, and its labels at `spec.template.metadata.labels`.",
        '`cluster.patch("deployment/receiver", {...})` merges fields into it; so does `kubectl patch`.',
    ),
    solve=label_the_template,
    wrong=(
        label_the_pods,
        label_the_deployment,
        paused_and_labelled_by_hand,
        blue_in_capitals,
        nobody_is_blue,
    ),
    right=(blue_by_kubectl, blue_everywhere),
    start=plain_receiver,
)
def blue(cluster: Cluster) -> Verdict:
    """Every Pod of the receiver, today's and any later one, has the label team=blue."""
    found = cluster.find("deployment/receiver")
    short = standing(found, "Deployment receiver")
    if found is None or short:
        return not_yet(short)
    labels = table(found, "spec", "template", "metadata", "labels")
    alive = living(cluster)
    blue_ones = [pod for pod in alive if pod.labels.get("team") == "blue"]
    if "team" not in labels:
        if blue_ones:
            return not_yet("the Pods have it, and the next one will not")
        if "team" in found.labels:
            return not_yet("the Deployment has it, and its Pods are made from the template")
        told = next((pod.labels["team"] for pod in alive if "team" in pod.labels), None)
        if told is not None:
            return not_yet(f"a Pod has team={told}")
        return not_started("nobody has a label team")
    if labels["team"] != "blue":
        return not_yet(f"in the template it is team={labels['team']}")
    is_all = len(blue_ones) == len(alive)
    return passed_unless(unfinished(found) or ("" if is_all else "not all Pods have it"))


def no_spare(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete("deployment/spare", namespace=PRACTICE)
    wait(cluster, "deployment/spare", for_="deleted", timeout_s=60, namespace=PRACTICE)


def one_spare(cluster: Cluster) -> None:
    """One Pod too few."""
    _spare(cluster, tag="v1.0", replicas=1)
    wait(cluster, "deployment/spare", for_="Ready", timeout_s=110, namespace=PRACTICE)


def spare_of_no_image(cluster: Cluster) -> None:
    """Two Pods of an image that nobody has built."""
    _spare(cluster, tag="v0", replicas=2)


def make_spare(cluster: Cluster) -> None:
    """What `solution` shows."""
    image = "registry.kubeface.internal/busybox:v1.0"
    line = f"create deployment spare --namespace practice --image {image} --replicas 2 -- sleep infinity"
    kubectl(line, cluster=cluster)
    wait(cluster, "deployment/spare", for_="Ready", timeout_s=110, namespace="practice")


def spare_without_work(cluster: Cluster) -> None:
    """Two Pods that end after some seconds, and are started again and again."""
    image = "registry.kubeface.internal/busybox:v1.0"
    line = f"create deployment spare --namespace {PRACTICE} --image {image} --replicas 2 -- sleep 4"
    kubectl(line, cluster=cluster)
    wait(cluster, "deployment/spare", for_="Ready", timeout_s=110, namespace=PRACTICE)


def spare_that_changes(cluster: Cluster) -> None:
    """Two that are ready, and a change that cannot be rolled out."""
    _spare(cluster, tag="v1.0", replicas=2)
    wait(cluster, "deployment/spare", for_="Ready", timeout_s=110, namespace=PRACTICE)
    image = "registry.kubeface.internal/busybox:v0"
    kubectl(f"set image deployment/spare busybox={image} --namespace {PRACTICE}", cluster=cluster)


def spare_of_two_containers(cluster: Cluster) -> None:
    """Pods of two containers, from a manifest."""
    image = "registry.kubeface.internal/busybox:v1.0"
    containers = [{"name": name, "image": image, "command": ["tail", "-f", "/dev/null"]} for name in "ab"]
    labels = {"app": "two"}
    spec = {
        "replicas": 2,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
    }
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "spare"}, "spec": spec}
    cluster.create(body, namespace=PRACTICE)
    wait(cluster, "deployment/spare", for_="Ready", timeout_s=110, namespace=PRACTICE)


def spare_scaled(cluster: Cluster) -> None:
    """One at first, two afterwards."""
    one_spare(cluster)
    kubectl(f"scale deployment spare --replicas 2 --namespace {PRACTICE}", cluster=cluster)
    wait(cluster, "deployment/spare", for_="Ready", timeout_s=110, namespace=PRACTICE)


@exercise(
    "nb07.spare",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        how_it_is("deployment/spare", namespace=PRACTICE),
        "`kubectl create deployment --help` shows how; what the Pods run stands after two dashes.",
        "The image is registry.kubeface.internal/busybox:v1.0, and `sleep infinity` is enough to run.",
    ),
    solve=make_spare,
    wrong=(one_spare, spare_of_no_image, spare_without_work, spare_that_changes),
    right=(spare_of_two_containers, spare_scaled),
    start=no_spare,
)
def spare(cluster: Cluster) -> Verdict:
    """A Deployment spare in the namespace practice keeps two Pods, and both are ready."""
    found = cluster.find("deployment/spare", namespace=PRACTICE)
    if found is None:
        return not_started("there is no Deployment spare in practice")
    if found.desired != 2 and not found.is_terminating:
        return not_yet(f"it asks for {found.desired}")
    ends = pods.restarting(pods.of(cluster, found))
    return passed_unless(ends or unfinished(found) or pods.unsteady(cluster, found))


def usual_history(cluster: Cluster) -> None:
    """As the manifest leaves it: the default."""
    keep(cluster, KEEPS)


def no_history(cluster: Cluster) -> None:
    """No way back."""
    keep(cluster, 0)


def long_history(cluster: Cluster) -> None:
    """More than anybody needs."""
    keep(cluster, 30)


def keep(cluster: Cluster, count: int) -> None:
    """So many old ReplicaSets kept."""
    cluster.patch("deployment/receiver", {"spec": {"revisionHistoryLimit": count}})


def short_history(cluster: Cluster) -> None:
    """What `solution` shows."""
    cluster.patch("deployment/receiver", {"spec": {"revisionHistoryLimit": 3}})


def four_back(cluster: Cluster) -> None:
    """One too many."""
    keep(cluster, 4)


def nothing_to_go_back_to(cluster: Cluster) -> None:
    """The Deployment is deleted, and its ReplicaSets go with it."""
    kubectl("delete deployment receiver", cluster=cluster)


def two_back(cluster: Cluster) -> None:
    """Fewer than the most that is allowed."""
    keep(cluster, 2)


def one_back(cluster: Cluster) -> None:
    """By kubectl: one way back."""
    kubectl('patch deployment receiver --patch \'{"spec": {"revisionHistoryLimit": 1}}\'', cluster=cluster)


@exercise(
    "nb07.history",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "`kubectl explain deployment.spec` lists the fields that a Deployment may have.",
        "The field is `spec.revisionHistoryLimit`; `kubectl patch` or `cluster.patch` sets it.",
    ),
    solve=short_history,
    wrong=(no_history, long_history, four_back, nothing_to_go_back_to),
    right=(two_back, one_back),
    start=usual_history,
)
def history(cluster: Cluster) -> Verdict:
    """The receiver keeps old ReplicaSets as a way back: three at most."""
    found = cluster.find("deployment/receiver")
    short = standing(found, "Deployment receiver")
    if short:
        return not_yet(short)
    kept = at(found, "spec", "revisionHistoryLimit")
    if kept in (None, KEEPS):
        return not_started(f"it keeps {KEEPS}, which is the default")
    if kept == 0:
        return not_yet("it keeps none, so there is no way back")
    return passed_unless("" if kept <= 3 else f"it keeps {kept}")


def _spare(cluster: Cluster, *, tag: str, replicas: int) -> None:
    image = f"registry.kubeface.internal/busybox:{tag}"
    line = f"create deployment spare --image {image} --replicas {replicas} -- sleep infinity"
    kubectl(line.replace("spare", f"spare --namespace {PRACTICE}"), cluster=cluster)
