"""A Service, so that the notice board has one name for everybody."""

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, standing, table
from kubeface.exercises.own.board import (
    PORT,
    SPACE,
    afresh,
    astray,
    boards,
    inside,
    listed,
    mistaken,
    unreached,
    unready,
)
from kubeface.kube import Cluster, KubeObject, apply, kubectl

NEEDS = ("nb01.own", "nb02.own")
DOOR = 80


def no_name(cluster: Cluster) -> None:
    """A board, and no Service of that name."""
    afresh(*NEEDS)(cluster)
    cluster.delete("service/board")


def give_it_a_name(cluster: Cluster) -> None:
    """What `solution` shows."""
    written = """
    apiVersion: v1
    kind: Service
    metadata:
      name: board
      namespace: mine
    spec:
      selector:
        app: board
      ports:
        - name: http
          port: 80
          targetPort: 8080
    """
    apply(cluster, [yaml.safe_load(written)])


def a_service_of_nobody(cluster: Cluster) -> None:
    """Its selector is that of the pipeline's Services."""
    mistaken(cluster, give_it_a_name, ("app: board", "app.kubernetes.io/name: board"))


def a_service_at_the_pods_port(cluster: Cluster) -> None:
    """Callers would have to say the port."""
    mistaken(cluster, give_it_a_name, ("port: 80\n", "port: 8080\n"))


def a_service_to_nowhere(cluster: Cluster) -> None:
    """The target is left out, and is the same port then."""
    mistaken(cluster, give_it_a_name, ("      targetPort: 8080\n", ""))


def a_service_of_a_name_without_port(cluster: Cluster) -> None:
    """It leads to a port by name, and the Pod has given none."""
    mistaken(cluster, give_it_a_name, ("targetPort: 8080", "targetPort: http"))


def a_service_of_the_lesson(cluster: Cluster) -> None:
    """In the namespace of the context, where no board is."""
    mistaken(cluster, give_it_a_name, ("  namespace: mine\n", ""))


def by_expose(cluster: Cluster) -> None:
    """By kubectl's own words."""
    kubectl(f"expose pod board --namespace {SPACE} --port 80 --target-port 8080", cluster=cluster)


def with_two_doors(cluster: Cluster) -> None:
    """Open on the nodes as well, and at a second port."""
    more = "    - {name: more, port: 81, targetPort: 8080}"
    mistaken(
        cluster,
        give_it_a_name,
        ("spec:\n", "spec:\n  type: NodePort\n"),
        ("      targetPort: 8080\n", f"      targetPort: 8080\n{more}\n"),
    )


@exercise(
    "nb05.own",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "Three things: which Pods, the port that callers use, and the port of the Pod that it leads to.",
        "The Pod's labels are its own words: `kubectl get pods --namespace mine --show-labels`.",
        "`kubectl get endpointslices --namespace mine` says whom the Service has found. The Pod `client` of "
        "this lesson can ask from its namespace.",
    ),
    solve=give_it_a_name,
    wrong=(
        a_service_of_nobody,
        a_service_at_the_pods_port,
        a_service_to_nowhere,
        a_service_of_a_name_without_port,
        a_service_of_the_lesson,
    ),
    right=(by_expose, with_two_doors),
    start=no_name,
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """Whoever asks for http://board.mine, in any namespace, gets your page: by a Service board in mine."""
    mine = inside(cluster)
    found = mine.find("service/board")
    if found is None:
        lost = astray(cluster, "service/board", "Service board")
        return not_yet(lost) if lost else not_started(f"{SPACE} has no Service board")
    return passed_unless(
        standing(found, "Service board") or _astray(mine, found) or unreached(mine, "board", DOOR)
    )


def _astray(mine: Cluster, service: KubeObject) -> str:
    """What of the Service leads elsewhere, as far as its fields say."""
    if at(service, "spec", "type") == "ExternalName" or at(service, "spec", "clusterIP") == "None":
        return "the Service has no address of its own"
    ports = each(service, "spec", "ports")
    door = [one for one in ports if one.get("port") == DOOR]
    if not door:
        numbers = listed(one.get("port") for one in ports)
        return f"http://board.mine asks at port {DOOR}, and the Service has {numbers}"
    found = pods.living(mine, labels=table(service, "spec", "selector"))
    names = {pod.name for pod in boards(mine)}
    if not names & {pod.name for pod in found}:
        return f"its selector finds the Pods: {listed(pod.name for pod in found)}"
    if not pods.ready(found):
        return unready(found[0])
    target = door[0].get("targetPort")
    named = {
        one.get("name")
        for pod in found
        for box in each(pod, "spec", "containers")
        for one in each(box, "ports")
    }
    if str(target).isdigit() and target != PORT:
        return f"its port {DOOR} leads to the port {target}, where no board listens"
    return "" if str(target).isdigit() or target in named else f"no board has a port of the name {target}"
