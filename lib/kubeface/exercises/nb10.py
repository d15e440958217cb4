"""Notebook 10: the whole pipeline."""

from typing import Any

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.kube import Cluster, KubeObject, kubectl
from kubeface.lesson import PIPELINE, Plan

PLAN = Plan(
    "10",
    "The whole pipeline",
    objectives=(
        "open the gallery, and follow photos into it as they change",
        "choose between NodePort, LoadBalancer and Ingress, and say who has to act for each",
        "find out why a Service with healthy Pods does not answer",
    ),
    needs="Services (notebook 05), the consumer (notebook 09)",
    state=PIPELINE,
)

question(
    "nb10.balancer",
    "A Service of type LoadBalancer is made on this cluster. Which address does it get for the outside?",
    choice=("that of a node", "a new one", "none"),
    expect="none",
    because="The address comes from a program of the cloud's, or of a load balancer's. None runs here.",
)
question(
    "nb10.ingress",
    "An Ingress is applied, and no Ingress controller runs. What does the API server do?",
    choice=("refuse it", "take it, and nothing happens", "open port 80 on every node"),
    expect="take it, and nothing happens",
    because="It keeps a wish. Who fulfils it is a controller, which reads Ingresses and moves the traffic.",
)
question(
    "nb10.selector",
    "The frontend's Service selects name=front now. The Pod is healthy. What does a visitor get?",
    choice=("the page", "a refused connection", "the page of another Pod"),
    expect="a refused connection",
    because="No Pod has that label, so the Service has no endpoint, and its port refuses.",
)

FRONTEND = "app.kubernetes.io/name=frontend"


def no_second_door(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete("service/gallery")


def a_door_inside(cluster: Cluster) -> None:
    """A Service that only Pods can reach."""
    kubectl("expose deployment frontend --name gallery --port 8081 --target-port http", cluster=cluster)


def a_door_to_nowhere(cluster: Cluster) -> None:
    """The right port, and the labels that kubectl makes up by itself."""
    kubectl("create service nodeport gallery --tcp 8081:8081 --node-port 30811", cluster=cluster)


def open_a_second_door(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("create service nodeport gallery --tcp 8081:8081 --node-port 30811", cluster=cluster)
    kubectl("set selector service gallery app.kubernetes.io/name=frontend", cluster=cluster)


@exercise(
    "nb10.door",
    hints=(
        "The Service `frontend` shows how it is done: `kubectl get service frontend --output yaml`.",
        "`kubectl create service nodeport --help`; then look at what the new Service selects.",
    ),
    solve=open_a_second_door,
    wrong=(a_door_inside, a_door_to_nowhere),
    start=no_second_door,
)
def a_second_door(cluster: Cluster) -> Verdict:
    """A Service gallery opens the frontend on port 30811 of every node."""
    found = cluster.find("service/gallery")
    if found is None:
        return not_started("there is no Service gallery")
    if found.spec.type != "NodePort":
        return not_yet(f"its type is {found.spec.type}: that opens no port of a node")
    opened = [port for port in found.spec.ports if port.nodePort == 30811]
    if not opened:
        return not_yet(f"it opens {', '.join(str(port.nodePort) for port in found.spec.ports)}")
    if opened[0].targetPort not in (8081, "http"):
        return not_yet(f"it leads to port {opened[0].targetPort}; the frontend listens on 8081, named http")
    if _ready_behind(cluster, found) != {"frontend"}:
        return not_yet("the ready Pods that it selects are not those of the frontend")
    return passed()


def _ready_behind(cluster: Cluster, service: KubeObject) -> set[str]:
    """The names that the ready Pods behind a Service have by their label."""
    selector = service.raw["spec"].get("selector")
    pods = cluster.list("pods", labels=selector) if selector else []
    return {pod.labels.get("app.kubernetes.io/name", "") for pod in pods if pod.is_ready}


def no_rule(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete("ingress/api")


def for_any_host(cluster: Cluster) -> None:
    """A rule without a host."""
    kubectl('create ingress api --rule "/image*=receiver:8000"', cluster=cluster)


def to_the_frontend(cluster: Cluster) -> None:
    """The right host and path, and the wrong Service."""
    kubectl('create ingress api --rule "photos.example/image*=frontend:8081"', cluster=cluster)


def send_photos_to_the_receiver(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl('create ingress api --rule "photos.example/image*=receiver:8000"', cluster=cluster)


@exercise(
    "nb10.rule",
    hints=(
        "`kubectl create ingress --help` shows how a rule is written, in one word.",
        "A path that ends in * stands for all paths that begin so: `pathType: Prefix`.",
    ),
    solve=send_photos_to_the_receiver,
    wrong=(for_any_host, to_the_frontend),
    start=no_rule,
)
def photos_to_the_receiver(cluster: Cluster) -> Verdict:
    """An Ingress api sends the paths below /image of the host photos.example to the receiver."""
    found = cluster.find("ingress/api")
    if found is None:
        return not_started("there is no Ingress api")
    rules: list[dict[str, Any]] = found.raw["spec"].get("rules") or []
    ours = [rule for rule in rules if rule.get("host") == "photos.example"]
    if not ours:
        hosts = ", ".join(str(rule.get("host", "any host")) for rule in rules)
        return not_yet(f"it has no rule for photos.example, only for {hosts or 'nothing'}")
    paths = {path["path"]: path for path in ours[0]["http"]["paths"]}
    if "/image" not in paths or paths["/image"]["pathType"] != "Prefix":
        return not_yet(f"its paths are {', '.join(paths)}; all below /image are meant")
    service = paths["/image"]["backend"].get("service") or {}
    told = service.get("port") or {}
    port = told.get("number") or told.get("name")
    if service.get("name") != "receiver" or port not in (8000, "http"):
        return not_yet(f"it sends them to {service.get('name')}, port {port}")
    return passed()
