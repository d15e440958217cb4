"""Exercises of notebook 04 about disks: one that two Pods share, and one that seems to forget."""

import re
from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, standing
from kubeface.endstates.rollout import unfinished
from kubeface.endstates.settings import template_container
from kubeface.errors import ApiError
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait, wait_terminated
from kubeface.lesson.given import given

FOLDER = "04-a-database-with-a-memory"
NOTE = "rehearsal at nine"
BUSYBOX = "registry.kubeface.internal/busybox:v1.0"
COUNTER = "app.kubernetes.io/name=counter"


def _manifests(name: str) -> list[dict[str, Any]]:
    return given(f"{FOLDER}/{name}.yaml")


def _gone(cluster: Cluster, *refs: str) -> None:
    for ref in refs:
        cluster.delete(ref, grace_s=0)
    for ref in refs:
        wait(cluster, ref, for_="deleted", timeout_s=90)


def no_board(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    _gone(cluster, "pod/reader", "pod/writer", "persistentvolumeclaim/board")


def share_the_board(cluster: Cluster) -> None:
    """What `solution` shows."""
    wanted = {"accessModes": ["ReadWriteMany"], "storageClassName": "shared"}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "board"}}
    apply(cluster, [claim | {"spec": wanted | {"resources": {"requests": {"storage": "10Mi"}}}}])
    write = "echo rehearsal at nine > /board/note && exec sleep infinity"
    read = "until test -s /board/note; do sleep 0.2; done; cat /board/note; exec sleep infinity"
    for name, script in (("writer", write), ("reader", read)):
        container = {
            "name": name,
            "image": "registry.kubeface.internal/busybox:v1.0",
            "command": ["sh", "-c", script],
            "volumeMounts": [{"name": "board", "mountPath": "/board"}],
        }
        volume = {"name": "board", "persistentVolumeClaim": {"claimName": "board"}}
        spec = {"containers": [container], "volumes": [volume]}
        apply(cluster, [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}])
        wait(cluster, f"pod/{name}", for_="Ready", timeout_s=90)


def board_of_one_node(cluster: Cluster) -> None:
    """The class that is the default, and one node that may write."""
    claim, *both = _manifests("board")
    claim["spec"] |= {"accessModes": ["ReadWriteOnce"], "storageClassName": None}
    apply(cluster, [claim, *both])


def board_without_a_reader(cluster: Cluster) -> None:
    """The claim, and who writes."""
    apply(cluster, _manifests("board")[:2])
    wait(cluster, "pod/writer", for_="Ready", timeout_s=90)


def reader_of_an_empty_folder(cluster: Cluster) -> None:
    """The reader has a folder of its own in that place."""
    claim, writer, reader = _manifests("board")
    reader["spec"]["volumes"] = [{"name": "board", "emptyDir": {}}]
    apply(cluster, [claim, writer, reader])
    wait(cluster, "pod/reader", for_="Ready", timeout_s=90)


def reader_of_another_note(cluster: Cluster) -> None:
    """It reads what nobody has written."""
    claim, writer, reader = _manifests("board")
    reader["spec"]["containers"][0]["command"] = ["sh", "-c", "cat /board/notice; exec sleep infinity"]
    apply(cluster, [claim, writer, reader])
    wait(cluster, "pod/reader", for_="Ready", timeout_s=90)


def reader_that_ends(cluster: Cluster) -> None:
    """As in the file, and the reader ends with the note; the claim may be written by one node, too."""
    claim, writer, reader = _manifests("board")
    claim["spec"]["accessModes"] = ["ReadWriteMany", "ReadWriteOnce"]
    apply(cluster, [claim, writer])
    wait(cluster, "pod/writer", for_="Ready", timeout_s=90)
    reader["spec"]["restartPolicy"] = "Never"
    reader["spec"]["containers"][0]["command"] = ["cat", "/board/note"]
    apply(cluster, [reader])
    wait(cluster, "pod/reader", for_="Succeeded", timeout_s=90)


@exercise(
    "nb04.board",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "The table of classes in this notebook, and the text above it, say which is for Pods on every node.",
        "`ReadWriteOnce` lets one node write. `kubectl explain pvc.spec.accessModes` leads to the others.",
        "The writer has both parts that the reader lacks: a `volume` of the Pod, and its `volumeMounts`.",
    ),
    solve=share_the_board,
    wrong=(board_of_one_node, board_without_a_reader, reader_of_an_empty_folder, reader_of_another_note),
    right=(reader_that_ends,),
    start=no_board,
)
def board(cluster: Cluster) -> Verdict:
    """Writer and reader share the claim board, ReadWriteMany, and the reader's log has the writer's note."""
    claim = cluster.find("persistentvolumeclaim/board")
    both = {name: cluster.find(f"pod/{name}") for name in ("writer", "reader")}
    if claim is None and not any(both.values()):
        return not_started("there is no claim board")
    if claim is None:
        return not_yet("there is no claim board")
    modes = at(claim, "spec", "accessModes") or []
    if "ReadWriteMany" not in modes:
        return not_yet(f"the claim's access modes are {', '.join(modes)}")
    for name, pod in both.items():
        short = standing(pod, f"Pod {name}")
        if short:
            return not_yet(short)
        if pod is not None and not _mounts(pod, "board"):
            return not_yet(f"the Pod {name} mounts no volume of the claim board")
    return passed_unless(standing(claim, "claim board") or _unread(cluster))


def _mounts(pod: KubeObject, claim: str) -> bool:
    """Whether a container of a Pod mounts a volume that comes from a claim."""
    ours = {
        one["name"]
        for one in each(pod, "spec", "volumes")
        if at(one, "persistentVolumeClaim", "claimName") == claim
    }
    mounts = [mount for one in each(pod, "spec", "containers") for mount in each(one, "volumeMounts")]
    return any(mount.get("name") in ours for mount in mounts)


def _unread(cluster: Cluster) -> str:
    said = _log(cluster, "reader")
    return "" if NOTE in said else f"the reader has said: {said or 'nothing'}"


def _log(cluster: Cluster, pod: str) -> str:
    """What a Pod has written; empty while it has not begun."""
    try:
        return cluster.logs(pod).strip()
    except ApiError:
        return ""


def forgetful_counter(cluster: Cluster) -> None:
    """As the exercise's cell leaves it: with each Pod the count begins anew."""
    found = cluster.find("deployment/counter")
    if found and not _is_as_given(found):
        _gone(cluster, "deployment/counter")
        for pod in cluster.list("pods", labels=COUNTER):
            _gone(cluster, pod.ref)
        _gone(cluster, "persistentvolumeclaim/counter")  # only who has changed the mount has counted in it
    apply(cluster, _manifests("counter"))
    wait(cluster, "deployment/counter", for_="Ready", timeout_s=90)


def count_in_one_folder(cluster: Cluster) -> None:
    """What `solution` shows."""
    container = {"name": "counter", "volumeMounts": [{"mountPath": "/data", "subPathExpr": None}]}
    template = {"spec": {"containers": [container]}}
    cluster.patch("deployment/counter", {"spec": {"template": template}}, strategic=True)
    wait(cluster, "deployment/counter", for_="Ready", timeout_s=90)
    cluster.delete(cluster.list("pods", labels="app.kubernetes.io/name=counter")[0].ref)
    wait_terminated(cluster, labels="app.kubernetes.io/name=counter")
    wait(cluster, "deployment/counter", for_="Ready", timeout_s=90)


def counter_not_tried(cluster: Cluster) -> None:
    """Repaired, and no Pod has followed on another yet."""
    _mounted(cluster, subPathExpr=None)


def counter_in_memory(cluster: Cluster) -> None:
    """The folder is the Pod's own, and a process that ended has counted on."""
    volume: dict[str, Any] = {"name": "data", "emptyDir": {}, "persistentVolumeClaim": None}
    template = {"spec": {"volumes": [volume]}}
    cluster.patch("deployment/counter", {"spec": {"template": template}}, strategic=True)
    wait(cluster, "deployment/counter", for_="Ready", timeout_s=90)
    _another_pod(cluster)


def no_counter(cluster: Cluster) -> None:
    """Nobody counts."""
    _gone(cluster, "deployment/counter")


def counter_of_two(cluster: Cluster) -> None:
    """Two that write into one file."""
    kubectl("scale deployment counter --replicas 2", cluster=cluster)


def counter_by_its_own_name(cluster: Cluster) -> None:
    """A folder of the claim, and the same one for every Pod."""
    _mounted(cluster, subPathExpr=None, subPath="counts")
    _another_pod(cluster)


def _mounted(cluster: Cluster, **fields: str | None) -> None:
    """The folder /data is mounted in another way."""
    container = {"name": "counter", "volumeMounts": [{"mountPath": "/data", **fields}]}
    cluster.patch(
        "deployment/counter", {"spec": {"template": {"spec": {"containers": [container]}}}}, strategic=True
    )
    wait(cluster, "deployment/counter", for_="Ready", timeout_s=90)


def _another_pod(cluster: Cluster) -> None:
    """The Pod is replaced."""
    for pod in pods.living(cluster, labels=COUNTER):
        cluster.delete(pod.ref)
    wait_terminated(cluster, labels=COUNTER)
    wait(cluster, "deployment/counter", for_="Ready", timeout_s=90)


@exercise(
    "nb04.counter",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "Is the file there? `kubectl exec deployment/counter -- ls -l /data` shows the folder from within.",
        "What does the whole volume hold? Let another Pod mount the claim, and list it there.",
        "`kubectl explain deployment.spec.template.spec.containers.volumeMounts` has each field of a mount.",
        "Once it is repaired, delete the Pod: the next one shows in its log whether it counts on.",
    ),
    solve=count_in_one_folder,
    wrong=(no_counter, counter_of_two, counter_not_tried, counter_in_memory),
    right=(counter_by_its_own_name,),
    start=forgetful_counter,
)
def counter(cluster: Cluster) -> Verdict:
    """The Deployment counter counts on when its Pod is replaced: its new Pod says start 2, or more."""
    found = cluster.find("deployment/counter")
    short = standing(found, "Deployment counter")
    if found is None or short:
        return not_yet(short)
    if found.desired != 1:
        return not_yet(f"it asks for {found.desired} Pods, and there is one file to count in")
    if _is_as_given(found):
        return not_started("each Pod says start 1, as in the beginning")
    if unfinished(found):
        return not_yet(unfinished(found))
    return passed_unless(_begun_anew(cluster, pods.of(cluster, found)))


def _is_as_given(counter: KubeObject) -> bool:
    """Whether the folder, its variable and its volume are those of the file."""
    given = template_container(KubeObject(_manifests("counter")[1]))
    container = template_container(counter)
    sources = [at(one, "valueFrom", "fieldRef", "fieldPath") for one in each(container, "env")]
    volumes = each(counter, "spec", "template", "spec", "volumes")
    is_same = container.get("volumeMounts") == given["volumeMounts"] and "metadata.name" in sources
    return is_same and any(one.get("persistentVolumeClaim") for one in volumes)


def _begun_anew(cluster: Cluster, found: list[KubeObject]) -> str:
    """Why it is not seen that a Pod has gone on where another one has ended."""
    if not found:
        return "there is no Pod of it"
    said = _log(cluster, found[0].name)
    if any(one.get("restartCount") for one in each(found[0], "status", "containerStatuses")):
        return (
            "its container was started again in the same Pod: delete the Pod, and see what the next one says"
        )
    if max(map(int, re.findall(r"start (\d+)", said)), default=0) > 1:
        return ""
    if not _mounts(found[0], "counter"):
        return f"its Pod says {said or 'nothing'}, and does not mount the claim counter"
    return f"its Pod says {said or 'nothing'}: whether another one counts on is still to be seen"
