"""Notebook 13: when things break."""

from dataclasses import replace

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.kube import Cluster, KubeObject, kubectl, wait
from kubeface.lesson import PIPELINE, Plan

#: The taint of a node whose kubelet is silent.
UNREACHABLE = "node.kubernetes.io/unreachable"


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
)

question(
    "nb13.lost",
    "In this notebook 40 photos are accepted while things break. How many will never get an answer?",
    number=range(0, 41),
    expect=0,
    because="Each is written down before it is accepted, and tried again until its answer is written.",
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


@exercise(
    "nb13.two-nodes",
    hints=(
        "One frontend is one node's death away from none. How many there are stands in the Deployment.",
        "`kubectl scale` changes the number; the template's `topologySpreadConstraints` see to the rest.",
    ),
    solve=scale_to_two,
    wrong=(two_on_one_node, two_of_which_none_starts, no_frontend),
    start=one_frontend,
)
def two_nodes(cluster: Cluster) -> Verdict:
    """Two frontends or more are ready, on two nodes or more."""
    found = cluster.find("deployment/frontend")
    if found is None:
        return not_yet("there is no Deployment frontend")
    pods = cluster.list("pods", labels="app.kubernetes.io/name=frontend")
    homes = {pod.node for pod in pods if pod.is_ready and not pod.is_ending}
    if found.wanted == 1 and not found.spec.template.spec.nodeSelector:
        return not_started("one frontend is asked for, as in the beginning")
    if found.wanted < 2:
        return not_yet(f"frontends asked for: {found.wanted}")
    if found.ready < 2:
        return not_yet(f"{found.ready} of {found.wanted} frontends are ready")
    return passed() if len(homes) > 1 else not_yet(f"all of them are on {', '.join(map(str, homes))}")


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
    hints=(
        "You saw where the ten seconds stand: in each Pod, under `spec.tolerations`. The API server leaves "
        "alone what a Pod brings with it.",
        "A toleration in the Deployment's template, with the same `key`, `operator` and `effect`, and "
        "`tolerationSeconds: 3`.",
    ),
    solve=tolerate_three_seconds,
    wrong=(for_ever, longer, another_reason),
    start=usual_patience,
)
def leave_sooner(cluster: Cluster) -> Verdict:
    """The receiver's Pods leave a node that is out of reach after 3 seconds, not after 10."""
    found = cluster.find("deployment/receiver")
    if found is None:
        return not_yet("there is no Deployment receiver")
    tolerations = found.spec.template.spec.tolerations or []
    if not tolerations:
        return not_started("the template of the receiver says nothing of its own")
    ours = [
        one for one in tolerations if one.effect in (None, "NoExecute") and one.key in (None, UNREACHABLE)
    ]
    if not ours:
        return not_yet(f"the template tolerates {', '.join(str(one.key) for one in tolerations)}")
    for one in ours:
        if one.tolerationSeconds != 3:
            patience = one.tolerationSeconds
            return not_yet("it stays for ever" if patience is None else f"it stays for {patience} seconds")
    return passed() if found.ready == found.wanted else not_yet("the receiver is not ready with it")


def effects_of(node: KubeObject) -> set[str]:
    """What keeps Pods from a node: a closed door is the taint NoSchedule, which comes a moment later."""
    taints = {taint.effect for taint in node.spec.taints or []}
    return taints | ({"NoSchedule"} if node.spec.unschedulable else set())


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


@exercise(
    "nb13.closed-door",
    hints=(
        "Before somebody switches a node off on purpose, they close its door: no new Pods.",
        "The word is `cordon`; `kubectl cordon --help` says it all.",
    ),
    solve=cordon,
    wrong=(wrong_door, everybody_out),
    start=open_door,
)
def closed_door(cluster: Cluster) -> Verdict:
    """The node node2 takes no new Pods, and those that run on it stay."""
    effects = {node.name: effects_of(node) for node in cluster.nodes()}
    if "NoExecute" in effects["node2"]:
        return not_yet("a taint of node2 ends what runs there")
    if "NoSchedule" in effects["node2"]:
        return passed()
    others = [name for name, found in effects.items() if found and name != "node2"]
    if others:
        return not_yet(f"{' and '.join(others)} took the place of node2, which is open")
    return not_started("node2 is open for new Pods")
