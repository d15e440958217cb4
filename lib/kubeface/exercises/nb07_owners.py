"""Exercises of notebook 07 about who makes Pods: a Deployment that has none, and a Pod that nobody keeps."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, named_in, standing
from kubeface.endstates.rollout import unfinished
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.lesson.given import given

PRACTICE = "practice"
FOLDER = "07-deployments-and-replicasets"
SOLOIST = {"app.kubernetes.io/name": "soloist"}
BUSYBOX = "registry.kubeface.internal/busybox:v1.0"


def _manifest(name: str) -> dict[str, Any]:
    [one] = given(f"{FOLDER}/{name}.yaml")
    return one


def usher_of_nobody(cluster: Cluster) -> None:
    """As the exercise's cell leaves it: a Deployment without Pods."""
    for ref in ("deployment/usher", "serviceaccount/usher"):
        cluster.delete(ref, namespace=PRACTICE)
        wait(cluster, ref, for_="deleted", timeout_s=60, namespace=PRACTICE)
    _await_nobody(cluster, {"app.kubernetes.io/name": "usher"})
    apply(cluster, [_manifest("usher")], namespace=PRACTICE)
    wait(cluster, "deployment/usher", for_="ReplicaFailure", timeout_s=60, namespace=PRACTICE)


def _await_nobody(cluster: Cluster, labels: dict[str, str]) -> None:
    """No ReplicaSet with these labels is left, and no Pod."""
    for kind in ("replicasets", "pods"):
        for one in cluster.list(kind, labels=labels, namespace=PRACTICE):
            cluster.delete(one.ref, namespace=PRACTICE, grace_s=0)
            wait(cluster, one.ref, for_="deleted", timeout_s=60, namespace=PRACTICE)


def name_an_account_that_is_there(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("set serviceaccount deployment usher default --namespace practice", cluster=cluster)
    wait(cluster, "deployment/usher", for_="Ready", timeout_s=90, namespace="practice")


def no_usher(cluster: Cluster) -> None:
    """No Deployment, no fault."""
    kubectl(f"delete deployment usher --namespace {PRACTICE}", cluster=cluster)


def usher_of_one(cluster: Cluster) -> None:
    """Fewer of none."""
    kubectl(f"scale deployment usher --replicas 1 --namespace {PRACTICE}", cluster=cluster)


def usher_of_another_account(cluster: Cluster) -> None:
    """Another name that nobody has."""
    kubectl(f"set serviceaccount deployment usher ushers --namespace {PRACTICE}", cluster=cluster)
    wait(cluster, "deployment/usher", for_=_is_observed, timeout_s=60, namespace=PRACTICE)


def _is_observed(deployment: KubeObject) -> bool:
    return bool(deployment.status.observedGeneration == deployment.metadata.generation)


def usher_that_ends(cluster: Cluster) -> None:
    """Pods, at last, whose program ends."""
    template = {
        "spec": {"serviceAccountName": "default", "containers": [{"name": "usher", "command": ["false"]}]}
    }
    cluster.patch("deployment/usher", {"spec": {"template": template}}, namespace=PRACTICE, strategic=True)
    wait(
        cluster,
        "deployment/usher",
        for_=lambda one: one.status.updatedReplicas == 2,
        timeout_s=60,
        namespace=PRACTICE,
    )
    labels = {"app.kubernetes.io/name": "usher"}
    for pod in cluster.list("pods", labels=labels, namespace=PRACTICE):
        wait(
            cluster, pod.ref, for_=lambda one: bool(pods.restarting([one])), timeout_s=60, namespace=PRACTICE
        )


def usher_with_an_account(cluster: Cluster) -> None:
    """The account is made, and the Pods are asked for anew."""
    kubectl(f"create serviceaccount usher --namespace {PRACTICE}", cluster=cluster)
    kubectl(f"rollout restart deployment usher --namespace {PRACTICE}", cluster=cluster)
    wait(cluster, "deployment/usher", for_="Ready", timeout_s=90, namespace=PRACTICE)


@exercise(
    "nb07.usher",
    level=Level.SEVERAL,
    work=Work.FIND,
    hints=(
        "A Deployment makes a ReplicaSet, and that one makes the Pods. How far has this one come?",
        "Whoever cannot do its work leaves an event: `kubectl describe replicaset --namespace practice`.",
        "`kubectl get serviceaccounts --namespace practice` lists what a Pod there may be.",
        "A ReplicaSet tries again, at longer and longer intervals; a new template is tried at once.",
    ),
    solve=name_an_account_that_is_there,
    wrong=(no_usher, usher_of_one, usher_of_another_account, usher_that_ends),
    right=(usher_with_an_account,),
    start=usher_of_nobody,
)
def usher(cluster: Cluster) -> Verdict:
    """The Deployment usher in practice has its two Pods, and both are ready."""
    found = cluster.find("deployment/usher", namespace=PRACTICE)
    if found is None:
        return not_yet("there is no Deployment usher in practice")
    if found.desired != 2 and not found.is_terminating:
        return not_yet(f"it asks for {found.desired}")
    ours = pods.of(cluster, found)
    if _is_as_given(cluster, found) and not ours:
        return not_started("it has no Pods, as in the beginning")
    return passed_unless(pods.restarting(ours) or unfinished(found))


def _is_as_given(cluster: Cluster, usher: KubeObject) -> bool:
    account = at(usher, "spec", "template", "spec", "serviceAccountName")
    return account == "usher" and cluster.find("serviceaccount/usher", namespace=PRACTICE) is None


def free_soloist(cluster: Cluster) -> None:
    """As the exercise's cell leaves it: a Pod that belongs to nobody."""
    for ref in ("deployment/soloist", "replicaset/keeper"):
        cluster.delete(ref, namespace=PRACTICE)
        wait(cluster, ref, for_="deleted", timeout_s=60, namespace=PRACTICE)
    _await_nobody(cluster, SOLOIST)
    _await_nobody(cluster, {"role": "understudy"})
    apply(cluster, [_manifest("soloist")], namespace=PRACTICE)
    wait(cluster, "pod/soloist", for_="Ready", timeout_s=60, namespace=PRACTICE)


def keep_the_soloist(cluster: Cluster) -> None:
    """What `solution` shows."""
    labels = {"app.kubernetes.io/name": "soloist"}
    image = "registry.kubeface.internal/busybox:v1.0"
    container = {"name": "soloist", "image": image, "command": ["sleep", "infinity"]}
    spec = {
        "replicas": 1,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    }
    keeper = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "keeper"}, "spec": spec}
    apply(cluster, [keeper], namespace="practice")
    wait(cluster, "replicaset/keeper", for_=lambda one: one.ready == 1, timeout_s=60, namespace="practice")


def a_deployment_beside_it(cluster: Cluster) -> None:
    """Its ReplicaSet counts only Pods of its own hash, and makes another one."""
    _keep(cluster, SOLOIST, kind="Deployment", name="soloist")


def one_more_soloist(cluster: Cluster) -> None:
    """Two are asked for."""
    _keep(cluster, SOLOIST, replicas=2)


def an_understudy(cluster: Cluster) -> None:
    """It counts by another label, and makes a Pod of its own."""
    _keep(cluster, {"role": "understudy"})


def another_soloist(cluster: Cluster) -> None:
    """Kept, and deleted afterwards: there is another one in its place."""
    _keep(cluster, SOLOIST)
    cluster.delete("pod/soloist", namespace=PRACTICE, grace_s=0)
    wait(cluster, "pod/soloist", for_="deleted", timeout_s=60, namespace=PRACTICE)
    wait(cluster, "replicaset/keeper", for_=lambda one: one.ready == 1, timeout_s=60, namespace=PRACTICE)


def kept_by_expressions(cluster: Cluster) -> None:
    """By an expression, and with a template of its own."""
    wish = {"key": "app.kubernetes.io/name", "operator": "In", "values": ["soloist", "singer"]}
    _keep(cluster, SOLOIST | {"voice": "alto"}, selector={"matchExpressions": [wish]})


def _keep(
    cluster: Cluster,
    labels: dict[str, str],
    *,
    kind: str = "ReplicaSet",
    name: str = "keeper",
    replicas: int = 1,
    selector: dict[str, Any] | None = None,
) -> None:
    container = {"name": "main", "image": BUSYBOX, "command": ["sleep", "infinity"]}
    template = {"spec": {"containers": [container], "terminationGracePeriodSeconds": 1}}
    spec = {
        "replicas": replicas,
        "selector": selector or {"matchLabels": labels},
        "template": template | {"metadata": {"labels": labels}},
    }
    body = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    apply(cluster, [body], namespace=PRACTICE)
    ref = f"{kind.lower()}/{name}"
    wait(cluster, ref, for_=lambda one: one.ready == replicas, timeout_s=60, namespace=PRACTICE)


@exercise(
    "nb07.soloist",
    level=Level.ALONE,
    work=Work.WRITE,
    hints=(
        "A Pod that matches and has no owner is adopted. Who adopts: a Deployment, or what it makes?",
        "A Deployment's ReplicaSet selects by one label more. Has the Pod soloist that label?",
        "`kubectl explain replicaset.spec` has the fields: `replicas`, `selector` and `template`.",
    ),
    solve=keep_the_soloist,
    wrong=(an_understudy, one_more_soloist, a_deployment_beside_it, another_soloist),
    right=(kept_by_expressions,),
    start=free_soloist,
)
def soloist(cluster: Cluster) -> Verdict:
    """The Pod soloist of practice is kept by a ReplicaSet that asks for one Pod."""
    pod = cluster.find("pod/soloist", namespace=PRACTICE)
    keepers = cluster.list("replicasets", namespace=PRACTICE)
    if pod is None:
        others = pods.living(cluster, labels=SOLOIST, namespace=PRACTICE)
        in_its_place = "the Pod soloist is gone, and another one is in its place"
        return not_yet(in_its_place) if others else not_started("there is no Pod soloist")
    owners = [one for one in each(pod, "metadata", "ownerReferences") if one.get("controller")]
    if not owners:
        return _kept_by_nobody(cluster, keepers)
    if owners[0].get("kind") != "ReplicaSet":
        return not_yet(f"the {owners[0].get('kind')} {owners[0].get('name')} keeps it, and no ReplicaSet")
    keeper = next((one for one in keepers if one.name == owners[0].get("name")), None)
    short = standing(keeper, f"ReplicaSet {owners[0].get('name')}") or standing(pod, "Pod soloist")
    if keeper is None or short:
        return not_yet(short)
    if keeper.desired != 1:
        return not_yet(f"the ReplicaSet {keeper.name} keeps it, and asks for {keeper.desired}")
    return passed_unless("" if pod.is_ready else "the Pod soloist is not ready")


def _kept_by_nobody(cluster: Cluster, keepers: list[KubeObject]) -> Verdict:
    """Whether something was made that counts other Pods."""
    labelled = pods.living(cluster, labels=SOLOIST, namespace=PRACTICE)
    others = [pod.name for pod in labelled if pod.name != "soloist"]
    if others:
        return not_yet(f"nobody keeps the Pod soloist, and beside it is {len(others)} more with its label")
    made = [one.name for one in keepers if one.desired and not one.metadata.ownerReferences]
    told = f"nobody keeps the Pod soloist: other Pods are counted by {named_in(made)}"
    return not_yet(told) if made else not_started("the Pod soloist belongs to nobody")
