"""Exercises of notebook 05 about who is answered: always by the same Pod, and by a Service that is silent."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, standing, table
from kubeface.endstates.services import Part, astray
from kubeface.errors import CommandFailed, NotReady
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.lesson.clients import PodClient
from kubeface.lesson.given import given
from kubeface.util.waiting import attempts

NEXT_DOOR = "next-door"
FOLDER = "05-services-and-dns"
NAME = "app.kubernetes.io/name"
NSQD = Part("nsqd", 4151, "/ping")
PAGE = "maps and stamps"
TAKEN_UP_S = 8.0  # chosen: the nodes take up a Service within two seconds, later on a busy machine
LOOK_AGAIN_S = 0.5


def _manifests(name: str) -> list[dict[str, Any]]:
    return given(f"{FOLDER}/{name}.yaml")


def no_steady(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete("service/steady")


def stay_with_one(cluster: Cluster) -> None:
    """What `solution` shows."""
    spec = {
        "selector": {"app.kubernetes.io/name": "nsqd"},
        "ports": [{"name": "http", "port": 4151, "targetPort": "http"}],
        "sessionAffinity": "ClientIP",
    }
    apply(cluster, [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "steady"}, "spec": spec}])


def steady_by_turns(cluster: Cluster) -> None:
    """Each connection goes somewhere else."""
    _steady(cluster, sessionAffinity="None")


def steady_without_an_address(cluster: Cluster) -> None:
    """Headless: the caller chooses, whatever else is said."""
    _steady(cluster, clusterIP="None", sessionAffinity="ClientIP")


def steady_of_the_other_port(cluster: Cluster) -> None:
    """The port at which nsqd does not speak HTTP."""
    _steady(cluster, ports=[{"name": "http", "port": 4151, "targetPort": "tcp"}])


def steady_of_the_directory(cluster: Cluster) -> None:
    """The Pods of nsqlookupd."""
    _steady(cluster, selector={NAME: "nsqlookupd"})


def steady_for_a_minute(cluster: Cluster) -> None:
    """Open to the outside, with both ports, and for a minute after the last connection."""
    ports = [{"name": "tcp", "port": 4150}, {"name": "http", "port": 4151}]
    kept = {"clientIP": {"timeoutSeconds": 60}}
    _steady(cluster, type="NodePort", ports=ports, sessionAffinityConfig=kept)


def _steady(cluster: Cluster, **fields: Any) -> None:
    [body] = _manifests("steady")
    body["spec"] |= fields
    apply(cluster, [body])


@exercise(
    "nb05.steady",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "`manifests/nsqd/service.yaml` is a Service for the same Pods, which does not stay with one of them.",
        "`kubectl explain service.spec.sessionAffinity` has the two values.",
    ),
    solve=stay_with_one,
    wrong=(steady_by_turns, steady_without_an_address, steady_of_the_other_port, steady_of_the_directory),
    right=(steady_for_a_minute,),
    start=no_steady,
)
def steady(cluster: Cluster) -> Verdict:
    """The Service steady leads at its port 4151 to the HTTP port of an nsqd, each client to the same one."""
    found = cluster.find("service/steady")
    if found is None:
        return not_started("there is no Service steady")
    short = standing(found, "Service steady") or astray(cluster, found, 4151, NSQD)
    if short:
        return not_yet(short)
    if at(found, "spec", "clusterIP") in (None, "", "None"):
        return not_yet("it has no address of its own: each caller chooses among the addresses of the Pods")
    kept = at(found, "spec", "sessionAffinity") == "ClientIP"
    return passed_unless("" if kept else "each connection may go to another nsqd")


def silent_kiosk(cluster: Cluster) -> None:
    """As the exercise's cell leaves it: the Pod is ready, and nobody is answered."""
    cluster.delete("pod/stall", namespace=NEXT_DOOR, grace_s=0)
    if not cluster.find("pod/client", namespace=NEXT_DOOR):
        apply(cluster, _manifests("client"), namespace=NEXT_DOOR)
    _kiosk(cluster, *_manifests("kiosk"))
    wait(cluster, "pod/client", for_="Ready", timeout_s=90, namespace=NEXT_DOOR)


def _kiosk(cluster: Cluster, pod: dict[str, Any], *others: dict[str, Any], ready: bool = True) -> None:
    """The Pod made anew."""
    cluster.delete("pod/kiosk", namespace=NEXT_DOOR, grace_s=0)
    wait(cluster, "pod/kiosk", for_="deleted", timeout_s=60, namespace=NEXT_DOOR)
    apply(cluster, [pod, *others], namespace=NEXT_DOOR)
    wait(cluster, "pod/kiosk", for_="Ready" if ready else _runs, timeout_s=60, namespace=NEXT_DOOR)


def _runs(pod: KubeObject) -> bool:
    return bool(pod.status.phase == "Running")


def open_the_kiosk(cluster: Cluster) -> None:
    """What `solution` shows."""
    cluster.delete("pod/kiosk", namespace="next-door", grace_s=0)
    wait(cluster, "pod/kiosk", for_="deleted", timeout_s=60, namespace="next-door")
    container = {
        "name": "kiosk",
        "image": "registry.kubeface.internal/busybox:v1.0",
        "command": [
            "sh",
            "-c",
            "mkdir /www && echo maps and stamps > /www/index.html && exec httpd -f -p 8080 -h /www",
        ],
        "ports": [{"name": "http", "containerPort": 8080}],
    }
    meta = {"name": "kiosk", "labels": {"app.kubernetes.io/name": "kiosk"}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container]}}
    apply(cluster, [pod], namespace="next-door")
    wait(cluster, "pod/kiosk", for_="Ready", timeout_s=60, namespace="next-door")


def kiosk_of_nobody(cluster: Cluster) -> None:
    """The Pod is gone, and the Service is not."""
    cluster.delete("pod/kiosk", namespace=NEXT_DOOR, grace_s=0)
    wait(cluster, "pod/kiosk", for_="deleted", timeout_s=60, namespace=NEXT_DOOR)


def kiosk_without_a_service(cluster: Cluster) -> None:
    """The Service is gone, and the Pod is not."""
    kubectl(f"delete service kiosk --namespace {NEXT_DOOR}", cluster=cluster)


def kiosk_of_another_page(cluster: Cluster) -> None:
    """Somebody answers, and has something else."""
    pod, _ = _listening("0.0.0.0:8080")
    script = pod["spec"]["containers"][0]["command"]
    script[2] = script[2].replace(PAGE, "ice cream")
    _kiosk(cluster, pod)


def kiosk_at_another_door(cluster: Cluster) -> None:
    """It listens everywhere, and not where the Service leads."""
    pod, _ = _listening("8088")
    pod["spec"]["containers"][0]["readinessProbe"]["exec"]["command"][-1] = "http://127.0.0.1:8088/"
    _kiosk(cluster, pod)


def kiosk_at_its_own_port(cluster: Cluster) -> None:
    """It listens at 80, and the Service leads there by number; no probe asks it."""
    pod, service = _listening("80")
    del pod["spec"]["containers"][0]["readinessProbe"]
    service["spec"]["ports"] = [{"port": 80}]
    cluster.delete("service/kiosk", namespace=NEXT_DOOR)
    _kiosk(cluster, pod, service)


def kiosk_of_two(cluster: Cluster) -> None:
    """Another Pod has taken its place behind the Service."""
    pod, _ = _listening("8080")
    pod["metadata"]["name"] = "stall"
    apply(cluster, [pod], namespace=NEXT_DOOR)
    kiosk_of_nobody(cluster)
    wait(cluster, "pod/stall", for_="Ready", timeout_s=60, namespace=NEXT_DOOR)


def _listening(where: str) -> list[dict[str, Any]]:
    """The Pod and its Service, and the program listens there."""
    pod, service = _manifests("kiosk")
    script = pod["spec"]["containers"][0]["command"]
    script[2] = script[2].replace("127.0.0.1:8080", where)
    return [pod, service]


@exercise(
    "nb05.kiosk",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "Has the Service endpoints? The notebook has a function for that; in next-door kubectl shows them.",
        "The Pod is ready, so somebody gets the page. Who asks, and at which address?",
        "Let `client` ask at the Pod's own address, as its status has it; then ask within the Pod.",
        "Read the Pod's command: where does httpd listen, and who can reach it there?",
    ),
    solve=open_the_kiosk,
    wrong=(kiosk_without_a_service, kiosk_of_nobody, kiosk_of_another_page, kiosk_at_another_door),
    right=(kiosk_at_its_own_port, kiosk_of_two),
    start=silent_kiosk,
)
def kiosk(cluster: Cluster) -> Verdict:
    """In next-door, http://kiosk gives the page of the kiosk to the Pod client."""
    found = cluster.find("service/kiosk", namespace=NEXT_DOOR)
    pod = cluster.find("pod/kiosk", namespace=NEXT_DOOR)
    if found is None and pod is None:
        return not_started("there is no kiosk; the exercise's cell makes one")
    short = standing(found, "Service kiosk in next-door")
    if found is None or short:
        return not_yet(short)
    if _is_as_given(found, pod):
        return not_started("nobody is answered at http://kiosk, as in the beginning")
    behind = pods.living(cluster, labels=table(found, "spec", "selector"), namespace=NEXT_DOOR)
    if not pods.ready(behind) and at(found, "spec", "type") != "ExternalName":
        return not_yet("no Pod behind the Service kiosk is ready")
    if not cluster.find("pod/client", namespace=NEXT_DOOR):
        return not_yet("the Pod client, which asks, is gone from next-door")
    said = _answer(cluster)
    if said == PAGE:
        return passed()
    return not_yet(f"client is answered {said[:200]!r}" if said else "nobody answers client at http://kiosk")


def _is_as_given(service: KubeObject, pod: KubeObject | None) -> bool:
    """Whether Pod and Service do what those of the file do."""
    caller, door = _manifests("kiosk")
    ports = [(one.get("port"), one.get("targetPort")) for one in each(service, "spec", "ports")]
    commands = [one.get("command") for one in each(pod, "spec", "containers")]
    is_door = ports == [(80, "http")] and table(service, "spec", "selector") == door["spec"]["selector"]
    return is_door and commands == [caller["spec"]["containers"][0]["command"]]


def _answer(cluster: Cluster) -> str:
    """What the Pod client is answered; empty when nobody answers, in the time that a change takes."""
    client, said = PodClient(cluster, "pod/client", namespace=NEXT_DOOR), ""
    for _ in attempts(timeout_s=TAKEN_UP_S, every_s=LOOK_AGAIN_S):
        try:
            said = "\n".join(client.answers("http://kiosk/")).strip()
        except (NotReady, CommandFailed):
            continue
        if said == PAGE:
            break
    return said
