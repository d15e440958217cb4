"""Exercises of notebook 11 about Pods that find no node, although there seems to be room."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates.parts import at, each, standing, table
from kubeface.endstates.rollout import unfinished
from kubeface.kube import Cluster, KubeObject, kubectl, wait
from kubeface.lesson.given import afresh, is_as_given
from kubeface.model.pods import requested
from kubeface.model.quantities import spelled
from kubeface.model.workloads import is_observed

GAUGE = "11-scaling-and-scheduling/gauge.yaml"
OPERA = "11-scaling-and-scheduling/opera.yaml"
WANTED = 4


def crowded_gauge(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: four Pods want the same port of three nodes."""
    afresh(cluster, GAUGE)
    wait(cluster, "deployment/gauge", for_=lambda one: one.ready == 3, timeout_s=60)


def gauge_of_three(cluster: Cluster) -> None:
    """As many as there is room for."""
    kubectl("scale deployment gauge --replicas 3", cluster=cluster)
    wait(cluster, "deployment/gauge", for_="Ready", timeout_s=60)


def gauge_of_less(cluster: Cluster) -> None:
    """Next to nothing of a processor, which was not what it lacked."""
    kubectl("set resources deployment gauge --requests cpu=1m", cluster=cluster)
    wait(cluster, "deployment/gauge", for_=lambda one: one.status.updatedReplicas == 2, timeout_s=60)


def gauge_at_another_port(cluster: Cluster) -> None:
    """Another port of the nodes, of which there are three as well."""
    _ports(cluster, [{"name": "numbers", "containerPort": 9100, "hostPort": 9200}])
    wait(cluster, "deployment/gauge", for_=_has_three_new, timeout_s=60)


def _has_three_new(one: KubeObject) -> bool:
    counts = (one.status.updatedReplicas, one.status.replicas, one.ready)
    return is_observed(one) and counts == (4, 4, 3)


def gauge_without_a_port(cluster: Cluster) -> None:
    """Which ports a container has need not be said."""
    _ports(cluster, None)
    wait(cluster, "deployment/gauge", for_="Ready", timeout_s=60)


def _ports(cluster: Cluster, ports: list[dict[str, Any]] | None) -> None:
    [container] = each(cluster.get("deployment/gauge"), "spec", "template", "spec", "containers")
    template = {"spec": {"containers": [container | {"ports": ports}]}}
    cluster.patch("deployment/gauge", {"spec": {"template": template}})


def give_the_port_back(cluster: Cluster) -> None:
    """What `solution` shows."""
    [container] = cluster.get("deployment/gauge").raw["spec"]["template"]["spec"]["containers"]
    container["ports"] = [{"name": "numbers", "containerPort": 9100}]
    cluster.patch("deployment/gauge", {"spec": {"template": {"spec": {"containers": [container]}}}})
    wait(cluster, "deployment/gauge", for_="Ready", timeout_s=60)


@exercise(
    "nb11.gauge",
    level=Level.SEVERAL,
    work=Work.FIND,
    hints=(
        "A Pod that waits for a node says why, in its condition PodScheduled.",
        "Something is there once on each node, and not only the processor can run out.",
        "A `hostPort` is a port of the node itself. Pods have addresses of their own, and seldom need one.",
    ),
    solve=give_the_port_back,
    wrong=(gauge_of_three, gauge_of_less, gauge_at_another_port),
    right=(gauge_without_a_port,),
    start=crowded_gauge,
)
def gauge(cluster: Cluster) -> Verdict:
    """The Deployment gauge has four ready Pods."""
    found = cluster.find("deployment/gauge")
    if found is None:
        return not_started("there is no Deployment gauge; the lesson's cell that applies it makes one")
    if is_as_given(cluster, found, GAUGE) and unfinished(found):
        return not_started("its fourth Pod waits, as in the beginning")
    if found.desired != WANTED:
        return not_yet(f"{found.desired} Pods are asked for")
    return passed_unless(standing(found, "Deployment gauge") or unfinished(found))


def opera_without_a_stage(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: its init container asks for more than a node has."""
    afresh(cluster, OPERA)


def opera_without_an_overture(cluster: Cluster) -> None:
    """It begins at once, and finds no tone."""
    spec = {"initContainers": None}
    cluster.patch("deployment/opera", {"spec": {"template": {"spec": spec}}})


def opera_of_less(cluster: Cluster) -> None:
    """Next to nothing for the opera itself."""
    _change(cluster, "containers", {"name": "opera", "resources": {"requests": {"cpu": "1m"}}})


def opera_with_a_smaller_overture(cluster: Cluster) -> None:
    """Smaller, and not small enough."""
    _change(cluster, "initContainers", {"name": "overture", "resources": {"requests": {"cpu": "1500m"}}})


def opera_for_nobody(cluster: Cluster) -> None:
    """A small overture, and no opera."""
    _change(cluster, "initContainers", {"name": "overture", "resources": {"requests": {"cpu": "10m"}}})
    kubectl("scale deployment opera --replicas 0", cluster=cluster)


def opera_that_asks_for_nothing(cluster: Cluster) -> None:
    """An overture that takes what is left over."""
    _change(cluster, "initContainers", {"name": "overture", "resources": {"requests": None}})
    wait(cluster, "deployment/opera", for_="Ready", timeout_s=60)


def _change(cluster: Cluster, kind: str, container: dict[str, Any]) -> None:
    """An opera with another container, as soon as its controller has seen that."""
    template = {"spec": {kind: [container]}}
    cluster.patch("deployment/opera", {"spec": {"template": template}}, strategic=True)
    wait(cluster, "deployment/opera", for_=is_observed, timeout_s=60)


def shorten_the_overture(cluster: Cluster) -> None:
    """What `solution` shows."""
    overture = {"name": "overture", "resources": {"requests": {"cpu": "10m"}}}
    template = {"spec": {"initContainers": [overture]}}
    cluster.patch("deployment/opera", {"spec": {"template": template}}, strategic=True)
    wait(cluster, "deployment/opera", for_="Ready", timeout_s=60)


def reserved_now(cluster: Cluster) -> str | None:
    """A hint for whoever has looked at one container only."""
    found = cluster.find("deployment/opera")
    if found is None:
        return None
    return f"The scheduler looks for {_asked(found)} of a processor. Add up what the containers say."


@exercise(
    "nb11.opera",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "Begin with the Pod's condition PodScheduled: of what is there too little?",
        reserved_now,
        "An init container runs before the others, on the same node, so the node needs room for it, too.",
    ),
    solve=shorten_the_overture,
    wrong=(opera_without_an_overture, opera_of_less, opera_with_a_smaller_overture, opera_for_nobody),
    right=(opera_that_asks_for_nothing,),
    start=opera_without_a_stage,
)
def opera(cluster: Cluster) -> Verdict:
    """The Deployment opera is ready, and its overture was played before."""
    found = cluster.find("deployment/opera")
    if found is None:
        return not_started("there is no Deployment opera; the lesson's cell that applies it makes one")
    if is_as_given(cluster, found, OPERA):
        return not_started("its Pod waits for a node, as in the beginning")
    played = [one.get("name") for one in each(found, "spec", "template", "spec", "initContainers")]
    if "overture" not in played:
        return not_yet("nobody plays the overture: it has no init container of that name")
    short = standing(found, "Deployment opera") or unfinished(found)
    return passed_unless(f"a Pod of it asks for {_asked(found)} of a processor: {short}" if short else "")


def _asked(deployment: KubeObject) -> str:
    """How much of a processor the scheduler looks for."""
    asked = requested({"spec": table(at(deployment, "spec", "template"), "spec")}, "cpu")
    return spelled("cpu", asked) if asked else "nothing"
