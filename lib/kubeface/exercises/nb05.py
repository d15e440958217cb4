"""Notebook 05: Services and DNS."""

from dataclasses import replace
from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless, question
from kubeface.endstates import pods
from kubeface.endstates.parts import at, standing, table
from kubeface.endstates.services import LOOKUP, RECEIVER, astray, closed
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.lesson import PIPELINE, Plan
from kubeface.lesson.given import given

NEXT_DOOR = "next-door"
FRONTEND = "frontend.face.svc.cluster.local"
LOOKUP_PORT = 30461
NAME = "app.kubernetes.io/name"

PLAN = Plan(
    "05",
    "Services and DNS",
    objectives=(
        "give the Pods of a part one address and one name",
        "say which Pods a Service sends to, and find out why it sends to none",
        "choose among ClusterIP, headless, NodePort, LoadBalancer and ExternalName",
        "read one field of an object with jsonpath",
    ),
    needs="notebook 02, or an idea of what a Pod and a label are",
    state=replace(PIPELINE, namespaces=(NEXT_DOOR,)),
    nodes=2,
    parts=("receiver", "frontend", "nsqd"),
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
    "The receiver has one Pod, on one node. On how many nodes does the port 30800 answer?",
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
    wanted = table(lost, "spec", "selector")
    return f"It looks for the label {NAME}={wanted.get(NAME)}. Which label have the Pods?" if lost else None


def over_udp(cluster: Cluster) -> None:
    """The right Pods, by another protocol."""
    port = {"name": "http", "port": 8000, "targetPort": 8000, "protocol": "UDP"}
    spec = {"selector": {NAME: "receiver"}, "ports": [port]}
    _made_anew(cluster, {"metadata": {"name": "lost"}, "spec": spec})


def everybody(cluster: Cluster) -> None:
    """All parts of the application, the receiver among them."""
    selector = {NAME: None, "app.kubernetes.io/part-of": "face-pipeline"}
    cluster.patch("service/lost", {"spec": {"selector": selector}})


def another_name_for_it(cluster: Cluster) -> None:
    """An alias of the Service that finds it."""
    spec = {"type": "ExternalName", "externalName": "receiver.face.svc.cluster.local"}
    _made_anew(cluster, {"metadata": {"name": "lost"}, "spec": spec})


def a_receiver_with_that_label(cluster: Cluster) -> None:
    """The label of the Pod is bent to the selector, in the place of the other way round."""
    pod = cluster.list("pods", labels={NAME: "receiver"})[0]
    cluster.patch(pod.ref, {"metadata": {"labels": {NAME: "reciever"}}})
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=120)


def without_an_address(cluster: Cluster) -> None:
    """Headless, by another label of the Pods: who asks is told their own addresses."""
    selector = {"app.kubernetes.io/component": "api"}
    spec = {"clusterIP": "None", "selector": selector, "ports": [{"port": 8000}]}
    _made_anew(cluster, {"metadata": {"name": "lost"}, "spec": spec})


def _made_anew(cluster: Cluster, body: dict[str, Any]) -> None:
    """A Service in the place of one of that name."""
    cluster.delete(f"service/{body['metadata']['name']}")
    cluster.create({"apiVersion": "v1", "kind": "Service"} | body)


@exercise(
    "nb05.lost",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "A Service finds its Pods by their labels: compare its selector with them.",
        what_it_selects,
        "`kubectl set selector --help`, or `kubectl edit service lost` in a terminal.",
    ),
    solve=select_the_receiver,
    wrong=(select_the_frontend, another_port, over_udp, everybody),
    right=(another_name_for_it, a_receiver_with_that_label, without_an_address),
    start=lost_service,
)
def lost(cluster: Cluster) -> Verdict:
    """The Service lost sends requests at its port 8000 to the receiver."""
    found = cluster.find("service/lost")
    if found is None:
        return not_started("there is no Service lost; the lesson's cell that applies it makes one")
    if _is_as_in_its_file(cluster, found):
        return not_started("its selector is still the misspelt one")
    return passed_unless(standing(found, "Service lost") or astray(cluster, found, 8000, RECEIVER))


def _is_as_in_its_file(cluster: Cluster, service: KubeObject) -> bool:
    """Whether the misspelt selector is there, nobody has a label like it, and the port is the file's."""
    selector = table(service, "spec", "selector")
    ports = [(one.port, one.targetPort, one.protocol) for one in service.spec.ports or []]
    is_the_files = selector == {NAME: "reciever"} and ports == [(8000, "http", "TCP")]
    return is_the_files and not pods.living(cluster, labels=selector)


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


def lookup_by_udp(cluster: Cluster) -> None:
    """Open for UDP, which nobody speaks there."""
    _lookup(cluster, target=4161, protocol="UDP")


def lookup_where_it_runs(cluster: Cluster) -> None:
    """Open on every node, and only the node of its Pod answers."""
    _lookup(cluster, target="http", externalTrafficPolicy="Local")


def lookup_balanced(cluster: Cluster) -> None:
    """A LoadBalancer that nobody serves: it opens its port on every node all the same."""
    _lookup(cluster, target="http", type="LoadBalancer")


def lookup_with_two_ports(cluster: Cluster) -> None:
    """Both ports of it, of which one is open at the port asked for."""
    tcp = {"name": "tcp", "port": 4160, "targetPort": "tcp"}
    http = {"name": "http", "port": 80, "targetPort": 4161, "nodePort": LOOKUP_PORT}
    spec: dict[str, Any] = {"type": "NodePort", "selector": {NAME: "nsqlookupd"}, "ports": [tcp, http]}
    apply(cluster, [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "lookup"}, "spec": spec}])


@exercise(
    "nb05.lookup",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "manifests/receiver/service.yaml is a Service of that type; its selector and its ports differ.",
        "nsqlookupd listens at two ports, `tcp` and `http`; `targetPort` may name one of them.",
    ),
    solve=open_lookup,
    wrong=(lookup_within, lookup_at_the_wrong_door, lookup_by_udp, lookup_where_it_runs),
    right=(lookup_balanced, lookup_with_two_ports),
    start=no_lookup,
)
def lookup(cluster: Cluster) -> Verdict:
    """A Service lookup opens the port 30461 on every node, and leads to the HTTP port of nsqlookupd."""
    found = cluster.find("service/lookup")
    if found is None:
        return not_started("there is no Service lookup")
    return passed_unless(
        standing(found, "Service lookup") or closed(cluster, found, LOOKUP, number=LOOKUP_PORT)
    )


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


def alias_with_a_slip(cluster: Cluster) -> None:
    """A name that ends early."""
    kubectl(_alias("frontend.face.svc"), cluster=cluster)


def a_service_of_that_name(cluster: Cluster) -> None:
    """A Service of another type, that selects nobody next door."""
    kubectl("create service clusterip gallery --tcp 8081 --namespace next-door", cluster=cluster)


def alias_with_a_dot(cluster: Cluster) -> None:
    """The whole name, and the dot that ends it."""
    spec = {"type": "ExternalName", "externalName": f"{FRONTEND}."}
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "gallery"}, "spec": spec}
    cluster.create(body, namespace=NEXT_DOOR)


def alias_with_a_port(cluster: Cluster) -> None:
    """With a port, which an alias does not need; and one at home, too."""
    kubectl(f"{_alias(FRONTEND)} --tcp 8081", cluster=cluster)
    alias_at_home(cluster)


def _alias(name: str) -> str:
    return f"create service externalname gallery --external-name {name} --namespace {NEXT_DOOR}"


@exercise(
    "nb05.gallery",
    level=Level.SEVERAL,
    work=Work.ACT,
    hints=(
        "Which of the five types gives another name to something that has a name already?",
        "`kubectl create service externalname --help`; do not forget the namespace.",
        "An alias is taken as it is written: nobody adds the rest of a short name to it.",
    ),
    solve=alias_next_door,
    wrong=(short_alias, alias_at_home, alias_with_a_slip, a_service_of_that_name),
    right=(alias_with_a_dot, alias_with_a_port),
    start=no_alias,
)
def gallery(cluster: Cluster) -> Verdict:
    """In next-door, the name gallery is an alias of the frontend in face."""
    found = cluster.find("service/gallery", namespace=NEXT_DOOR)
    if found is None:
        is_at_home = cluster.find("service/gallery") is not None
        told = not_yet("the Service gallery is in face")
        return told if is_at_home else not_started("there is no Service gallery")
    if at(found, "spec", "type") != "ExternalName":
        return not_yet(f"its type is {at(found, 'spec', 'type')}")
    name = str(at(found, "spec", "externalName") or "").lower().rstrip(".")
    told_as = "" if name == FRONTEND else f"it is an alias of {name}"
    return passed_unless(standing(found, "Service gallery") or told_as)


def _lookup(cluster: Cluster, *, target: str | int, protocol: str = "TCP", **more: str) -> None:
    port = {"name": "http", "port": 4161, "targetPort": target, "nodePort": LOOKUP_PORT}
    ports = [port | {"protocol": protocol}]
    spec: dict[str, Any] = {"type": "NodePort", "selector": {NAME: "nsqlookupd"}, "ports": ports, **more}
    apply(cluster, [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "lookup"}, "spec": spec}])


def _from_file(cluster: Cluster, name: str) -> None:
    cluster.delete(f"service/{name}")
    apply(cluster, given(f"05-services-and-dns/{name}.yaml"))
