"""Notebook 11: scaling and scheduling."""

from typing import Any

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.kube import Cluster, KubeObject, load, wait
from kubeface.kube.quantities import amount
from kubeface.lesson import Plan, State
from kubeface.pipeline.deploy import manifests_folder

SPACE = "lesson-11"
READY_S = 120
MIB = 2**20


def measures(cluster: Cluster) -> None:
    """metrics-server answers: it has looked at every node twice."""
    wait(cluster, "apiservice/v1beta1.metrics.k8s.io", for_="Available", timeout_s=READY_S)


PLAN = Plan(
    "11",
    "Scaling and scheduling",
    objectives=(
        "run more of a program, and say on which nodes it lands and why",
        "say why a Pod waits or was killed, and give it what it needs",
        "let the cluster scale by itself, and take a node out of work without an outage",
    ),
    needs="Deployments (notebook 07), labels and taints of nodes (notebook 06)",
    state=State(folders=("lessons/11-scaling-and-scheduling",), namespaces=(SPACE,), last=(measures,)),
    nodes=3,
    namespace=SPACE,
)

question(
    "nb11.busy",
    "One Pod of busy uses three times what it requests; the target is half of it. How many will there be?",
    number=range(1, 11),
    expect=4,
    because="Six times the target would be six Pods. maxReplicas ends it at four.",
)
question(
    "nb11.pending",
    "Three nodes with one processor each. A Pod asks for two. What becomes of it?",
    choice=("it runs, slowly", "it runs on two nodes", "it waits for a node that has two"),
    expect="it waits for a node that has two",
    because="A Pod runs on one node, and gets what it requests or does not start.",
)
question(
    "nb11.memory",
    "A container may use 64 MiB and takes 200. What happens?",
    choice=("it gets slower", "it is killed", "others on its node are killed"),
    expect="it is killed",
    because="Processor time can come later; memory cannot. Its limit protects the others on the node.",
)
question(
    "nb11.return",
    "The node is open again. How many of the three Pods are on it a moment later?",
    number=range(4),
    expect=0,
    because="A node is chosen once, when a Pod starts. Nobody moves a Pod that runs.",
)


def apply_file(cluster: Cluster, name: str, **more: Any) -> None:
    """An object of the lesson's folder, made anew; `more` are other resources of its container."""
    [one] = load(manifests_folder() / "lessons" / "11-scaling-and-scheduling" / f"{name}.yaml")
    ref = f"{one['kind'].lower()}/{name}"
    cluster.delete(ref, grace_s=0)
    wait(cluster, ref, for_="deleted", timeout_s=READY_S)
    if more:
        one["spec"]["containers"][0]["resources"] = more
    cluster.create(one)


def is_unscheduled(pod: KubeObject) -> bool:
    """Whether the scheduler has looked at it and found no node."""
    told = pod.condition("PodScheduled")
    return told is not None and told.status == "False"


def has_ended(pod: KubeObject) -> bool:
    """Whether its containers have ended, one way or the other."""
    return pod.status.phase in ("Succeeded", "Failed")


def too_big(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    apply_file(cluster, "big")
    wait(cluster, "pod/big", for_=is_unscheduled, timeout_s=READY_S)


def still_too_big(cluster: Cluster) -> None:
    """Smaller, and yet more than a node has."""
    apply_file(cluster, "big", requests={"cpu": "1500m"})


def not_there(cluster: Cluster) -> None:
    """Who is gone does not wait."""
    cluster.delete("pod/big", grace_s=0)
    wait(cluster, "pod/big", for_="deleted", timeout_s=READY_S)


def asking_for_nothing(cluster: Cluster) -> None:
    """It runs, on whatever is left over."""
    apply_file(cluster, "big", limits={"memory": "32Mi"})
    wait(cluster, "pod/big", for_="Ready", timeout_s=READY_S)


def fit(cluster: Cluster) -> None:
    """What `solution` shows."""
    body = cluster.get("pod/big").raw
    container = body["spec"]["containers"][0] | {"resources": {"requests": {"cpu": "100m"}}}
    cluster.delete("pod/big", grace_s=0)
    wait(cluster, "pod/big", for_="deleted", timeout_s=60)
    spec = {"terminationGracePeriodSeconds": 1, "containers": [container]}
    cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "big"}, "spec": spec})
    wait(cluster, "pod/big", for_="Ready", timeout_s=120)


def asked_now(cluster: Cluster) -> str | None:
    """A hint for whoever has not looked yet."""
    found = cluster.find("pod/big")
    return (
        f"It asks for {request_of(found) or 'no'} cpu now; a node has 1, and others use some."
        if found
        else None
    )


def request_of(pod: KubeObject) -> str:
    """How much processor its container requests, as it is written."""
    resources = pod.raw["spec"]["containers"][0].get("resources") or {}
    return str((resources.get("requests") or {}).get("cpu") or "")


@exercise(
    "nb11.fits",
    hints=(
        asked_now,
        "The simplest way: delete the Pod, and make it again with a smaller request.",
    ),
    solve=fit,
    wrong=(still_too_big, not_there, asking_for_nothing),
    start=too_big,
)
def big_runs(cluster: Cluster) -> Verdict:
    """A Pod big is ready, and requests at least 100m of processor."""
    found = cluster.find("pod/big")
    if found is None:
        return not_yet("there is no Pod big")
    asked = request_of(found)
    if asked == "2":
        return not_started("it asks for 2 processors, as in the beginning")
    if not asked or amount(asked) * 1000 < 100:
        return not_yet(f"it requests {asked or 'no processor at all'}")
    return passed() if found.is_ready else not_yet(f"it asks for {asked}, and is not ready")


def killed(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    apply_file(cluster, "greedy")
    wait(cluster, "pod/greedy", for_=has_ended, timeout_s=READY_S)


def killed_again(cluster: Cluster) -> None:
    """More, and not enough."""
    apply_file(cluster, "greedy", requests={"cpu": "20m"}, limits={"memory": "128Mi"})
    wait(cluster, "pod/greedy", for_=has_ended, timeout_s=READY_S)


def a_whole_gibibyte(cluster: Cluster) -> None:
    """Enough, and five times what it needs."""
    apply_file(cluster, "greedy", requests={"cpu": "20m"}, limits={"memory": "1Gi"})
    wait(cluster, "pod/greedy", for_=has_ended, timeout_s=READY_S)


def enough(cluster: Cluster) -> None:
    """What `solution` shows."""
    body = cluster.get("pod/greedy").raw
    resources = {"requests": {"cpu": "20m"}, "limits": {"memory": "256Mi"}}
    container = body["spec"]["containers"][0] | {"resources": resources}
    cluster.delete("pod/greedy", grace_s=0)
    wait(cluster, "pod/greedy", for_="deleted", timeout_s=60)
    spec = {"restartPolicy": "Never", "containers": [container]}
    cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "greedy"}, "spec": spec})
    wait(cluster, "pod/greedy", for_="Succeeded", timeout_s=120)


def limit_of(pod: KubeObject) -> str:
    """The memory limit of its container, as it is written."""
    resources = pod.raw["spec"]["containers"][0].get("resources") or {}
    return str((resources.get("limits") or {}).get("memory") or "")


@exercise(
    "nb11.memory",
    hints=(
        "Its command takes 200 MiB at once, and the program itself needs a little, too.",
        "As before: delete the Pod, and make it again with another limit.",
    ),
    solve=enough,
    wrong=(killed_again, a_whole_gibibyte),
    start=killed,
)
def greedy_succeeds(cluster: Cluster) -> Verdict:
    """A Pod greedy has ended well, with a memory limit of 300Mi at most."""
    found = cluster.find("pod/greedy")
    if found is None:
        return not_yet("there is no Pod greedy")
    limit = limit_of(found)
    if limit == "64Mi":
        return not_started("its limit is 64Mi, as in the beginning")
    if not limit or amount(limit) > 300 * MIB:
        return not_yet(f"its limit is {limit or 'none at all'}: that is more than it needs")
    phase = found.status.phase
    return passed() if phase == "Succeeded" else not_yet(f"with a limit of {limit}, it is {phase}")


def set_budget(cluster: Cluster, wanted: dict[str, Any] | None) -> None:
    """Three web Pods, ready; and a budget of them that says this, or none."""
    cluster.delete("pdb/web")
    cluster.patch("deployment/web", {"spec": {"replicas": 3}})
    wait(cluster, "deployment/web", for_="Ready", timeout_s=READY_S)
    if wanted is not None:
        selector = {"matchLabels": {"app.kubernetes.io/name": "web"}}
        body = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}}
        cluster.create(body | {"spec": {"selector": selector} | wanted})
        wait(cluster, "pdb/web", for_=is_counted, timeout_s=READY_S)


def is_counted(budget: KubeObject) -> bool:
    """Whether its controller has counted the Pods of its latest spec."""
    status = budget.raw.get("status") or {}
    return (
        status.get("observedGeneration") == budget.metadata.generation and status.get("currentHealthy") == 3
    )


def none_may_miss(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    set_budget(cluster, {"minAvailable": 3})


def two_may_miss(cluster: Cluster) -> None:
    """One too many."""
    set_budget(cluster, {"minAvailable": 1})


def no_budget(cluster: Cluster) -> None:
    """All may miss."""
    set_budget(cluster, None)


def one_may_miss(cluster: Cluster) -> None:
    """What `solution` shows."""
    cluster.patch("pdb/web", {"spec": {"minAvailable": 2}})
    wait(cluster, "pdb/web", for_=lambda budget: budget.status.disruptionsAllowed == 1, timeout_s=60)


@exercise(
    "nb11.budget",
    hints=(
        "`kubectl get pdb web` shows how many disruptions its budget allows now.",
        "`minAvailable` says how many have to stay, `maxUnavailable` how many may be missing.",
    ),
    solve=one_may_miss,
    wrong=(two_may_miss, no_budget),
    start=none_may_miss,
)
def one_of_three(cluster: Cluster) -> Verdict:
    """Of three web Pods, their budget allows one to be missing."""
    found = cluster.find("pdb/web")
    if found is None:
        return not_yet("there is no PodDisruptionBudget web")
    if found.spec.minAvailable == 3:
        return not_started("all three have to be available, as in the beginning")
    healthy, allowed = found.status.currentHealthy, found.status.disruptionsAllowed
    if (healthy, allowed) == (3, 1):
        return passed()
    return not_yet(f"of {healthy} healthy Pods it allows {allowed} to be missing")
