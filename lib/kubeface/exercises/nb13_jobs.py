"""Exercises of notebook 13 about Jobs: how often one is tried, and why one has failed."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates.parts import at, each, standing
from kubeface.endstates.settings import command, template_container
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.lesson.given import afresh, given, gone

PORTER = "13-when-things-break/porter.yaml"
INVENTORY = "13-when-things-break/inventory.yaml"
TRIES = 4
ENDED_S = 60
#: A Job that has failed says the first of these until its Pods have ended.
FAILING = ("FailureTarget", "Failed")


def no_porter(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    _gone(cluster, "porter", PORTER)


def porter_of_the_default(cluster: Cluster) -> None:
    """The right place, and six tries more, as without a word."""
    _porter(cluster, "OnFailure")


def porter_of_new_pods(cluster: Cluster) -> None:
    """Each try in a Pod of its own, which knows nothing of the one before."""
    _porter(cluster, "Never", backoffLimit=TRIES)


def porter_of_one_try(cluster: Cluster) -> None:
    """The only try fails."""
    _porter(cluster, "OnFailure", backoffLimit=0)


def porter_on_leave(cluster: Cluster) -> None:
    """Everything is right, and he has not begun."""
    _porter(cluster, "OnFailure", backoffLimit=TRIES, suspend=True)


def porter_in_a_hurry(cluster: Cluster) -> None:
    """With a deadline, and a time after which the Job is cleaned up."""
    _porter(cluster, "OnFailure", backoffLimit=TRIES, activeDeadlineSeconds=300, ttlSecondsAfterFinished=900)
    wait(cluster, "job/porter", for_="Complete", timeout_s=ENDED_S)


def _porter(cluster: Cluster, policy: str, **spec: Any) -> None:
    [body] = given(PORTER)
    body["spec"]["template"]["spec"]["restartPolicy"] = policy
    body["spec"] = {"template": body["spec"]["template"], **spec}
    apply(cluster, [body])


def stumble_once(cluster: Cluster) -> None:
    """What `solution` shows."""
    words = "test -e /bag/begun || { touch /bag/begun; echo stumbled; exit 1; }; echo delivered"
    container = {
        "name": "porter",
        "image": "registry.kubeface.internal/busybox:v1.0",
        "command": ["sh", "-c", words],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "bag", "mountPath": "/bag"}],
    }
    pod = {
        "restartPolicy": "OnFailure",
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [{"name": "bag", "emptyDir": {}}],
    }
    spec = {"backoffLimit": 4, "template": {"spec": pod}}
    apply(cluster, [{"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "porter"}, "spec": spec}])
    wait(cluster, "job/porter", for_="Complete", timeout_s=60)


@exercise(
    "nb13.porter",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "`kubectl explain job.spec` has the number of tries, `kubectl explain pod.spec` the restarts.",
        "A Pod of a Job says Never or OnFailure: with Never, each try has a new Pod, and an empty folder.",
    ),
    solve=stumble_once,
    wrong=(porter_on_leave, porter_of_the_default, porter_of_new_pods, porter_of_one_try),
    right=(porter_in_a_hurry,),
    start=no_porter,
)
def porter(cluster: Cluster) -> Verdict:
    """The Job porter, which may be tried four times more, in one Pod, is complete."""
    found = cluster.find("job/porter")
    if found is None:
        return not_started("there is no Job porter")
    policy = at(found, "spec", "template", "spec", "restartPolicy")
    if policy != "OnFailure":
        return not_yet("each try has a Pod of its own, whose folder is empty")
    tries = at(found, "spec", "backoffLimit")
    if tries != TRIES:
        return not_yet(f"it may be tried {tries} times more")
    return passed_unless(standing(found, "Job porter") or _incomplete(found))


def _incomplete(job: KubeObject) -> str:
    """What a Job says in the place of being complete."""
    told = {
        str(one.get("type")): one for one in each(job, "status", "conditions") if one.get("status") == "True"
    }
    if "Complete" in told:
        return ""
    words = dict.fromkeys(FAILING, "it has failed") | {"Suspended": "it is suspended"}
    return next((words[kind] for kind in words if kind in told), "it has not ended yet")


def failed_inventory(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: its time was up before it had counted."""
    _gone(cluster, "inventory", INVENTORY)
    afresh(cluster, INVENTORY)
    wait(cluster, "job/inventory", for_=_has_ended, timeout_s=ENDED_S)


def no_inventory(cluster: Cluster) -> None:
    """Deleted, and not made again."""
    _gone(cluster, "inventory", INVENTORY)


def inventory_that_counts_nothing(cluster: Cluster) -> None:
    """A program that is done at once."""
    _inventory(cluster, words=["sh", "-c", "echo 40 photos"], activeDeadlineSeconds=1)


def inventory_tried_more_often(cluster: Cluster) -> None:
    """More tries, all of them within the same second."""
    _inventory(cluster, activeDeadlineSeconds=1, backoffLimit=9)
    wait(cluster, "job/inventory", for_=_has_ended, timeout_s=ENDED_S)


def inventory_for_later(cluster: Cluster) -> None:
    """With all the time that there is, and suspended."""
    _inventory(cluster, suspend=True)
    wait(
        cluster, "job/inventory", for_=lambda one: bool(each(one, "status", "conditions")), timeout_s=ENDED_S
    )


def inventory_of_a_minute(cluster: Cluster) -> None:
    """A deadline that is long enough."""
    _inventory(cluster, activeDeadlineSeconds=60)
    wait(cluster, "job/inventory", for_="Complete", timeout_s=ENDED_S)


def _inventory(cluster: Cluster, *, words: list[str] | None = None, **spec: Any) -> None:
    _gone(cluster, "inventory", INVENTORY)
    [body] = given(INVENTORY)
    body["spec"] = {"template": body["spec"]["template"], **spec}
    if words:
        body["spec"]["template"]["spec"]["containers"][0]["command"] = words
    apply(cluster, [body])


def _has_ended(job: KubeObject) -> bool:
    return any(one.get("type") in ("Complete", *FAILING) for one in each(job, "status", "conditions"))


def _gone(cluster: Cluster, name: str, file: str) -> None:
    """No such Job, and none of its Pods."""
    gone(cluster, file)
    for pod in cluster.list("pods", labels={"batch.kubernetes.io/job-name": name}):
        cluster.delete(pod.ref, grace_s=0)
        wait(cluster, pod.ref, for_="deleted", timeout_s=ENDED_S)


def give_it_time(cluster: Cluster) -> None:
    """What `solution` shows."""
    template = cluster.get("job/inventory").raw["spec"]["template"]
    kubectl("delete job inventory", cluster=cluster)
    wait(cluster, "job/inventory", for_="deleted", timeout_s=60)
    spec = {"backoffLimit": 2, "activeDeadlineSeconds": 60, "template": {"spec": template["spec"]}}
    meta = {"name": "inventory"}
    apply(cluster, [{"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": spec}])
    wait(cluster, "job/inventory", for_="Complete", timeout_s=60)


@exercise(
    "nb13.inventory",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "There is no Pod whose log could tell. `kubectl describe job inventory` ends with its events.",
        "The Job has ended its Pod itself. Which field of `kubectl explain job.spec` is about seconds?",
        "A Job's spec cannot be changed once it has ended: delete it, and make it anew.",
    ),
    solve=give_it_time,
    wrong=(no_inventory, inventory_that_counts_nothing, inventory_tried_more_often, inventory_for_later),
    right=(inventory_of_a_minute,),
    start=failed_inventory,
)
def inventory(cluster: Cluster) -> Verdict:
    """The Job inventory has run its own program to the end: it is complete."""
    found = cluster.find("job/inventory")
    if found is None:
        return not_yet("there is no Job inventory")
    [body] = given(INVENTORY)
    parts = ("backoffLimit", "activeDeadlineSeconds")
    is_as_given = all(at(found, "spec", part) == body["spec"][part] for part in parts)
    mine, its = command(template_container(KubeObject(body))), command(template_container(found))
    if its != mine:
        return not_yet(f"its program is another one: {' '.join(its) or 'that of the image'}")
    short = standing(found, "Job inventory") or _incomplete(found)
    if short and is_as_given:
        return not_started("it has failed, as in the beginning")
    return passed_unless(short)
