"""A way to the notice board from outside."""

from concurrent.futures import ThreadPoolExecutor

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, passed_unless
from kubeface.endstates import rules
from kubeface.endstates.parts import at, each, named_in, standing
from kubeface.endstates.placing import ordinary
from kubeface.errors import ApiError, NotReady
from kubeface.exercises.own.board import ANSWER_S, SPACE, afresh, inside, listed, mistaken, pages, unreached
from kubeface.kube import Cluster, KubeObject, apply
from kubeface.kube.contexts import COURSE
from kubeface.pipeline import http
from kubeface.util.waiting import wait_until

NEEDS = ("nb01.own", "nb07.own", "nb05.own")
NUMBER = 30880
HOST = "board.example"


def open_the_board(cluster: Cluster) -> None:
    """What `solution` shows."""
    written = """
    apiVersion: v1
    kind: Service
    metadata:
      name: board
      namespace: mine
    spec:
      type: NodePort
      selector:
        app: board
      ports:
        - name: http
          port: 80
          targetPort: 8080
          nodePort: 30880
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: board
      namespace: mine
    spec:
      rules:
        - host: board.example
          http:
            paths:
              - path: /
                pathType: Prefix
                backend:
                  service:
                    name: board
                    port:
                      name: http
    """
    apply(cluster, list(yaml.safe_load_all(written)))


#: How the solution's Ingress names the port of the Service.
_BY_NAME = "port:\n                  name: http"


def the_port_alone(cluster: Cluster) -> None:
    """Without a rule for the host."""
    patch = {"spec": {"type": "NodePort", "ports": [{"port": 80, "nodePort": NUMBER}]}}
    inside(cluster).patch("service/board", patch, strategic=True)


def the_rule_alone(cluster: Cluster) -> None:
    """The Service is as it was."""
    mistaken(cluster, open_the_board, ("type: NodePort", "type: ClusterIP"), ("      nodePort: 30880\n", ""))


def a_rule_of_another_host(cluster: Cluster) -> None:
    """A host of the lesson's."""
    mistaken(cluster, open_the_board, ("board.example", "photos.example"))


def a_rule_to_the_pods_port(cluster: Cluster) -> None:
    """The Ingress names the port of the Pod, and asks the Service."""
    mistaken(cluster, open_the_board, (_BY_NAME, _BY_NAME.replace("name: http", "number: 8080")))


def a_port_of_somebody_elses_choice(cluster: Cluster) -> None:
    """The number is left to the cluster."""
    mistaken(cluster, open_the_board, ("      nodePort: 30880\n", ""))


def by_a_second_service(cluster: Cluster) -> None:
    """The first one stays as it is; the rule is for every path of the host, and says a number."""
    mistaken(
        cluster,
        open_the_board,
        ("kind: Service\nmetadata:\n  name: board", "kind: Service\nmetadata:\n  name: gate"),
        (_BY_NAME, _BY_NAME.replace("name: http", "number: 80")),
    )


@exercise(
    "nb10.own",
    level=Level.ALONE,
    work=Work.WRITE,
    hints=(
        "A NodePort Service has all that it had as a ClusterIP: change the type in your file, and say "
        "which port.",
        "The Ingress names the Service and the Service's port, never the Pod's. It has to be in `mine`, too.",
        "`kubectl get nodes --output wide` tells addresses; `http_get` asks one of them at port 30880.",
    ),
    solve=open_the_board,
    wrong=(
        the_port_alone,
        the_rule_alone,
        a_rule_of_another_host,
        a_rule_to_the_pods_port,
        a_port_of_somebody_elses_choice,
    ),
    right=(by_a_second_service,),
    start=afresh(*NEEDS),
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """Each node shows your page at port 30880, and an Ingress in mine sends all of board.example to it."""
    mine = inside(cluster)
    doors = [one for one in mine.list("services") if at(one, "spec", "type") in ("NodePort", "LoadBalancer")]
    found = mine.list("ingresses")
    if not doors and not found:
        return not_started("the board has neither a port of the nodes nor an Ingress")
    return passed_unless(_closed(mine, doors) or _unruled(mine, found))


def _closed(mine: Cluster, doors: list[KubeObject]) -> str:
    """Why no Service opens the port on every node."""
    numbers = {one.get("nodePort"): (door, one) for door in doors for one in each(door, "spec", "ports")}
    if NUMBER not in numbers:
        return f"port {NUMBER} of the nodes is not open; Services of {SPACE} open {listed(numbers)}"
    door, port = numbers[NUMBER]
    return (
        standing(door, f"Service {door.name}")
        or unreached(mine, door.name, int(port["port"]))
        or _silent(mine)
    )


def _silent(mine: Cluster) -> str:
    """Which nodes do not show the page; only those of the course's own cluster are in reach."""
    if mine.context != COURSE:
        return ""
    homes = {
        node.name: str(one["address"])
        for node in ordinary(mine)
        if node.is_ready
        for one in each(node, "status", "addresses")
        if one.get("type") == "InternalIP"
    }
    words = pages(mine)

    def shows(host: str) -> bool:
        try:
            return http.get(host, NUMBER, "/", within_s=2.0).decode(errors="replace").strip() in words
        except (NotReady, ApiError):
            return False

    silent = sorted(homes)

    def do_all_show() -> bool:
        with ThreadPoolExecutor(max_workers=8) as askers:
            silent[:] = [
                name for name, said in zip(homes, askers.map(shows, homes.values()), strict=True) if not said
            ]
        return not silent

    try:
        wait_until(do_all_show, what="a node is silent", timeout_s=ANSWER_S, every_s=0.3)
    except NotReady:
        return f"port {NUMBER} of {named_in(silent)} does not show your page"
    return ""


def _unruled(mine: Cluster, found: list[KubeObject]) -> str:
    """Why no Ingress sends the host to the board."""
    if not found:
        return f"{SPACE} has no Ingress"
    hosts = [host for one in found for host in rules.hosts_of(one)]
    for ingress in found:
        if HOST in [host.lower() for host in rules.hosts_of(ingress)]:
            return standing(ingress, f"Ingress {ingress.name}") or next(
                filter(None, (_lost(mine, ingress, path) for path in ("/", "/any/page.html"))), ""
            )
    return f"no Ingress of {SPACE} has a rule for {HOST}, only for {listed(hosts)}"


def _lost(mine: Cluster, ingress: KubeObject, path: str) -> str:
    """Why a path of the host does not get to the board."""
    way = rules.way(ingress, HOST, path)
    if way is None or not way.service:
        return f"the Ingress {ingress.name} sends {path} of {HOST} to nobody"
    service = mine.find(f"service/{way.service}")
    if service is None:
        return f"the Ingress {ingress.name} sends {path} to the Service {way.service}, and there is none"
    ports = [one for one in each(service, "spec", "ports") if way.port in (one.get("port"), one.get("name"))]
    if not ports:
        return f"the Ingress {ingress.name} names the port {way.port}, which the Service {way.service} lacks"
    return unreached(mine, way.service, int(ports[0]["port"]))
