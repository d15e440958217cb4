"""Notebook 11: scaling and scheduling."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless, question
from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, named_in, standing
from kubeface.endstates.selectors import selects
from kubeface.endstates.settings import command, limit_of
from kubeface.kube import Cluster, KubeObject, wait
from kubeface.lesson import Plan, State
from kubeface.lesson.given import given
from kubeface.model.pods import requested
from kubeface.model.quantities import amount, spelled
from kubeface.model.workloads import is_observed

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
        "say why a Pod does not run, and give it what it needs",
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
    because="Six times the target asks for six Pods, or seven where a little more is measured. "
    "maxReplicas ends it at four.",
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
    "nb11.drain",
    "A node is drained of its one Pod of web. In which order do these happen?",
    order=("another Pod is made", "the node is closed", "its Pod is told to go"),
    expect=["the node is closed", "its Pod is told to go", "another Pod is made"],
    because="A node that is open could get the next Pod at once; and a Pod is missing only when one goes.",
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
    [one] = given(f"11-scaling-and-scheduling/{name}.yaml")
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
    if found is None:
        return None
    asked = spelled("cpu", requested(found.raw, "cpu"))
    return f"It asks for {asked} cpu now; a node has 1, and others use some."


def leaving_slowly(cluster: Cluster) -> None:
    """It runs, and is being deleted: it does not listen to the signal to end."""
    words = ["sh", "-c", "trap '' TERM; while true; do sleep 1; done"]
    _big(cluster, {"requests": {"cpu": "100m"}}, words=words, terminationGracePeriodSeconds=60)
    cluster.delete("pod/big")


def nearly_nothing(cluster: Cluster) -> None:
    """It runs, and asks for a little less than it should."""
    _big(cluster, {"requests": {"cpu": "99m"}})


def as_a_whole(cluster: Cluster) -> None:
    """The Pod asks, and not its containers."""
    _big(cluster, {}, resources={"requests": {"cpu": "0.1"}})


def by_its_second_container(cluster: Cluster) -> None:
    """Another container asks for it, by its limit alone."""
    image = "registry.kubeface.internal/busybox:v1.0"
    other = {"name": "two", "image": image, "command": ["sleep", "infinity"]}
    _big(cluster, {}, more=[other | {"resources": {"limits": {"cpu": "150m"}}}])


def _big(
    cluster: Cluster,
    of_container: dict[str, Any],
    *,
    words: list[str] | None = None,
    more: list[dict[str, Any]] | None = None,
    **spec: Any,
) -> None:
    """A Pod big that runs: with these resources, another command, more containers, more fields."""
    not_there(cluster)
    image = "registry.kubeface.internal/busybox:v1.0"
    main = {"name": "big", "image": image, "command": words or ["tail", "-f", "/dev/null"]}
    containers = [main | {"resources": of_container}, *(more or [])]
    whole = {"terminationGracePeriodSeconds": 1, "containers": containers} | spec
    cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "big"}, "spec": whole})
    wait(cluster, "pod/big", for_="Ready", timeout_s=READY_S)


@exercise(
    "nb11.fits",
    level=Level.ONE,
    work=Work.WRITE,
    hints=(
        asked_now,
        "The simplest way: delete the Pod, and make it again with a smaller request.",
    ),
    solve=fit,
    wrong=(still_too_big, not_there, asking_for_nothing, nearly_nothing, leaving_slowly),
    right=(as_a_whole, by_its_second_container),
    start=too_big,
)
def big_runs(cluster: Cluster) -> Verdict:
    """A Pod big is ready, and requests at least 100m of processor."""
    found = cluster.find("pod/big")
    if found is None:
        return not_yet("there is no Pod big")
    asked = requested(found.raw, "cpu")
    told = spelled("cpu", asked) if asked else "no processor at all"
    if asked == 2 and not found.is_ready and not found.is_terminating:
        return not_started("it asks for 2 processors, as in the beginning")
    if asked < amount("100m"):
        return not_yet(f"it requests {told}")
    is_short = "" if found.is_ready else f"it asks for {told}, and is not ready"
    return passed_unless(standing(found, "Pod big") or is_short)


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


def another_command(cluster: Cluster) -> None:
    """It ends well, since it takes nothing."""
    _greedy(cluster, {"limits": {"memory": "70Mi"}}, words=["true"])


def half_as_much(cluster: Cluster) -> None:
    """The same program, with half the work."""
    words = ["dd", "if=/dev/zero", "of=/dev/null", "bs=100M", "count=1"]
    _greedy(cluster, {"limits": {"memory": "150Mi"}}, words=words)


def in_bytes(cluster: Cluster) -> None:
    """Another unit, at the very edge."""
    _greedy(cluster, {"limits": {"memory": str(300 * MIB)}})


def limited_as_a_whole(cluster: Cluster) -> None:
    """The Pod has the limit, and not its container."""
    _greedy(cluster, {}, resources={"limits": {"memory": "250Mi"}})


def _greedy(
    cluster: Cluster, of_container: dict[str, Any], *, words: list[str] | None = None, **spec: Any
) -> None:
    """A Pod greedy that has ended: with these resources, another command, more fields."""
    cluster.delete("pod/greedy", grace_s=0)
    wait(cluster, "pod/greedy", for_="deleted", timeout_s=READY_S)
    container = {**_in_its_file(), "resources": of_container} | ({"command": words} if words else {})
    whole = {"restartPolicy": "Never", "containers": [container]} | spec
    cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "greedy"}, "spec": whole})
    wait(cluster, "pod/greedy", for_=has_ended, timeout_s=READY_S)


def _in_its_file() -> dict[str, Any]:
    """The container of greedy as the lesson's file has it."""
    [one] = given("11-scaling-and-scheduling/greedy.yaml")
    first: dict[str, Any] = one["spec"]["containers"][0]
    return first


@exercise(
    "nb11.memory",
    level=Level.ONE,
    work=Work.WRITE,
    hints=(
        "Its command takes 200 MiB at once, and the program itself needs a little, too.",
        "As before: delete the Pod, and make it again with another limit.",
    ),
    solve=enough,
    wrong=(killed_again, a_whole_gibibyte, another_command, half_as_much),
    right=(in_bytes, limited_as_a_whole),
    start=killed,
)
def greedy_succeeds(cluster: Cluster) -> Verdict:
    """A Pod greedy has ended well: with the same command, and a memory limit of 300Mi at most."""
    found = cluster.find("pod/greedy")
    if found is None:
        return not_yet("there is no Pod greedy")
    words = command(_in_its_file())
    ours = [one for one in each(found, "spec", "containers") if command(one) == words]
    if not ours:
        runs = " and ".join(" ".join(command(one)) for one in each(found, "spec", "containers"))
        return not_yet(f"its command is another one, {runs or 'the image’s own'}; {' '.join(words)} is meant")
    limit = limit_of(found, ours[0], "memory")
    phase = at(found, "status", "phase")
    if limit == 64 * MIB and phase != "Succeeded" and not found.is_terminating:
        return not_started("its limit is 64Mi, as in the beginning")
    told = spelled("memory", limit) if limit else "none at all"
    if limit is None or limit > 300 * MIB:
        return not_yet(f"its limit is {told}: that is more than it needs")
    is_short = "" if phase == "Succeeded" else f"with a limit of {told}, it is {phase}"
    return passed_unless(standing(found, "Pod greedy") or is_short)


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


def a_second_budget(cluster: Cluster) -> None:
    """A budget that allows it, and another one for the same Pods that does not."""
    set_budget(cluster, {"minAvailable": 2})
    _budget(cluster, "web-2", {"minAvailable": 3})


def half_of_them(cluster: Cluster) -> None:
    """Half of three, rounded up, have to stay: two. But only two Pods are wanted at all."""
    set_budget(cluster, {"minAvailable": 1})
    cluster.patch("deployment/web", {"spec": {"replicas": 2}})
    wait(cluster, "deployment/web", for_="Ready", timeout_s=READY_S)
    wait(cluster, "pdb/web", for_=lambda budget: budget.status.currentHealthy == 2, timeout_s=READY_S)


def one_by_its_number(cluster: Cluster) -> None:
    """How many may be missing, in the place of how many have to stay."""
    set_budget(cluster, {"maxUnavailable": 1})


def two_thirds_by_another_name(cluster: Cluster) -> None:
    """A share of them, in a budget of another name that selects by an expression."""
    set_budget(cluster, None)
    wish = {"key": "app.kubernetes.io/name", "operator": "In", "values": ["web"]}
    _budget(cluster, "of-web", {"minAvailable": "66%", "selector": {"matchExpressions": [wish]}})


def _budget(cluster: Cluster, name: str, wanted: dict[str, Any]) -> None:
    spec = {"selector": {"matchLabels": {"app.kubernetes.io/name": "web"}}} | wanted
    body = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name}}
    cluster.create(body | {"spec": spec})
    wait(cluster, f"pdb/{name}", for_=is_counted, timeout_s=READY_S)


@exercise(
    "nb11.budget",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "`kubectl get pdb web` shows how many disruptions its budget allows now.",
        "`minAvailable` says how many have to stay, `maxUnavailable` how many may be missing.",
    ),
    solve=one_may_miss,
    wrong=(two_may_miss, no_budget, a_second_budget, half_of_them),
    right=(one_by_its_number, two_thirds_by_another_name),
    start=none_may_miss,
)
def one_of_three(cluster: Cluster) -> Verdict:
    """Of three web Pods, their budget allows one to be missing."""
    web = pods.living(cluster, labels="app.kubernetes.io/name=web")
    budgets = [
        one
        for one in cluster.list("pdb")
        if not one.is_terminating and any(selects(at(one, "spec", "selector"), pod.labels) for pod in web)
    ]
    if not budgets:
        return not_yet("no PodDisruptionBudget selects the web Pods")
    if len(budgets) > 1:
        names = named_in([one.name for one in budgets])
        return not_yet(f"{names} are budgets of the same Pods: then no Pod of them can be evicted at all")
    budget = budgets[0]
    if at(budget, "spec", "minAvailable") == 3:
        return not_started("all three have to be available, as in the beginning")
    if not is_observed(budget):
        return not_yet("nobody has counted its Pods yet")
    left_out = [pod.name for pod in web if not selects(at(budget, "spec", "selector"), pod.labels)]
    if left_out:
        return not_yet(f"it does not select {named_in(left_out)}")
    ready, allowed = len(pods.ready(web)), at(budget, "status", "disruptionsAllowed")
    is_short = (
        "" if (ready, allowed) == (3, 1) else f"of {ready} ready Pods it allows {allowed} to be missing"
    )
    return passed_unless(is_short)
