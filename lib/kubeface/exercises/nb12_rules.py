"""Exercises of notebook 12 about what a rollout waits for, and what it does not notice."""

import datetime
from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, named_in, standing, table
from kubeface.endstates.rollout import unfinished
from kubeface.endstates.settings import environment, stale, template_container
from kubeface.kube import Cluster, apply, kubectl, wait
from kubeface.lesson.given import afresh, given, gone, is_as_given
from kubeface.model.workloads import is_observed
from kubeface.util.waiting import wait_until

FOLDER = "12-rolling-updates-and-rollback"
SOLO, SIGN, CHOIR = (f"{FOLDER}/{name}.yaml" for name in ("solo", "sign", "choir"))
KEPT = 2
READY_S = 60


def no_solo(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    gone(cluster, SOLO)


def solo_by_default(cluster: Cluster) -> None:
    """A Deployment that says nothing of its updates."""
    _solo(cluster, strategy=None, revisionHistoryLimit=None)


def solo_by_numbers(cluster: Cluster) -> None:
    """None too many; the next one starts all the same while the old one is still ending."""
    _solo(cluster, strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}})


def solo_that_remembers_all(cluster: Cluster) -> None:
    """The right strategy, and ten revisions, as without a word."""
    _solo(cluster, revisionHistoryLimit=None)


def solo_that_does_not_sing(cluster: Cluster) -> None:
    """Both fields, and an image that is not there."""
    _solo(cluster, image="registry.kubeface.internal/busybox:v7")


def solo_that_remembers_by_a_patch(cluster: Cluster) -> None:
    """Made with defaults, and changed afterwards."""
    solo_by_default(cluster)
    strategy = {"type": "Recreate", "rollingUpdate": None}
    cluster.patch("deployment/solo", {"spec": {"strategy": strategy, "revisionHistoryLimit": KEPT}})
    wait(cluster, "deployment/solo", for_="Ready", timeout_s=READY_S)


def _solo(cluster: Cluster, *, image: str = "", **spec: Any) -> None:
    """The Deployment of the file with other fields; None leaves one out."""
    [body] = given(SOLO)
    whole = {**body["spec"], **spec}
    body["spec"] = {key: value for key, value in whole.items() if value is not None}
    if image:
        body["spec"]["template"]["spec"]["containers"][0]["image"] = image
    apply(cluster, [body])
    wait(cluster, "deployment/solo", for_=is_observed if image else "Ready", timeout_s=READY_S)


def one_voice(cluster: Cluster) -> None:
    """What `solution` shows."""
    pod = {
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "solo",
                "image": "registry.kubeface.internal/busybox:v1.0",
                "command": ["tail", "-f", "/dev/null"],
                "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
            }
        ],
    }
    labels = {"app.kubernetes.io/name": "solo"}
    spec = {
        "strategy": {"type": "Recreate"},
        "revisionHistoryLimit": 2,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    apply(
        cluster, [{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "solo"}, "spec": spec}]
    )
    wait(cluster, "deployment/solo", for_="Ready", timeout_s=60)


@exercise(
    "nb12.solo",
    level=Level.ONE,
    work=Work.WRITE,
    hints=(
        "The lesson has tried both strategies. Which of them waits until the old Pods are gone?",
        "How many old ReplicaSets are kept is a number; the lesson has named its field, too.",
    ),
    solve=one_voice,
    wrong=(solo_by_default, solo_by_numbers, solo_that_remembers_all, solo_that_does_not_sing),
    right=(solo_that_remembers_by_a_patch,),
    start=no_solo,
)
def solo(cluster: Cluster) -> Verdict:
    """The Deployment solo never runs old and new side by side, keeps two old revisions, and is ready."""
    found = cluster.find("deployment/solo")
    if found is None:
        return not_started("there is no Deployment solo")
    if at(found, "spec", "strategy", "type") != "Recreate":
        bounds = at(found, "spec", "strategy", "rollingUpdate") or {}
        return not_yet(
            f"a new Pod starts while the old one is still ending: maxSurge is {bounds.get('maxSurge')}"
        )
    kept = at(found, "spec", "revisionHistoryLimit")
    if kept != KEPT:
        return not_yet(f"it keeps {kept} old revisions")
    return passed_unless(standing(found, "Deployment solo") or unfinished(found))


def old_sign(cluster: Cluster) -> None:
    """As the lesson's cells leave it: the ConfigMap was changed after the Pod had read it."""
    afresh(cluster, SIGN)
    wait(cluster, "deployment/sign", for_="Ready", timeout_s=READY_S)
    _turn(cluster, "open")


def _turn(cluster: Cluster, word: str) -> None:
    """Another word in the ConfigMap, at least a second after the Pod has read it."""
    [pod] = pods.of(cluster, cluster.get("deployment/sign"))
    begun = pods.moment(pod.status.containerStatuses[0].state.running.startedAt)
    past = (begun or datetime.datetime.now(datetime.UTC)) + datetime.timedelta(seconds=1.1)
    what = "the start of the Pod is not past"  # times of objects are told in whole seconds
    wait_until(lambda: datetime.datetime.now(datetime.UTC) > past, what=what, timeout_s=10)
    cluster.patch("configmap/sign", {"data": {"WORD": word}})


def sign_turned_again(cluster: Cluster) -> None:
    """The ConfigMap is written once more, which nobody reads either."""
    cluster.patch("configmap/sign", {"data": {"WORD": "open", "more": "come in"}})


def sign_turned_back(cluster: Cluster) -> None:
    """Started again, and closed."""
    cluster.patch("configmap/sign", {"data": {"WORD": "closed"}})
    kubectl("rollout restart deployment/sign", cluster=cluster)
    wait(cluster, "deployment/sign", for_="Ready", timeout_s=READY_S)


def sign_of_none(cluster: Cluster) -> None:
    """Taken down."""
    kubectl("scale deployment sign --replicas 0", cluster=cluster)


def sign_on_hold(cluster: Cluster) -> None:
    """The word in the template, whose rollout is paused."""
    kubectl("rollout pause deployment/sign", cluster=cluster)
    kubectl("set env deployment/sign WORD=open", cluster=cluster)


def sign_taken_down_and_put_up(cluster: Cluster) -> None:
    """Its Pod deleted; the next one reads anew."""
    for pod in pods.of(cluster, cluster.get("deployment/sign")):
        cluster.delete(pod.ref, grace_s=0)
        wait(cluster, pod.ref, for_="deleted", timeout_s=READY_S)
    wait(cluster, "deployment/sign", for_="Ready", timeout_s=READY_S)


def sign_with_its_own_word(cluster: Cluster) -> None:
    """The word in the template, where a change of it is one of the template."""
    kubectl("set env deployment/sign WORD=open", cluster=cluster)
    wait(cluster, "deployment/sign", for_="Ready", timeout_s=READY_S)


def read_anew(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("rollout restart deployment/sign", cluster=cluster)
    wait(cluster, "deployment/sign", for_="Ready", timeout_s=60)


@exercise(
    "nb12.sign",
    level=Level.SEVERAL,
    work=Work.FIND,
    hints=(
        "A Deployment replaces its Pods at one occasion only. Has it come to that?",
        "From where does a container get its variables, and when? `kubectl get deployment sign -o yaml`",
        "`kubectl rollout --help` has a way to replace all Pods without another template of your own.",
    ),
    solve=read_anew,
    wrong=(sign_of_none, sign_turned_again, sign_on_hold, sign_turned_back),
    right=(sign_taken_down_and_put_up, sign_with_its_own_word),
    start=old_sign,
)
def sign(cluster: Cluster) -> Verdict:
    """The Deployment sign is ready, and each Pod of it says open."""
    found = cluster.find("deployment/sign")
    if found is None:
        return not_started("there is no Deployment sign; the lesson's cell that applies it makes one")
    told = environment(cluster, template_container(found, "sign")).get("WORD")
    if told is None or told.value != "open":
        return not_yet(f"a new Pod would say {told.value if told else 'nothing'}")
    short = standing(found, "Deployment sign") or unfinished(found)
    if short:
        return not_yet(short)
    old = stale(told, pods.of(cluster, found))
    held = table(cluster.find("configmap/sign"), "data")
    if old and held == {"WORD": "open"} and is_as_given(cluster, found, SIGN):
        return not_started("its Pod says closed, as in the beginning")
    return passed_unless("its Pod still says closed" if old else "")


def stuck_choir(cluster: Cluster) -> None:
    """As the lesson's cells leave it: a fourth singer finds no node, and none of the three may go before."""
    afresh(cluster, CHOIR)
    wait(cluster, "deployment/choir", for_="Ready", timeout_s=READY_S)
    kubectl("set env deployment/choir SONG=autumn", cluster=cluster)
    wait(cluster, "deployment/choir", for_=lambda one: one.status.updatedReplicas == 1, timeout_s=READY_S)


def choir_of_spring(cluster: Cluster) -> None:
    """Undone."""
    kubectl("rollout undo deployment/choir", cluster=cluster)
    wait(cluster, "deployment/choir", for_="Ready", timeout_s=READY_S)


def choir_with_more_guests(cluster: Cluster) -> None:
    """Two too many are allowed, and there is no room for one."""
    _bounds(cluster, surge=2, missing=0)
    wait(cluster, "deployment/choir", for_=lambda one: one.status.updatedReplicas == 2, timeout_s=READY_S)


def choir_of_two(cluster: Cluster) -> None:
    """One singer is sent home: then the new one has a node."""
    kubectl("scale deployment choir --replicas 2", cluster=cluster)
    wait(cluster, "deployment/choir", for_="Ready", timeout_s=READY_S)


def choir_in_one_corner(cluster: Cluster) -> None:
    """Nobody minds the others any more, and all stand together."""
    node = cluster.nodes()[0].name
    spec = {"affinity": None, "nodeSelector": {"kubernetes.io/hostname": node}}
    strategy = {"type": "Recreate", "rollingUpdate": None}
    cluster.patch("deployment/choir", {"spec": {"strategy": strategy, "template": {"spec": spec}}})
    wait(cluster, "deployment/choir", for_="Ready", timeout_s=READY_S)


def choir_all_at_once(cluster: Cluster) -> None:
    """All of spring go, then all of autumn come."""
    strategy = {"type": "Recreate", "rollingUpdate": None}
    cluster.patch("deployment/choir", {"spec": {"strategy": strategy}})
    wait(cluster, "deployment/choir", for_="Ready", timeout_s=READY_S)


def _bounds(cluster: Cluster, *, surge: int, missing: int) -> None:
    told = {"maxSurge": surge, "maxUnavailable": missing}
    cluster.patch("deployment/choir", {"spec": {"strategy": {"rollingUpdate": told}}})


def let_one_go_first(cluster: Cluster) -> None:
    """What `solution` shows."""
    bounds = {"maxSurge": 0, "maxUnavailable": 1}
    cluster.patch("deployment/choir", {"spec": {"strategy": {"rollingUpdate": bounds}}})
    wait(cluster, "deployment/choir", for_="Ready", timeout_s=60)


@exercise(
    "nb12.choir",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "Which Pod does the rollout wait for, and what does that one wait for?",
        "Two rules are at odds: where a Pod of the choir may be, and how many there have to be on the way.",
        "With as many nodes as singers, one has to go before the next can come.",
    ),
    solve=let_one_go_first,
    wrong=(choir_with_more_guests, choir_of_spring, choir_of_two, choir_in_one_corner),
    right=(choir_all_at_once,),
    start=stuck_choir,
)
def choir(cluster: Cluster) -> Verdict:
    """All three Pods of the Deployment choir have SONG=autumn and are ready, each on a node of its own."""
    found = cluster.find("deployment/choir")
    if found is None:
        return not_started("there is no Deployment choir; the lesson's cell that applies it makes one")
    [body] = given(CHOIR)
    told = environment(cluster, template_container(found, "choir")).get("SONG")
    song = told.value if told else "nothing"
    bounds = at(found, "spec", "strategy", "rollingUpdate")
    is_stuck = bool(unfinished(found)) and found.desired == body["spec"]["replicas"] and song == "autumn"
    if is_stuck and bounds == body["spec"]["strategy"]["rollingUpdate"] and _keeps_apart(found.raw):
        return not_started("its rollout hangs, as in the beginning")
    if song != "autumn":
        return not_yet(f"they sing {song}")
    if found.desired != body["spec"]["replicas"]:
        return not_yet(f"{found.desired} Pods are asked for")
    short = standing(found, "Deployment choir") or unfinished(found)
    homes = sorted({str(pod.node) for pod in pods.of(cluster, found)})
    together = "" if len(homes) >= found.desired else f"they are on {named_in(homes)}"
    return passed_unless(short or together)


def _keeps_apart(deployment: dict[str, Any]) -> bool:
    """Whether a Pod of the template refuses a node where another one is."""
    anti = at(deployment, "spec", "template", "spec", "affinity", "podAntiAffinity")
    return bool(each(anti, "requiredDuringSchedulingIgnoredDuringExecution"))
