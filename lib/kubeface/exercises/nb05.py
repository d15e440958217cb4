"""Notebook 05: Services and DNS."""

from dataclasses import replace
from typing import Any

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.kube import Cluster, KubeObject, apply, kubectl, load
from kubeface.lesson import PIPELINE, Plan
from kubeface.pipeline.deploy import manifests_folder

NEXT_DOOR = "next-door"
FRONTEND = "frontend.face.svc.cluster.local"
LOOKUP_PORT = 30461
NAME = "app.kubernetes.io/name"

PLAN = Plan(
    "05",
    "Services and DNS",
    objectives=(
        "give changing Pods one address and one name that stay",
        "say which Pods a Service sends to, and find out why it sends to none",
        "choose among ClusterIP, headless, NodePort, LoadBalancer and ExternalName",
        "read one field of an object with jsonpath",
    ),
    needs="notebook 02, or an idea of what a Pod and a label are",
    state=replace(PIPELINE, namespaces=(NEXT_DOOR,)),
    nodes=2,
)

question(
    "nb05.address",
    "The receiver's Pod is about to be replaced. Whose address changes?",
    choice=("the Pod's", "the Service's", "both", "neither"),
    expect="the Pod's",
    because="A new Pod gets a new address. The Service keeps its own for as long as the Service exists.",
)
question(
    "nb05.next-door",
    "A Pod in another namespace asks for the name mysql. What is it told?",
    choice=("the address of our MySQL", "that there is no such name", "that it is not allowed to"),
    expect="that there is no such name",
    because="A short name is completed with the namespace of whoever asks; mysql.face says which is meant.",
)
question(
    "nb05.headless",
    "A headless Service selects the Pods of nsqd, one on each node. How many addresses does its name have?",
    number=range(0, 7),
    expect=3,
    because="Without an address of its own, the name stands for each ready Pod; here, one a node.",
)
question(
    "nb05.nodeport",
    "The receiver has one Pod, on one node. At how many nodes does the port 30800 answer?",
    number=range(0, 7),
    expect=3,
    because="kube-proxy opens it on every node and forwards to the Pod, wherever that is.",
)


def lost_service(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: it selects nobody."""
    _from_file(cluster, "lost")


def select_the_frontend(cluster: Cluster) -> None:
    """Pods that exist, but are not the receiver's."""
    kubectl("set selector service lost app.kubernetes.io/name=frontend", cluster=cluster)


def another_port(cluster: Cluster) -> None:
    """The right Pods, and a port at which they do not listen."""
    kubectl("set selector service lost app.kubernetes.io/name=receiver", cluster=cluster)
    cluster.patch("service/lost", {"spec": {"ports": [{"name": "http", "port": 8000, "targetPort": 9000}]}})


def select_the_receiver(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("set selector service lost app.kubernetes.io/name=receiver", cluster=cluster)


def what_it_selects(cluster: Cluster) -> str | None:
    """A hint that names the selector and the labels."""
    lost = cluster.find("service/lost")
    wanted = lost.raw["spec"].get("selector") or {} if lost else {}
    return f"It looks for the label {NAME}={wanted.get(NAME)}. Which label have the Pods?" if lost else None


@exercise(
    "nb05.lost",
    hints=(
        "A Service finds its Pods by their labels: compare its selector with them.",
        what_it_selects,
        "`kubectl set selector --help`, or `kubectl edit service lost` in a terminal.",
    ),
    solve=select_the_receiver,
    wrong=(select_the_frontend, another_port),
    start=lost_service,
)
def lost(cluster: Cluster) -> Verdict:
    """The Service lost sends requests at its port 8000 to the receiver."""
    found = cluster.find("service/lost")
    if found is None:
        return not_started("there is no Service lost; the lesson's cell that applies it makes one")
    selector = found.raw["spec"].get("selector") or {}
    if selector.get(NAME) == "reciever":
        return not_started("its selector is still the misspelt one")
    return _leads_to(cluster, found, "receiver", port=8000, target="http", number=8000)


def no_lookup(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete("service/lookup")


def lookup_within(cluster: Cluster) -> None:
    """The right Pods and port, for the cluster alone."""
    kubectl("expose deployment nsqlookupd --name lookup --port 4161 --target-port http", cluster=cluster)


def lookup_at_the_wrong_door(cluster: Cluster) -> None:
    """Open on every node, and it leads to the other of the two ports."""
    _lookup(cluster, target="tcp")


def open_lookup(cluster: Cluster) -> None:
    """What `solution` shows."""
    port = {"name": "http", "port": 4161, "targetPort": "http", "nodePort": 30461}
    spec = {"type": "NodePort", "selector": {"app.kubernetes.io/name": "nsqlookupd"}, "ports": [port]}
    apply(cluster, [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "lookup"}, "spec": spec}])


@exercise(
    "nb05.lookup",
    hints=(
        "manifests/receiver/service.yaml is a Service of that type; its selector and its ports differ.",
        "nsqlookupd listens at two ports, `tcp` and `http`; `targetPort` may name one of them.",
    ),
    solve=open_lookup,
    wrong=(lookup_within, lookup_at_the_wrong_door),
    start=no_lookup,
)
def lookup(cluster: Cluster) -> Verdict:
    """A Service lookup opens the port 30461 on every node, and leads to the HTTP port of nsqlookupd."""
    found = cluster.find("service/lookup")
    if found is None:
        return not_started("there is no Service lookup")
    if found.spec.type != "NodePort":
        return not_yet(f"its type is {found.spec.type}, which opens no port on a node")
    doors = [port.nodePort for port in found.spec.ports]
    if LOOKUP_PORT not in doors:
        return not_yet(f"it opens {', '.join(map(str, doors))}")
    at = found.spec.ports[doors.index(LOOKUP_PORT)].port
    return _leads_to(cluster, found, "nsqlookupd", port=at, target="http", number=4161)


def no_alias(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    for space in ("face", NEXT_DOOR):
        cluster.delete("service/gallery", namespace=space)


def short_alias(cluster: Cluster) -> None:
    """A name that means something in face only."""
    kubectl(
        "create service externalname gallery --external-name frontend --namespace next-door", cluster=cluster
    )


def alias_at_home(cluster: Cluster) -> None:
    """The right name in the wrong namespace."""
    kubectl(f"create service externalname gallery --external-name {FRONTEND}", cluster=cluster)


def alias_next_door(cluster: Cluster) -> None:
    """What `solution` shows."""
    line = "create service externalname gallery --external-name frontend.face.svc.cluster.local"
    kubectl(f"{line} --namespace next-door", cluster=cluster)


@exercise(
    "nb05.gallery",
    hints=(
        "Which of the five types gives another name to something that has a name already?",
        "`kubectl create service externalname --help`; do not forget the namespace.",
        "An alias is taken as it is written: nobody adds the rest of a short name to it.",
    ),
    solve=alias_next_door,
    wrong=(short_alias, alias_at_home),
    start=no_alias,
)
def gallery(cluster: Cluster) -> Verdict:
    """In next-door, the name gallery is an alias of the frontend in face."""
    found = cluster.find("service/gallery", namespace=NEXT_DOOR)
    if found is None:
        at_home = cluster.find("service/gallery")
        return (
            not_yet("the Service gallery is in face")
            if at_home
            else not_started("there is no Service gallery")
        )
    if found.spec.type != "ExternalName":
        return not_yet(f"its type is {found.spec.type}")
    name = str(found.spec.externalName).rstrip(".")
    return passed() if name == FRONTEND else not_yet(f"it is an alias of {name}")


def _leads_to(
    cluster: Cluster, service: KubeObject, part: str, *, port: int, target: str, number: int
) -> Verdict:
    """Whether a port of a Service leads to a port of a part of the pipeline."""
    selector = service.raw["spec"].get("selector") or {}
    pods = cluster.list("pods", labels=selector) if selector else []
    parts = sorted({pod.labels.get(NAME, "") for pod in pods})
    if parts != [part]:
        return not_yet(f"its selector finds the Pods of: {', '.join(parts) or 'nobody'}")
    targets = [one.get("targetPort") for one in service.raw["spec"]["ports"] if one["port"] == port]
    if targets and targets[0] in (target, number):
        return passed()
    return not_yet(f"its port {port} leads to the port {targets[0]}" if targets else f"it has no port {port}")


def _lookup(cluster: Cluster, *, target: str) -> None:
    port = {"name": "http", "port": 4161, "targetPort": target, "nodePort": LOOKUP_PORT}
    spec: dict[str, Any] = {"type": "NodePort", "selector": {NAME: "nsqlookupd"}, "ports": [port]}
    apply(cluster, [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "lookup"}, "spec": spec}])


def _from_file(cluster: Cluster, name: str) -> None:
    cluster.delete(f"service/{name}")
    apply(cluster, load(manifests_folder() / "lessons" / "05-services-and-dns" / f"{name}.yaml"))
