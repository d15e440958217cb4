"""Notebook 10: the whole pipeline."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, passed_unless, question
from kubeface.endstates import rules
from kubeface.endstates.parts import standing
from kubeface.endstates.services import FRONTEND, RECEIVER, closed, elsewhere
from kubeface.kube import Cluster, KubeObject, apply, kubectl
from kubeface.lesson import PIPELINE, Plan

PLAN = Plan(
    "10",
    "The whole pipeline",
    objectives=(
        "open the gallery, and follow photos into it as they change",
        "choose between NodePort, LoadBalancer and Ingress, and say who has to act for each",
        "find a mistake on the way of a request, from the Service to the Pod",
    ),
    needs="Services (notebook 05), the consumer (notebook 09)",
    state=PIPELINE,
    parts=("frontend",),
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
    because="It stores the object. A controller reads Ingresses and moves the traffic, "
    "and here there is none.",
)
question(
    "nb10.selector",
    "The frontend's Service selects name=front now. The Pod is healthy. What does a visitor get?",
    choice=("the page", "a refused connection", "the page of another Pod"),
    expect="a refused connection",
    because="No Pod has that label, so the Service has no endpoint, and its port refuses.",
)

HOST = "photos.example"


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


def a_door_of_one_node(cluster: Cluster) -> None:
    """Open on every node, and only the node of the frontend answers."""
    _gallery(cluster, {"type": "NodePort", "externalTrafficPolicy": "Local"})


def a_door_to_the_receiver(cluster: Cluster) -> None:
    """The right door, and somebody else behind it."""
    _gallery(cluster, {"type": "NodePort", "selector": {"app.kubernetes.io/name": "receiver"}})


def a_balanced_door(cluster: Cluster) -> None:
    """A LoadBalancer that nobody serves opens its port of the nodes all the same."""
    _gallery(cluster, {"type": "LoadBalancer"})


def a_door_by_other_labels(cluster: Cluster) -> None:
    """Another port inside, another label of the same Pods, the port by its number."""
    port = {"port": 80, "targetPort": 8081, "nodePort": 30811}
    selector = {"app.kubernetes.io/component": "web"}
    _gallery(cluster, {"type": "NodePort", "selector": selector, "ports": [port]})


def _gallery(cluster: Cluster, spec: dict[str, Any]) -> None:
    port = {"port": 8081, "targetPort": "http", "nodePort": 30811}
    whole = {"selector": {"app.kubernetes.io/name": "frontend"}, "ports": [port]} | spec
    cluster.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "gallery"}, "spec": whole})


@exercise(
    "nb10.door",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "The Service `frontend` shows how it is done: `kubectl get service frontend --output yaml`.",
        "`kubectl create service nodeport --help`; then look at what the new Service selects.",
    ),
    solve=open_a_second_door,
    wrong=(a_door_inside, a_door_to_nowhere, a_door_of_one_node, a_door_to_the_receiver),
    right=(a_balanced_door, a_door_by_other_labels),
    start=no_second_door,
)
def a_second_door(cluster: Cluster) -> Verdict:
    """A Service gallery opens the frontend on port 30811 of every node."""
    found = cluster.find("service/gallery")
    if found is None:
        return not_started("there is no Service gallery")
    return passed_unless(standing(found, "Service gallery") or closed(cluster, found, FRONTEND, number=30811))


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


def a_rule_of_nothing(cluster: Cluster) -> None:
    """The host, and no paths below it: all goes to the default."""
    backend = {"service": {"name": "frontend", "port": {"number": 8081}}}
    _api(cluster, {"rules": [{"host": HOST}], "defaultBackend": backend})


def a_path_that_goes_elsewhere(cluster: Cluster) -> None:
    """All below /image, but what is posted there."""
    both = '--rule "photos.example/image*=receiver:8000" --rule "photos.example/image/post*=frontend:8081"'
    kubectl(f"create ingress api {both}", cluster=cluster)


def the_path_alone(cluster: Cluster) -> None:
    """Exactly /image, and nothing below it."""
    kubectl('create ingress api --rule "photos.example/image=receiver:8000"', cluster=cluster)


def two_rules_of_the_host(cluster: Cluster) -> None:
    """One for the page, another one for what is posted."""
    page, post = _path("/", "frontend", 8081), _path("/image", "receiver", "http")
    rules = [{"host": HOST, "http": {"paths": [one]}} for one in (page, post)]
    _api(cluster, {"rules": rules})


def once_more_exactly(cluster: Cluster) -> None:
    """All below /image, and /image itself once more."""
    paths = [_path("/image/", "receiver", 8000), _path("/image", "receiver", 8000, "Exact")]
    _api(cluster, {"rules": [{"host": HOST, "http": {"paths": paths}}]})


def _path(path: str, service: str, port: int | str, kind: str = "Prefix") -> dict[str, Any]:
    told = {"number": port} if isinstance(port, int) else {"name": port}
    return {"path": path, "pathType": kind, "backend": {"service": {"name": service, "port": told}}}


def _api(cluster: Cluster, spec: dict[str, Any]) -> None:
    meta = {"name": "api"}
    apply(
        cluster, [{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta, "spec": spec}]
    )


@exercise(
    "nb10.rule",
    level=Level.SEVERAL,
    work=Work.ACT,
    hints=(
        "`kubectl create ingress --help` shows how a rule is written, in one word.",
        "A path that ends in * stands for all paths that begin so: `pathType: Prefix`.",
    ),
    solve=send_photos_to_the_receiver,
    wrong=(for_any_host, to_the_frontend, a_rule_of_nothing, a_path_that_goes_elsewhere, the_path_alone),
    right=(two_rules_of_the_host, once_more_exactly),
    start=no_rule,
)
def photos_to_the_receiver(cluster: Cluster) -> Verdict:
    """An Ingress api sends the paths below /image of the host photos.example to the receiver."""
    found = cluster.find("ingress/api")
    if found is None:
        return not_started("there is no Ingress api")
    return passed_unless(
        standing(found, "Ingress api") or _sends_too_little(cluster, found) or _sends_too_much(cluster, found)
    )


def _sends_too_little(cluster: Cluster, ingress: KubeObject) -> str:
    """Which path below /image of the host does not go to the receiver."""
    if HOST not in [host.lower() for host in rules.hosts_of(ingress)]:
        hosts = ", ".join(rules.hosts_of(ingress))
        return f"it has no rule for {HOST}, only for {hosts or 'nothing'}"
    named = rules.paths_of(ingress, HOST)
    below = [path for path in named if path.startswith("/image/")]
    for path in ("/image", "/image/post", *below, *(f"{one.rstrip('/')}/x" for one in below)):
        way = rules.way(ingress, HOST, path)
        if way is None or not way.backend:
            return f"it sends {path} to nobody; its paths are {', '.join(named) or 'none'}"
        if not way.is_sure:
            return f"what its path for {path} stands for is left to the controller: its type says neither"
        other = elsewhere(cluster, way, RECEIVER)
        if other:
            by = "" if rules.paths_of(ingress, HOST) else "it has no paths for the host, so "
            return f"{by}it sends {path} to {way.service or 'no Service'}, port {way.port}{other}"
    return ""


def _sends_too_much(cluster: Cluster, ingress: KubeObject) -> str:
    """What else it sends to the receiver."""
    for host, path in ((HOST, "/"), (HOST, "/imagery"), ("else.example", "/image/post")):
        way = rules.way(ingress, host, path)
        if way and way.backend and not elsewhere(cluster, way, RECEIVER):
            return f"it sends {path} of the host {host} to the receiver, too"
    return ""
