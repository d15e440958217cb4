"""Exercises of notebook 06 about DaemonSets for every node: two that meet there, and one that stays."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import each, named_in, standing, table
from kubeface.endstates.placing import as_daemon, is_meant, ordinary, patience_s, refused_by, tolerates
from kubeface.endstates.rollout import unfinished
from kubeface.endstates.settings import template_container
from kubeface.kube import Cluster, KubeObject, apply, wait
from kubeface.lesson.given import given

PRACTICE = "practice"
BOTH = ("meter", "gauge")
HOSTNAME = "kubernetes.io/hostname"


def gauge_without_a_node(cluster: Cluster) -> None:
    """As the exercise's cell leaves it: one of the two waits on every node."""
    cluster.delete("daemonset/gauge", namespace=PRACTICE)
    wait(cluster, "daemonset/gauge", for_="deleted", timeout_s=60, namespace=PRACTICE)
    meter, gauge = _manifests()
    apply(cluster, [meter], namespace=PRACTICE)
    wait(cluster, "daemonset/meter", for_="Ready", timeout_s=90, namespace=PRACTICE)
    apply(cluster, [gauge], namespace=PRACTICE)
    for pod in cluster.list("pods", labels={"app.kubernetes.io/name": "gauge"}, namespace=PRACTICE):
        if pod.is_terminating:
            wait(cluster, pod.ref, for_="deleted", timeout_s=60, namespace=PRACTICE)
    wait(cluster, "daemonset/gauge", for_=_is_made, timeout_s=60, namespace=PRACTICE)


def _is_made(daemons: KubeObject) -> bool:
    return bool(daemons.desired and not daemons.ready)


def _manifests() -> list[dict[str, Any]]:
    return given("06-daemonsets-and-node-labels/gauge.yaml")


def another_port_of_the_node(cluster: Cluster) -> None:
    """What `solution` shows."""
    container = {"name": "gauge", "ports": [{"containerPort": 8080, "hostPort": 9101}]}
    template = {"spec": {"containers": [container]}}
    cluster.patch("daemonset/gauge", {"spec": {"template": template}}, namespace="practice", strategic=True)
    wait(cluster, "daemonset/gauge", for_="Ready", timeout_s=90, namespace="practice")


def no_meter(cluster: Cluster) -> None:
    """Who was first has to go."""
    cluster.delete("daemonset/meter", namespace=PRACTICE)
    wait(cluster, "daemonset/meter", for_="deleted", timeout_s=60, namespace=PRACTICE)


def no_gauge(cluster: Cluster) -> None:
    """Who came second is given up."""
    cluster.delete("daemonset/gauge", namespace=PRACTICE)
    wait(cluster, "daemonset/gauge", for_="deleted", timeout_s=60, namespace=PRACTICE)


def gauge_of_no_image(cluster: Cluster) -> None:
    """Another port, and an image that is not there."""
    spec = {"containers": [_ported(9101) | {"image": "registry.kubeface.internal/busybox:v0"}]}
    cluster.patch("daemonset/gauge", {"spec": {"template": {"spec": spec}}}, namespace=PRACTICE)


def _is_on_one(daemons: KubeObject) -> bool:
    return bool(daemons.desired == 1 and not unfinished(daemons))


def gauge_on_one_node(cluster: Cluster) -> None:
    """Another port, and one node only."""
    spec = {"containers": [_ported(9101)], "nodeSelector": {HOSTNAME: cluster.nodes()[0].name}}
    cluster.patch("daemonset/gauge", {"spec": {"template": {"spec": spec}}}, namespace=PRACTICE)
    wait(cluster, "daemonset/gauge", for_=_is_on_one, timeout_s=60, namespace=PRACTICE)


def gauge_without_a_port_of_the_node(cluster: Cluster) -> None:
    """Whoever wants the numbers asks the Pod."""
    spec = {"containers": [_ported(None)]}
    cluster.patch("daemonset/gauge", {"spec": {"template": {"spec": spec}}}, namespace=PRACTICE)
    wait(cluster, "daemonset/gauge", for_="Ready", timeout_s=90, namespace=PRACTICE)


def _ported(number: int | None) -> dict[str, Any]:
    """The container of gauge, at another port of the node."""
    container: dict[str, Any] = _manifests()[1]["spec"]["template"]["spec"]["containers"][0]
    return container | {"ports": [{"containerPort": 8080, **({"hostPort": number} if number else {})}]}


@exercise(
    "nb06.gauge",
    level=Level.SEVERAL,
    work=Work.FIND,
    hints=(
        "The Pods of gauge are Pending. The scheduler says of each why: `kubectl describe`, in practice.",
        "What do the two ask of a node that it can give only once? Compare their templates.",
        "`kubectl explain daemonset.spec.template.spec.containers.ports` says what each field of a port is.",
    ),
    solve=another_port_of_the_node,
    wrong=(no_meter, no_gauge, gauge_of_no_image, gauge_on_one_node),
    right=(gauge_without_a_port_of_the_node,),
    start=gauge_without_a_node,
)
def gauge(cluster: Cluster) -> Verdict:
    """The DaemonSets meter and gauge of practice have a ready Pod each on every node that takes them."""
    found = {name: cluster.find(f"daemonset/{name}", namespace=PRACTICE) for name in BOTH}
    if not any(found.values()):
        return not_started("there is neither of them; the exercise's cell makes them")
    for name, daemons in found.items():
        short = standing(daemons, f"DaemonSet {name}")
        if short:
            return not_yet(short)
    lacking = {name: _nodes_without(cluster, daemons) for name, daemons in found.items() if daemons}
    if _waits_everywhere(cluster, found["gauge"]):
        return not_started("gauge is ready on no node, as in the beginning")
    told = [f"{name} has no ready Pod on {named_in(where)}" for name, where in lacking.items() if where]
    return passed_unless("; ".join(told) or next(filter(None, map(_not_rolled_out, found.values())), ""))


def _waits_everywhere(cluster: Cluster, gauge: KubeObject | None) -> bool:
    """Whether gauge still asks for the port of the beginning, and has it nowhere."""
    return gauge is not None and _ports(gauge) == [9100] and not pods.ready(pods.of(cluster, gauge))


def _nodes_without(cluster: Cluster, daemons: KubeObject) -> list[str]:
    """The nodes on which a DaemonSet has no ready Pod, though no taint keeps it from there."""
    homes = {pod.node for pod in pods.ready(pods.of(cluster, daemons))}
    spec = as_daemon(table(daemons, "spec", "template", "spec"))
    takers = [node for node in ordinary(cluster) if refused_by(spec, node) is None]
    return [node.name for node in takers if node.name not in homes]


def _not_rolled_out(daemons: KubeObject | None) -> str:
    return unfinished(daemons) if daemons else ""


def _ports(daemons: KubeObject | None) -> list[Any]:
    return [one.get("hostPort") for one in each(template_container(daemons), "ports")]


def no_warden(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete("daemonset/warden", namespace=PRACTICE)
    wait(cluster, "daemonset/warden", for_="deleted", timeout_s=60, namespace=PRACTICE)


def stay_everywhere(cluster: Cluster) -> None:
    """What `solution` shows."""
    image = "registry.kubeface.internal/busybox:v1.0"
    container = {"name": "warden", "image": image, "command": ["sleep", "infinity"]}
    labels = {"app": "warden"}
    spec = {
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {"containers": [container], "tolerations": [{"operator": "Exists"}]},
        },
    }
    warden = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "warden"}, "spec": spec}
    apply(cluster, [warden], namespace="practice")
    wait(cluster, "daemonset/warden", for_="Ready", timeout_s=90, namespace="practice")


def warden_that_leaves(cluster: Cluster) -> None:
    """It tolerates nothing of its own accord."""
    _warden(cluster)


def warden_of_one_taint(cluster: Cluster) -> None:
    """That of this lesson."""
    _warden(cluster, {"key": "mission-critical", "operator": "Exists"})


def warden_of_one_effect(cluster: Cluster) -> None:
    """It comes to every node, and may have to go."""
    _warden(cluster, {"operator": "Exists", "effect": "NoSchedule"})


def warden_for_a_while(cluster: Cluster) -> None:
    """It stays for a minute."""
    everything = {"operator": "Exists"}
    _warden(
        cluster,
        everything | {"effect": "NoSchedule"},
        everything | {"effect": "NoExecute", "tolerationSeconds": 60},
    )


def warden_of_some_nodes(cluster: Cluster) -> None:
    """Whatever the taint, on one node."""
    _warden(cluster, {"operator": "Exists"}, nodeSelector={HOSTNAME: cluster.nodes()[0].name})


def warden_by_effects(cluster: Cluster) -> None:
    """Two tolerations, an effect each."""
    _warden(cluster, *({"operator": "Exists", "effect": effect} for effect in ("NoExecute", "NoSchedule")))


def _warden(cluster: Cluster, *tolerations: dict[str, Any], **more: Any) -> None:
    image, labels = "registry.kubeface.internal/busybox:v1.0", {"app.kubernetes.io/name": "warden"}
    container = {"name": "warden", "image": image, "command": ["sleep", "infinity"]}
    spec = {
        "containers": [container],
        "terminationGracePeriodSeconds": 1,
        "tolerations": list(tolerations),
        **more,
    }
    whole = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}}
    body = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "warden"}, "spec": whole}
    apply(cluster, [body], namespace=PRACTICE)
    wait(cluster, "daemonset/warden", for_="Ready", timeout_s=90, namespace=PRACTICE)


@exercise(
    "nb06.warden",
    level=Level.ALONE,
    work=Work.WRITE,
    hints=(
        "logger.yaml in this lesson's folder is a DaemonSet to begin with. What keeps it from some nodes?",
        "`kubectl explain pod.spec.tolerations` says what one without a key or an effect matches.",
    ),
    solve=stay_everywhere,
    wrong=(
        warden_that_leaves,
        warden_of_one_effect,
        warden_of_one_taint,
        warden_for_a_while,
        warden_of_some_nodes,
    ),
    right=(warden_by_effects,),
    start=no_warden,
)
def warden(cluster: Cluster) -> Verdict:
    """A DaemonSet warden in practice is ready on every node, and no taint would keep it off or end it."""
    found = cluster.find("daemonset/warden", namespace=PRACTICE)
    if found is None:
        return not_started("there is no DaemonSet warden in practice")
    spec = as_daemon(table(found, "spec", "template", "spec"))
    others = [node.name for node in ordinary(cluster) if not is_meant(spec, node)]
    short = standing(found, "DaemonSet warden") or (
        f"it is not meant for {named_in(others)}" if others else ""
    )
    lacking = _nodes_without(cluster, found)
    missing = f"it has no ready Pod on {named_in(lacking)}" if lacking else unfinished(found)
    return passed_unless(short or _sent_away(each(spec, "tolerations")) or missing)


def _sent_away(tolerations: list[dict[str, Any]]) -> str:
    """Which taint would keep Pods with these tolerations off a node, or end them there."""
    for key in ("mission-critical", "under-repair"):
        for effect in ("NoSchedule", "NoExecute"):
            taint = {"key": key, "value": "yes", "effect": effect}
            if not any(tolerates(one, taint) for one in tolerations):
                return f"a node with the taint {key}=yes:{effect} would not have it"
            if effect == "NoExecute" and patience_s(tolerations, taint) != float("inf"):
                return (
                    f"the taint {key}=yes:{effect} would end it after {patience_s(tolerations, taint):.0f} s"
                )
    return ""
