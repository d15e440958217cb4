"""Exercises of notebook 02 about Pods that do not stay, which logs, events and labels explain."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import each, named_in, standing
from kubeface.endstates.settings import command
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.lesson.given import given

FOLDER = "02-pods-labels-annotations"
VOICES = ("morning", "evening")


def _manifest(name: str) -> dict[str, Any]:
    [one] = given(f"{FOLDER}/{name}.yaml")
    return one


def _gone(cluster: Cluster, ref: str) -> None:
    cluster.delete(ref, grace_s=0)
    wait(cluster, ref, for_="deleted", timeout_s=60)


def pair_of_one(cluster: Cluster) -> None:
    """As the exercise's cell leaves it: one of the two does not stay up."""
    _gone(cluster, "pod/pair")
    apply(cluster, [_manifest("pair/pod")])
    wait(cluster, "pod/pair", for_=_has_failed, timeout_s=60)


def _has_failed(pod: KubeObject) -> bool:
    return any(int(one.get("restartCount") or 0) for one in each(pod, "status", "containerStatuses"))


def let_both_listen(cluster: Cluster) -> None:
    """What `solution` shows."""
    image = "registry.kubeface.internal/busybox:v1.0"
    containers = []
    for name, port in (("morning", 8080), ("evening", 8081)):
        script = f"mkdir /www && echo good {name} > /www/index.html && exec httpd -f -p {port} -h /www"
        containers.append({"name": name, "image": image, "command": ["sh", "-c", script]})
    spec = {"containers": containers, "terminationGracePeriodSeconds": 1}
    cluster.delete("pod/pair", grace_s=0)
    wait(cluster, "pod/pair", for_="deleted", timeout_s=60)
    apply(cluster, [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pair"}, "spec": spec}])
    wait(cluster, "pod/pair", for_="Ready", timeout_s=60)


def no_pair(cluster: Cluster) -> None:
    """No Pod, no fault."""
    _gone(cluster, "pod/pair")


def half_a_pair(cluster: Cluster) -> None:
    """One of the two is left out."""
    _paired(cluster, morning=_serve("morning", 8080))
    wait(cluster, "pod/pair", for_="Ready", timeout_s=60)


def pair_with_a_sleeper(cluster: Cluster) -> None:
    """The other one has nothing to do."""
    _paired(cluster, morning=_serve("morning", 8080), evening="exec sleep infinity")
    wait(cluster, "pod/pair", for_="Ready", timeout_s=60)


def pair_at_another_port(cluster: Cluster) -> None:
    """Both moved."""
    _paired(cluster, morning=_serve("morning", 8085), evening=_serve("evening", 8085))
    wait(cluster, "pod/pair", for_=_has_failed, timeout_s=60)


def pair_of_addresses(cluster: Cluster) -> None:
    """One port, and two addresses of the Pod's own."""
    _paired(
        cluster,
        morning=_serve("morning", "127.0.0.1:8080"),
        evening=_serve("evening", "127.0.0.2:8080"),
    )
    wait(cluster, "pod/pair", for_="Ready", timeout_s=60)


def _serve(name: str, port: int | str) -> str:
    return f"mkdir /www && echo good {name} > /www/index.html && exec httpd -f -p {port} -h /www"


def _paired(cluster: Cluster, **scripts: str) -> None:
    """The Pod made anew, with these containers."""
    _gone(cluster, "pod/pair")
    pod = _manifest("pair/pod")
    kept = [one for one in pod["spec"]["containers"] if one["name"] in scripts]
    pod["spec"]["containers"] = [one | {"command": ["sh", "-c", scripts[one["name"]]]} for one in kept]
    apply(cluster, [pod])


@exercise(
    "nb02.pair",
    level=Level.SEVERAL,
    work=Work.FIND,
    hints=(
        "`kubectl get pod pair` counts what is ready. Which container is not?",
        "A container that ended has left a log: `kubectl logs pair --container NAME --previous`.",
        "What do the containers of a Pod share, and what has each of its own?",
        "A container's command cannot be changed: delete the Pod, and apply a file that you have changed.",
    ),
    solve=let_both_listen,
    wrong=(no_pair, half_a_pair, pair_with_a_sleeper, pair_at_another_port),
    right=(pair_of_addresses,),
    start=pair_of_one,
)
def pair(cluster: Cluster) -> Verdict:
    """The Pod pair is ready, and a web server runs in each of its containers morning and evening."""
    pod = cluster.find("pod/pair")
    if pod is None:
        return not_yet("there is no Pod pair")
    given = [one["command"] for one in _manifest("pair/pod")["spec"]["containers"]]
    if [one.get("command") for one in each(pod, "spec", "containers")] == given:
        return not_started("one of its containers does not stay up, as in the beginning")
    return passed_unless(standing(pod, "Pod pair") or _not_serving(pod))


def _not_serving(pod: KubeObject) -> str:
    """Which container runs no web server, or does not stay up."""
    containers = {one["name"]: one for one in each(pod, "spec", "containers")}
    missing = [name for name in VOICES if name not in containers]
    if missing:
        return f"it has no container {named_in(missing)}"
    idle = [name for name in VOICES if "httpd" not in " ".join(command(containers[name]))]
    if idle:
        return f"no httpd runs in {named_in(idle)}"
    return pods.restarting([pod]) or ("" if pod.is_ready else "not all of its containers are ready")


def choir_alone(cluster: Cluster) -> None:
    """As the exercise's cell leaves it: the choir sings, and the Pod solo has come and gone."""
    _gone(cluster, "pod/solo")
    apply(cluster, [_manifest("choir/replicaset")])
    wait(cluster, "replicaset/choir", for_=_is_whole, timeout_s=60)
    apply(cluster, [_manifest("solo/pod")])
    wait(cluster, "pod/solo", for_="deleted", timeout_s=60)


def _is_whole(choir: KubeObject) -> bool:
    return bool(choir.status.replicas == choir.ready == choir.desired == 2)


def sing_alone(cluster: Cluster) -> None:
    """What `solution` shows."""
    container = {
        "name": "singer",
        "image": "registry.kubeface.internal/busybox:v1.0",
        "command": ["sleep", "infinity"],
    }
    meta = {"name": "solo", "labels": {"stage": "side", "voice": "soprano"}}
    apply(
        cluster, [{"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container]}}]
    )
    wait(cluster, "pod/solo", for_="Ready", timeout_s=60)


def without_a_choir(cluster: Cluster) -> None:
    """Whoever takes the Pod away is gone."""
    _gone(cluster, "replicaset/choir")
    apply(cluster, [_manifest("solo/pod")])
    wait(cluster, "pod/solo", for_="Ready", timeout_s=60)


def solo_before_the_choir(cluster: Cluster) -> None:
    """The other order: the Pod stays, as one of the choir's two."""
    without_a_choir(cluster)
    apply(cluster, [_manifest("choir/replicaset")])
    wait(cluster, "replicaset/choir", for_=_is_whole, timeout_s=60)


def one_in_the_choir(cluster: Cluster) -> None:
    """The Pod stays for itself, and the choir is one short."""
    sing_alone(cluster)
    kubectl("scale replicaset choir --replicas 1", cluster=cluster)


def solo_that_ends(cluster: Cluster) -> None:
    """The Pod is left alone, and has nothing to do."""
    _solo(cluster, {"stage": "side"}, ["true"])
    wait(cluster, "pod/solo", for_="Succeeded", timeout_s=60)


def solo_by_one_line(cluster: Cluster) -> None:
    """A Pod without the file, and with a label of its own."""
    image = "registry.kubeface.internal/busybox:v1.0"
    kubectl(f"run solo --image {image} -- sleep infinity", cluster=cluster)
    wait(cluster, "pod/solo", for_="Ready", timeout_s=60)


def another_choir(cluster: Cluster) -> None:
    """The Pod is as in its file, and a choir of that name counts by another label."""
    _gone(cluster, "replicaset/choir")
    choir, only = _manifest("choir/replicaset"), {"stage": "main", "voice": "alto"}
    choir["spec"]["selector"]["matchLabels"] = only
    apply(cluster, [choir, _manifest("solo/pod")])
    wait(cluster, "replicaset/choir", for_=_is_whole, timeout_s=60)
    wait(cluster, "pod/solo", for_="Ready", timeout_s=60)


def _solo(cluster: Cluster, labels: dict[str, str], words: list[str]) -> None:
    pod = _manifest("solo/pod")
    pod["metadata"]["labels"] = labels
    pod["spec"]["restartPolicy"] = "Never"
    pod["spec"]["containers"][0]["command"] = words
    apply(cluster, [pod])


@exercise(
    "nb02.solo",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "`kubectl get events --field-selector involvedObject.name=solo` has what happened to the Pod.",
        "Who ended it? `kubectl describe replicaset choir` has its events, and how many Pods it asks for.",
        "Whose Pods does the choir count? Compare its selector with the labels in solo/pod.yaml.",
    ),
    solve=sing_alone,
    wrong=(solo_that_ends, one_in_the_choir, without_a_choir, solo_before_the_choir),
    right=(solo_by_one_line, another_choir),
    start=choir_alone,
)
def solo(cluster: Cluster) -> Verdict:
    """The Pod solo is ready and belongs to nobody; the ReplicaSet choir has two ready Pods beside it."""
    pod, choir = cluster.find("pod/solo"), cluster.find("replicaset/choir")
    short = standing(choir, "ReplicaSet choir")
    if choir is None or short:
        return not_yet(short)
    if pod is None or (pod.is_terminating and _owner(pod)):
        return not_started("there is no Pod solo: it has come and gone")
    if _owner(pod):
        return not_yet(f"the Pod solo belongs to the {_owner(pod)}, as one of its {choir.desired}")
    if standing(pod, "Pod solo") or not pod.is_ready:
        return not_yet(standing(pod, "Pod solo") or f"the Pod solo is {pod.status.phase}, and not ready")
    if choir.desired != 2:
        return not_yet(f"the choir asks for {choir.desired}")
    return passed() if choir.ready == 2 else not_yet(f"{choir.ready} of the choir's Pods are ready")


def _owner(pod: KubeObject) -> str:
    """Who counts a Pod as one of its own; empty when nobody does."""
    owners = [one for one in each(pod, "metadata", "ownerReferences") if one.get("controller")]
    return f"{owners[0]['kind']} {owners[0]['name']}" if owners else ""
