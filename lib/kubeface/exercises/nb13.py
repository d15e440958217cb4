"""Notebook 13: when things break."""

import datetime
from dataclasses import replace

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless, question
from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, named_in, standing, table
from kubeface.endstates.placing import CLOSING, is_by_hand, patience_s, spelled, taints
from kubeface.endstates.rollout import is_begun, unfinished
from kubeface.kube import Cluster, KubeObject, kubectl, wait
from kubeface.lesson import PIPELINE, Plan
from kubeface.util.waiting import wait_until

#: The taint of a node whose kubelet is silent.
UNREACHABLE = "node.kubernetes.io/unreachable"
SECOND = "frontend-b"


def no_job_by_hand(cluster: Cluster) -> None:
    """Without the Job of an earlier run: it belongs to the CronJob, which may keep it for a while."""
    cluster.delete("job/redeem-lost")
    wait(cluster, "job/redeem-lost", for_="deleted", timeout_s=60)


PLAN = Plan(
    "13",
    "When things break",
    objectives=(
        "say what the cluster does about a dead Pod, a dead node, a dead database and a lost queue",
        "say what only the application can do about them, and how this one does it",
        "count whether anything was lost",
    ),
    needs="Deployments and probes (notebooks 07 and 08), and the way of a photo (notebook 09)",
    state=replace(PIPELINE, first=(*PIPELINE.first, no_job_by_hand)),
    nodes=3,
    parts=("mysql", "nsqd", "image-processor"),
)

question(
    "nb13.lost",
    "In this notebook 40 photos are accepted while things break. How many will never get an answer?",
    number=range(0, 41),
    expect=0,
    because="Each is written down before it is accepted, and tried again until its answer is written.",
)
question(
    "nb13.node",
    "A node loses its power. In which order do these happen?",
    order=("other Pods are made", "it counts as NotReady", "its last sign of life"),
    expect=["its last sign of life", "it counts as NotReady", "other Pods are made"],
    because="Nobody acts on a silence before it has lasted, nor on NotReady before the Pods' time is up.",
)
question(
    "nb13.ready",
    "The database is away for a while. How many of the seven parts are still ready?",
    number=range(0, 8),
    expect=3,
    because="The receiver, the image-processor and the frontend cannot serve without it, and say so. "
    "The queue's two parts and face-recognition do not need it.",
)
question(
    "nb13.dead-pods",
    "A node has lost its power, and others have taken over. What does the API server say of its old Pods?",
    choice=("they are gone", "they are being deleted, until the node is back", "they run"),
    expect="they are being deleted, until the node is back",
    because="Only the kubelet of that node could confirm that they have ended, and it has no power.",
)
question(
    "nb13.queue",
    "Eight notes waited in the queue when its Pods were deleted, disks and all. What do the rows say?",
    choice=("nothing: they are gone", "PENDING", "FAILED"),
    expect="PENDING",
    because="The rows are in the database, which has lost nothing; but nobody is left who would tell the "
    "image-processor of them.",
)


def one_frontend(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    pin(cluster, None)
    cluster.patch("deployment/frontend", {"spec": {"replicas": 1}})
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=120)


def two_on_one_node(cluster: Cluster) -> None:
    """Two, which would both be gone with node1."""
    pin(cluster, {"kubernetes.io/hostname": "node1"})
    cluster.patch("deployment/frontend", {"spec": {"replicas": 2}})
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=120)


def two_of_which_none_starts(cluster: Cluster) -> None:
    """Two that no node may take, beside the old one."""
    pin(cluster, {"kubernetes.io/hostname": "node9"})
    cluster.patch("deployment/frontend", {"spec": {"replicas": 2}})


def without_a_deployment(cluster: Cluster) -> None:
    """Deleted, and not made again."""
    kubectl("delete deployment frontend", cluster=cluster)


def no_frontend(cluster: Cluster) -> None:
    """None at all."""
    cluster.patch("deployment/frontend", {"spec": {"replicas": 0}})


def pin(cluster: Cluster, labels: dict[str, str] | None) -> None:
    """Frontends on nodes with these labels only."""
    for selector in (None, labels):
        cluster.patch("deployment/frontend", {"spec": {"template": {"spec": {"nodeSelector": selector}}}})


def scale_to_two(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("scale deployment frontend --replicas 2", cluster=cluster)
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=120)


def three_on_three(cluster: Cluster) -> None:
    """One more than is asked for."""
    kubectl("scale deployment frontend --replicas 3", cluster=cluster)
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=120)


def a_second_deployment(cluster: Cluster) -> None:
    """Two Deployments of one frontend each, on two nodes."""
    home = pods.running(cluster, "frontend")[0].node
    template = cluster.get("deployment/frontend").raw["spec"]["template"]
    wish = {"key": "kubernetes.io/hostname", "operator": "NotIn", "values": [home]}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [wish]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    labels = {**template["metadata"]["labels"], "crew": SECOND}
    spec = {
        "selector": {"matchLabels": {"crew": SECOND}},
        "template": {"metadata": {"labels": labels}, "spec": {**template["spec"], "affinity": affinity}},
    }
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": SECOND}, "spec": spec}
    cluster.create(body)
    wait(cluster, f"deployment/{SECOND}", for_="Ready", timeout_s=120)


@exercise(
    "nb13.two-nodes",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "One frontend is one node's death away from none. How many there are stands in the Deployment.",
        "`kubectl scale` changes the number; the template's `topologySpreadConstraints` see to the rest.",
    ),
    solve=scale_to_two,
    wrong=(two_on_one_node, two_of_which_none_starts, no_frontend, without_a_deployment),
    right=(three_on_three, a_second_deployment),
    start=one_frontend,
)
def two_nodes(cluster: Cluster) -> Verdict:
    """Two frontends or more are ready, on two nodes or more."""
    main = cluster.find("deployment/frontend")
    short = standing(main, "Deployment frontend")
    if main is None or short:
        return not_yet(short)
    found = pods.running(cluster, "frontend")
    is_free = not table(main, "spec", "template", "spec", "nodeSelector")
    if main.desired == 1 and len(found) <= 1 and is_free and not is_begun(main):
        return not_started("one frontend is asked for, as in the beginning")
    ready = pods.ready(found)
    if len(ready) < 2:
        return not_yet(f"{len(ready)} frontends are ready, of {max(main.desired, len(found))}")
    homes = sorted({str(pod.node) for pod in ready})
    is_short = "" if len(homes) > 1 else f"all of them are on {', '.join(homes)}"
    return passed_unless(is_short or (unfinished(main, called="frontends") if main.desired else ""))


def usual_patience(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    tolerate(cluster, None)


def for_ever(cluster: Cluster) -> None:
    """Tolerated without an end: its Pods would never leave."""
    tolerate(cluster, [{"key": UNREACHABLE, "operator": "Exists", "effect": "NoExecute"}])


def longer(cluster: Cluster) -> None:
    """In the wrong direction."""
    tolerate(cluster, [still(UNREACHABLE, 30)])


def another_reason(cluster: Cluster) -> None:
    """A node that says itself that it is not ready, and is in reach."""
    tolerate(cluster, [still("node.kubernetes.io/not-ready", 3)])


def _every(wanted: int) -> list[dict[str, object]]:
    return [{"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": wanted}]


def the_value_of_nobody(cluster: Cluster) -> None:
    """A toleration for a value that the taint does not have."""
    tolerate(cluster, [still(UNREACHABLE, 3) | {"operator": "Equal", "value": "true"}])


def not_rolled_out(cluster: Cluster) -> None:
    """In the template, whose rollout is paused."""
    kubectl("rollout pause deployment/receiver", cluster=cluster)
    template = {"spec": {"tolerations": [still(UNREACHABLE, 3)]}}
    cluster.patch("deployment/receiver", {"spec": {"template": template}})


def with_an_image_that_is_missing(cluster: Cluster) -> None:
    """In the template, whose Pods cannot start."""
    template = cluster.get("deployment/receiver").raw["spec"]["template"]["spec"]
    container = template["containers"][0] | {"image": "registry.kubeface.internal/receiver:v7"}
    spec = {"tolerations": [still(UNREACHABLE, 3)], "containers": [container]}
    cluster.patch("deployment/receiver", {"spec": {"template": {"spec": spec}}})


def whatever_the_reason(cluster: Cluster) -> None:
    """A toleration for every taint that ends Pods."""
    tolerate(cluster, _every(3))


def the_shortest_counts(cluster: Cluster) -> None:
    """Two tolerations for it: the shorter one counts. And two receivers."""
    tolerate(cluster, [still(UNREACHABLE, 3), *_every(30)])
    cluster.patch("deployment/receiver", {"spec": {"replicas": 2}})
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=120)


def tolerate(cluster: Cluster, tolerations: list[dict[str, object]] | None) -> None:
    """Receivers with these tolerations."""
    cluster.patch("deployment/receiver", {"spec": {"template": {"spec": {"tolerations": tolerations}}}})
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=120)


def still(key: str, seconds: int) -> dict[str, object]:
    """A toleration that ends."""
    return {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": seconds}


def tolerate_three_seconds(cluster: Cluster) -> None:
    """What `solution` shows."""
    toleration = {
        "key": "node.kubernetes.io/unreachable",
        "operator": "Exists",
        "effect": "NoExecute",
        "tolerationSeconds": 3,
    }
    template = {"spec": {"tolerations": [toleration]}}
    cluster.patch("deployment/receiver", {"spec": {"template": template}})
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=120)


@exercise(
    "nb13.leave-sooner",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "You saw where the ten seconds stand: in each Pod, under `spec.tolerations`. The API server leaves "
        "alone what a Pod brings with it.",
        "A toleration in the Deployment's template, with the same `key`, `operator` and `effect`, and "
        "`tolerationSeconds: 3`.",
    ),
    solve=tolerate_three_seconds,
    wrong=(
        for_ever,
        longer,
        another_reason,
        the_value_of_nobody,
        not_rolled_out,
        with_an_image_that_is_missing,
    ),
    right=(whatever_the_reason, the_shortest_counts),
    start=usual_patience,
)
def leave_sooner(cluster: Cluster) -> Verdict:
    """The receiver's Pods leave a node that is out of reach after 3 seconds, not after 10."""
    found = cluster.find("deployment/receiver")
    short = standing(found, "Deployment receiver")
    if found is None or short:
        return not_yet(short)
    taint = {"key": UNREACHABLE, "effect": "NoExecute"}
    alive = pods.of(cluster, found)
    tolerations = each(found, "spec", "template", "spec", "tolerations")
    if not tolerations:
        early = [pod.name for pod in alive if patience_s(each(pod, "spec", "tolerations"), taint) == 3]
        if early:
            return not_yet(
                f"{named_in(early)} will leave so soon, and no later one: the template says nothing"
            )
        return not_started("the template of the receiver says nothing of its own")
    if not any(one.get("key") in (None, "", UNREACHABLE) for one in tolerations):
        return not_yet(f"the template tolerates {named_in([str(one.get('key')) for one in tolerations])}")
    stays = patience_s(tolerations, taint)
    if stays != 3:
        return not_yet(_in_words(stays))
    others = [pod for pod in alive if patience_s(each(pod, "spec", "tolerations"), taint) != 3]
    is_short = f"{others[0].name} still stays longer" if others else ""
    return passed_unless(unfinished(found) or is_short)


def _in_words(stays: float) -> str:
    if stays == 0:
        return "no toleration of the template matches that taint, which has no value: it leaves at once"
    return "it stays for ever" if stays == float("inf") else f"it stays for {stays:g} seconds"


def open_door(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    for node in ("node2", "node3"):
        cluster.patch(f"node/{node}", {"spec": {"unschedulable": None, "taints": None}})


def wrong_door(cluster: Cluster) -> None:
    """The neighbour is closed."""
    cluster.patch("node/node3", {"spec": {"unschedulable": True}})


def everybody_out(cluster: Cluster) -> None:
    """A taint that also ends what runs there."""
    taint = {"key": "maintenance", "value": "true", "effect": "NoExecute"}
    cluster.patch("node/node2", {"spec": {"taints": [taint]}})


def cordon(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("cordon node2", cluster=cluster)


def a_wish(cluster: Cluster) -> None:
    """A taint that the scheduler may pass over."""
    kubectl("taint node node2 away=yes:PreferNoSchedule", cluster=cluster)


def drained(cluster: Cluster) -> None:
    """Closed, and emptied by hand: of one who lodged there, at least."""
    image = "registry.kubeface.internal/busybox:v1.0"
    restricted = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    whole = {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}}
    container = {
        "name": "lodger",
        "image": image,
        "command": ["sleep", "infinity"],
        "securityContext": restricted,
    }
    spec = {
        "nodeName": "node2",
        "terminationGracePeriodSeconds": 1,
        "securityContext": whole,
        "containers": [container],
    }
    cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "lodger"}, "spec": spec})
    wait(cluster, "pod/lodger", for_="Ready", timeout_s=60)
    cordon(cluster)
    for pod in _inhabitants(cluster, "node2"):
        cluster.delete(pod.ref, namespace=pod.namespace, grace_s=1)
        wait(cluster, pod.ref, for_="deleted", timeout_s=60, namespace=pod.namespace)
    wait_until(lambda: bool(_ended_since_closing(cluster)), what="no Pod's end was told", timeout_s=30)


def by_a_taint(cluster: Cluster) -> None:
    """A taint of somebody's own, which keeps new Pods out and ends nobody."""
    kubectl("taint node node2 maintenance=tonight:NoSchedule", cluster=cluster)


def by_a_patch(cluster: Cluster) -> None:
    """The field that cordon sets; and a wish beside it."""
    cluster.patch("node/node2", {"spec": {"unschedulable": True}})
    kubectl("taint node node2 away=yes:PreferNoSchedule", cluster=cluster)


@exercise(
    "nb13.closed-door",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "Before somebody switches a node off on purpose, they close its door: no new Pods.",
        "The word is `cordon`; `kubectl cordon --help` says it all.",
    ),
    solve=cordon,
    wrong=(wrong_door, everybody_out, a_wish, drained),
    right=(by_a_taint, by_a_patch),
    start=open_door,
)
def closed_door(cluster: Cluster) -> Verdict:
    """The node node2 takes no new Pods, and those that run on it stay."""
    nodes = {node.name: node for node in cluster.nodes()}
    if "node2" not in nodes:
        return not_yet("there is no node2")
    node = nodes["node2"]
    ending = [one for one in taints(node) if one.get("effect") == "NoExecute"]
    if ending:
        return not_yet(f"a taint of node2 ends what runs there: {spelled(ending[0])}")
    if any(one.get("effect") in CLOSING and is_by_hand(one) for one in taints(node)):
        gone = _ended_since_closing(cluster)
        return passed_unless(f"{named_in(gone)} ran on node2 and ended after it was closed" if gone else "")
    wishes = [spelled(one) for one in taints(node) if is_by_hand(one)]
    if wishes:
        return not_yet(f"node2 has {named_in(wishes)}, which keeps nobody out for certain")
    others = [name for name, one in nodes.items() if any(map(is_by_hand, taints(one)))]
    if others:
        return not_yet(f"{named_in(others)} took the place of node2, which is open")
    return not_started("node2 is open for new Pods")


def _inhabitants(cluster: Cluster, node: str) -> list[KubeObject]:
    """The living Pods on a node, without those of DaemonSets, which every node has."""
    found = cluster.list("pods", everywhere=True, fields={"spec.nodeName": node})
    return [pod for pod in found if pods.lives(pod) and not _is_daemon(pod)]


def _is_daemon(pod: KubeObject) -> bool:
    return any(one.get("kind") == "DaemonSet" for one in each(pod, "metadata", "ownerReferences"))


def _ended_since_closing(cluster: Cluster) -> list[str]:
    """The Pods that node2 has ended since its door was closed, as the events tell it; they are gone now."""
    closed = _closed_at(cluster.get("node/node2"))
    if closed is None:
        return []
    there = {(pod.namespace, pod.name) for pod in cluster.list("pods", everywhere=True)}
    daemons = tuple(f"{one.name}-" for one in cluster.list("daemonsets", everywhere=True))
    ended = set()
    for event in cluster.list("events", everywhere=True, fields={"reason": "Killing"}):
        pod, told = table(event, "involvedObject"), at(event, "lastTimestamp") or at(event, "eventTime")
        when = pods.moment(told)
        is_gone = (pod.get("namespace"), pod.get("name")) not in there
        if at(event, "source", "host") == "node2" and when and when > closed and is_gone:
            ended.add(str(pod.get("name")))
    return sorted(name for name in ended if not name.startswith(daemons))


def _closed_at(node: KubeObject) -> datetime.datetime | None:
    """When a node was closed, as its taint tells it, or else the list of who wrote which field."""
    closing = [one for one in taints(node) if one.get("effect") in CLOSING and is_by_hand(one)]
    entries = each(node, "metadata", "managedFields")
    told = [
        [one.get("timeAdded") for one in closing],
        *(
            [one.get("time") for one in entries if part in table(one, "fieldsV1", "f:spec")]
            for part in ("f:unschedulable", "f:taints")
        ),
    ]
    for times in told:
        moments = [moment for one in times if (moment := pods.moment(one))]
        if moments:
            return max(moments)
    return None
