"""Tasks of the exam about workloads and rights: where Pods run, how many, of what, and who may do what."""

from typing import Any

from kubeface.checks import Verdict, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.images import named
from kubeface.endstates.parts import at, each, named_in, standing, table
from kubeface.endstates.rights import ending, may, refused
from kubeface.endstates.rollout import unfinished
from kubeface.endstates.settings import template_container
from kubeface.exam.task import IMAGE, NOT_THERE, anew, break_cart, task
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.model.quantities import amount
from kubeface.util.waiting import attempts

HOMES = ["node1", "node3"]
CART = 3
STARTED_S = 10.0  # chosen: a Pod of a DaemonSet starts within a second or two of its node's label


def no_agent(cluster: Cluster) -> None:
    """As the exam begins: no node has the label."""
    kubectl("label nodes --all agent-", cluster=cluster)
    anew(cluster, "agent")


def agent_on_one(cluster: Cluster) -> None:
    """One of two nodes."""
    kubectl("label node node1 agent=yes", cluster=cluster)
    _await_agents(cluster, 1)


def agent_everywhere(cluster: Cluster) -> None:
    """All nodes."""
    kubectl("label nodes --all agent=yes", cluster=cluster)
    _await_agents(cluster, 3)


def _await_agents(cluster: Cluster, count: int) -> None:
    wait(cluster, "daemonset/agent", for_=lambda one: one.ready == count, timeout_s=60)


def agent_of_another_word(cluster: Cluster) -> None:
    """The right nodes, and another value."""
    kubectl("label nodes node1 node3 agent=true", cluster=cluster)


def agent_by_affinity(cluster: Cluster) -> None:
    """The nodes are named in the DaemonSet, and no label is needed."""
    term = {"key": "kubernetes.io/hostname", "operator": "In", "values": ["node1", "node3"]}
    rule = {"nodeSelectorTerms": [{"matchExpressions": [term]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": rule}}
    spec = {"nodeSelector": None, "affinity": affinity}
    cluster.patch("daemonset/agent", {"spec": {"template": {"spec": spec}}})
    _await_agents(cluster, 2)


def label_two_nodes(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("label nodes node1 node3 agent=yes", cluster=cluster)
    wait(cluster, "daemonset/agent", for_=lambda one: one.ready == 2, timeout_s=60)


@task(
    "agent",
    points=6,
    lesson="06",
    solve=label_two_nodes,
    wrong=(agent_on_one, agent_everywhere, agent_of_another_word),
    right=(agent_by_affinity,),
    start=no_agent,
)
def agent(cluster: Cluster) -> Verdict:
    """The DaemonSet agent has a ready Pod on node1 and on node3, and none on another node."""
    found = cluster.find("daemonset/agent")
    short = standing(found, "DaemonSet agent")
    if found is None or short:
        return not_yet(short)
    is_labelled = any("agent" in node.labels for node in cluster.nodes())
    selector = table(found, "spec", "template", "spec", "nodeSelector")
    if not is_labelled and selector == {"agent": "yes"}:
        return not_started("it has no Pod, as in the beginning")
    homes: list[str] = []
    for _ in attempts(timeout_s=STARTED_S, every_s=0.5):
        homes = sorted(str(pod.node) for pod in pods.ready(pods.of(cluster, found)))
        if homes == HOMES:
            break
    return passed_unless("" if homes == HOMES else f"it has a ready Pod on {named_in(homes)}")


def stuck_cart(cluster: Cluster) -> None:
    """As the exam begins: in the middle of an update that does not come to its end."""
    anew(cluster, "cart")
    break_cart(cluster)


def cart_of_another_mistake(cluster: Cluster) -> None:
    """Another image that nobody has."""
    kubectl("set image deployment/cart cart=registry.kubeface.internal/busybox:v9.8", cluster=cluster)


def smaller_cart(cluster: Cluster) -> None:
    """Undone, and fewer Pods."""
    kubectl("rollout undo deployment/cart", cluster=cluster)
    kubectl("scale deployment cart --replicas 2", cluster=cluster)
    wait(cluster, "deployment/cart", for_="Ready", timeout_s=60)


def paused_cart(cluster: Cluster) -> None:
    """The right image, in a rollout that is paused."""
    kubectl("rollout pause deployment/cart", cluster=cluster)
    kubectl(f"set image deployment/cart cart={IMAGE}", cluster=cluster)


def cart_set_by_hand(cluster: Cluster) -> None:
    """The image by its name, in the place of going back."""
    kubectl(f"set image deployment/cart cart={IMAGE}", cluster=cluster)
    wait(cluster, "deployment/cart", for_="Ready", timeout_s=60)


def undo_cart(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("rollout undo deployment/cart", cluster=cluster)
    wait(cluster, "deployment/cart", for_="Ready", timeout_s=60)


@task(
    "cart",
    points=7,
    lesson="12",
    solve=undo_cart,
    wrong=(cart_of_another_mistake, smaller_cart, paused_cart),
    right=(cart_set_by_hand,),
    start=stuck_cart,
)
def cart(cluster: Cluster) -> Verdict:
    """The Deployment cart has three ready Pods of its image before the last update, and no others."""
    found = cluster.find("deployment/cart")
    short = standing(found, "Deployment cart")
    if found is None or short:
        return not_yet(short)
    image = str(template_container(found, "cart").get("image"))
    is_untouched = image == NOT_THERE and found.desired == CART and not at(found, "spec", "paused")
    if is_untouched:
        return not_started("its rollout hangs, as in the beginning")
    if image != IMAGE:
        return not_yet(f"its image is {named(image).short}")
    if found.desired != CART:
        return not_yet(f"{found.desired} Pods are asked for")
    return passed_unless(unfinished(found))


def bare_stock(cluster: Cluster) -> None:
    """As in its file: without requests, and nobody scales it."""
    for scaler in cluster.list("horizontalpodautoscalers"):
        cluster.delete(scaler.ref)
    anew(cluster, "stock")


SET_ASIDE = "set resources deployment stock --requests cpu=50m,memory=32Mi --limits memory=64Mi"
SCALED = "autoscale deployment stock --min 2 --max 4 --cpu 60%"


def stock_without_a_scaler(cluster: Cluster) -> None:
    """Its Pods say what they need."""
    kubectl(SET_ASIDE, cluster=cluster)
    wait(cluster, "deployment/stock", for_="Ready", timeout_s=60)


def stock_without_requests(cluster: Cluster) -> None:
    """An autoscaler that has no percentage to reckon with."""
    kubectl(SCALED, cluster=cluster)


def stock_of_another_size(cluster: Cluster) -> None:
    """Everything, and up to five."""
    kubectl(SET_ASIDE, cluster=cluster)
    kubectl("autoscale deployment stock --min 2 --max 5 --cpu 60%", cluster=cluster)
    wait(cluster, "deployment/stock", for_="Ready", timeout_s=60)


def stock_with_a_limit_for_the_processor(cluster: Cluster) -> None:
    """The same amounts in other words, and one more limit; the autoscaler from a manifest."""
    asked = {"cpu": "0.05", "memory": "33554432"}
    resources = {"requests": asked, "limits": {"cpu": "200m", "memory": "65536Ki"}}
    container = {"name": "stock", "resources": resources}
    patch = {"spec": {"template": {"spec": {"containers": [container]}}}}
    cluster.patch("deployment/stock", patch, strategic=True)
    use = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "stock"}
    spec = {"minReplicas": 2, "maxReplicas": 4, "scaleTargetRef": target}
    spec |= {"metrics": [{"type": "Resource", "resource": use}]}
    body = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "mine"}}
    apply(cluster, [{**body, "spec": spec}])
    wait(cluster, "deployment/stock", for_="Ready", timeout_s=60)


def size_the_stock(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl(
        "set resources deployment stock --requests cpu=50m,memory=32Mi --limits memory=64Mi", cluster=cluster
    )
    kubectl("autoscale deployment stock --min 2 --max 4 --cpu 60%", cluster=cluster)
    wait(cluster, "deployment/stock", for_="Ready", timeout_s=60)


@task(
    "stock",
    points=9,
    lesson="11",
    solve=size_the_stock,
    wrong=(stock_without_a_scaler, stock_without_requests, stock_of_another_size),
    right=(stock_with_a_limit_for_the_processor,),
    start=bare_stock,
)
def stock(cluster: Cluster) -> Verdict:
    """Pods of the Deployment stock say what they need, and an autoscaler keeps 2 to 4 of them at 60 %."""
    found = cluster.find("deployment/stock")
    short = standing(found, "Deployment stock")
    if found is None or short:
        return not_yet(short)
    resources = table(template_container(found, "stock"), "resources")
    scalers = cluster.list("horizontalpodautoscalers")
    mine = [one for one in scalers if at(one, "spec", "scaleTargetRef", "name") == "stock"]
    if not resources and not mine:
        return not_started("it says nothing of what it needs")
    for side, what, wanted in _SIZES:
        said = at(resources, side, what)
        if said is None or amount(str(said)) != amount(wanted):
            return not_yet(f"of {what}, its {side} are {said or 'not said'}")
    if len(mine) != 1:
        return not_yet(f"{len(mine)} autoscalers look after it")
    return passed_unless(_scaled_otherwise(mine[0]) or unfinished(found))


_SIZES = (("requests", "cpu", "50m"), ("requests", "memory", "32Mi"), ("limits", "memory", "64Mi"))


def _scaled_otherwise(scaler: KubeObject) -> str:
    """In what an autoscaler differs from the one that is asked for."""
    spec = table(scaler, "spec")
    least, most = spec.get("minReplicas") or 1, spec.get("maxReplicas")
    if (least, most) != (2, 4):
        return f"the autoscaler keeps {least} to {most} of them"
    rules = [table(one, "resource") for one in each(spec, "metrics")]
    aims = [(one.get("name"), at(one, "target", "averageUtilization")) for one in rules]
    return "" if aims == [("cpu", 60)] else f"the autoscaler's aim is {_aims(aims)}"


def _aims(aims: list[tuple[Any, Any]]) -> str:
    return ", ".join(f"{name} at {aim} %" for name, aim in aims) or "not said"


def no_auditor(cluster: Cluster) -> None:
    """As the exam begins: nobody of that name, and no rights given."""
    for kind in ("rolebindings", "roles"):
        for one in cluster.list(kind):
            cluster.delete(one.ref)
    cluster.delete("serviceaccount/auditor")


def auditor_without_rights(cluster: Cluster) -> None:
    """A name alone."""
    kubectl("create serviceaccount auditor", cluster=cluster)


def auditor_without_logs(cluster: Cluster) -> None:
    """The Pods, and not what they write."""
    _audited(cluster, "--verb get,list --resource pods")


def auditor_of_everything(cluster: Cluster) -> None:
    """Who may edit reads Secrets."""
    kubectl("create serviceaccount auditor", cluster=cluster)
    kubectl("create rolebinding auditor --clusterrole edit --serviceaccount exam:auditor", cluster=cluster)


def auditor_that_deletes(cluster: Cluster) -> None:
    """It may delete, too."""
    _audited(cluster, "--verb get,list,delete --resource pods,pods/log")


def auditor_by_view(cluster: Cluster) -> None:
    """A ClusterRole that is there already, bound in this namespace."""
    kubectl("create serviceaccount auditor", cluster=cluster)
    kubectl("create rolebinding auditor --clusterrole view --serviceaccount exam:auditor", cluster=cluster)


def _audited(cluster: Cluster, role: str) -> None:
    kubectl("create serviceaccount auditor", cluster=cluster)
    kubectl(f"create role auditor {role}", cluster=cluster)
    kubectl("create rolebinding auditor --role auditor --serviceaccount exam:auditor", cluster=cluster)


def let_it_audit(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("create serviceaccount auditor", cluster=cluster)
    kubectl("create role auditor --verb get,list --resource pods,pods/log", cluster=cluster)
    kubectl("create rolebinding auditor --role auditor --serviceaccount exam:auditor", cluster=cluster)


@task(
    "auditor",
    points=9,
    lesson="14",
    solve=let_it_audit,
    wrong=(auditor_without_rights, auditor_without_logs, auditor_of_everything, auditor_that_deletes),
    right=(auditor_by_view,),
    start=no_auditor,
)
def auditor(cluster: Cluster) -> Verdict:
    """A ServiceAccount auditor may list Pods and read logs in exam, not change Pods or read Secrets."""
    found = cluster.find("serviceaccount/auditor")
    if found is None:
        begun = [one.ref for kind in ("roles", "rolebindings") for one in cluster.list(kind)]
        told = "there is no ServiceAccount auditor"
        return not_yet(f"{told}; there is {named_in(begun)}") if begun else not_started(told)
    missing = [_MAY[right] for right in refused(cluster, "auditor", _MAY)]
    if missing:
        return not_yet(f"auditor may not {named_in(missing)}")
    surplus = [said for verb, what, said in _MAY_NOT if may(cluster, "auditor", verb, what)]
    told = f"auditor may {named_in(surplus)}" if surplus else ending(cluster, "auditor")
    return passed_unless(standing(found, "ServiceAccount auditor") or told)


_MAY = {("list", "pods"): "list Pods", ("get", "pods"): "get a Pod", ("get", "pods/log"): "read logs"}
_MAY_NOT = (
    ("get", "secrets", "read Secrets"),
    ("list", "secrets", "list Secrets"),
    ("create", "pods", "make Pods"),
    ("patch", "pods", "change Pods"),
    ("update", "pods", "change Pods"),
    ("create", "pods/exec", "run programs in Pods"),
)
