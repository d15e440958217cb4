"""Bring a cluster into a lesson's state from any other; what is right already is kept as it is."""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from kubeface.errors import ApiError
from kubeface.kube import Cluster, KubeObject, in_kind_order, wait
from kubeface.kube.client import ref_of
from kubeface.kube.wait import Deadline
from kubeface.lesson import drift, nodes, strays
from kubeface.lesson.context import refuse_others
from kubeface.lesson.plan import State
from kubeface.model.ownership import PART_OF
from kubeface.model.workloads import WORKLOADS
from kubeface.pipeline.deploy import ORDER, stands
from kubeface.pipeline.ranges import fitted

Manifest = dict[str, Any]
#: Where what is being done is told while it is done.
Tell = Callable[[str], None]


def _nobody(doing: str) -> None:
    """Nobody is told."""


def bring(cluster: Cluster, state: State, *, timeout_s: float, tell: Tell = _nobody) -> list[Manifest]:
    """The objects of the state, in place and ready. It can be interrupted and begun again at any point.

    Raises:
        LessonStopped: a namespace is not the course's to touch; nothing has been changed.
        NotReady: something did not get ready, or did not go, in time; the reasons are in `seen`.
    """
    deadline = Deadline.after(timeout_s)
    objects = arrange(cluster, state, deadline, tell=tell)
    for manifest in _in_order_of_need(one for one in objects if one["kind"] in WORKLOADS):
        space = manifest["metadata"].get("namespace")
        tell(f"waiting until {ref_of(manifest)} is ready")
        wait(cluster, ref_of(manifest), for_="Ready", timeout_s=max(1.0, deadline.left_s), namespace=space)
    for step in state.last:
        step(cluster)
    return objects


def arrange(cluster: Cluster, state: State, deadline: Deadline, *, tell: Tell = _nobody) -> list[Manifest]:
    """The objects of the state, in place; workloads may still be starting."""
    tell("taking away what is left of an earlier lesson")
    objects = in_kind_order(fitted(cluster, state.objects()))
    spaces = _spaces(objects)
    refuse_others(cluster, [*spaces, *state.namespaces, *state.gone])
    nodes.put_in_order(cluster, state.labels)
    remove_namespaces(cluster, state.gone, deadline)
    _await_going(cluster, [*spaces, *state.namespaces], deadline)
    for manifest in _namespaces(objects, state):
        if not stands(cluster, manifest):
            _put(cluster, manifest, deadline)
    _clear(cluster, objects, state, deadline)
    for step in state.first:
        step(cluster)
    tell("putting the lesson's objects in place")
    for manifest in objects:
        if manifest["kind"] != "Namespace":
            _put(cluster, manifest, deadline)
    return objects


def lacking(cluster: Cluster, state: State) -> tuple[list[str], list[str]]:
    """What the state names and the cluster lacks: namespaces, and the refs of other objects.

    Raises:
        LessonStopped: a namespace is not the course's to touch.
    """
    objects = state.objects()
    spaces = list(dict.fromkeys([*_spaces(objects), *state.namespaces]))
    refuse_others(cluster, [*spaces, *state.gone])
    gone = [name for name in spaces if not _is_there(cluster, f"namespace/{name}", None)]
    others = [one for one in objects if one["kind"] != "Namespace"]
    found = {ref_of(one): _is_there(cluster, ref_of(one), one["metadata"].get("namespace")) for one in others}
    return gone, [ref for ref, is_there in found.items() if not is_there]


def _is_there(cluster: Cluster, ref: str, namespace: str | None) -> bool:
    one = cluster.find(ref, namespace=namespace)
    return one is not None and not one.is_terminating


def remove_namespaces(cluster: Cluster, names: Iterable[str], deadline: Deadline) -> None:
    """Namespaces gone with all that is in them: what runs first, for an occupied one takes longer to go."""
    for name in names:
        if cluster.find(f"namespace/{name}"):
            found = strays.strays(cluster, name, wanted=())
            strays.remove(cluster, found)
            _await_pods(cluster, name, deadline)
            cluster.delete(f"namespace/{name}")
    for name in names:
        wait(cluster, f"namespace/{name}", for_="deleted", timeout_s=max(1.0, deadline.left_s))


def _await_pods(cluster: Cluster, namespace: str, deadline: Deadline) -> None:
    for pod in cluster.list("pods", namespace=namespace):
        cluster.delete(pod.ref, namespace=namespace, grace_s=0)
        wait(cluster, pod.ref, for_="deleted", timeout_s=max(1.0, deadline.left_s), namespace=namespace)


def _clear(cluster: Cluster, objects: list[Manifest], state: State, deadline: Deadline) -> None:
    """Nothing in the state's namespaces but what it names."""
    found: list[KubeObject] = []
    for space in dict.fromkeys([*_spaces(objects), *state.namespaces]):
        wanted = [ref_of(one) for one in objects if one["metadata"].get("namespace") == space]
        found += strays.strays(cluster, space, [*wanted, *state.keep])
    strays.remove(cluster, found)
    strays.await_gone(cluster, found, deadline)


def _put(cluster: Cluster, manifest: Manifest, deadline: Deadline) -> KubeObject:
    """One object as its manifest says, whoever changed it and whatever it is doing now."""
    try:
        one = cluster.apply(manifest)
    except ApiError as refusal:
        if "immutable" in refusal.seen:
            return _again(cluster, manifest, deadline)
        there = cluster.find(ref_of(manifest), namespace=manifest["metadata"].get("namespace"))
        if there is None:
            raise
        return drift.replace(cluster, manifest, there)  # with a field that somebody has set it makes no sense
    if one.is_terminating:
        return _again(cluster, manifest, deadline)  # it was going, and would take what was applied with it
    return drift.replace(cluster, manifest, one) if drift.has_drifted(one) else one


def _again(cluster: Cluster, manifest: Manifest, deadline: Deadline) -> KubeObject:
    ref, space = ref_of(manifest), manifest["metadata"].get("namespace")
    cluster.delete(ref, namespace=space)
    wait(cluster, ref, for_="deleted", timeout_s=max(1.0, deadline.left_s), namespace=space)
    return cluster.apply(manifest)


def _await_going(cluster: Cluster, names: Iterable[str], deadline: Deadline) -> None:
    """A namespace that is being deleted takes nothing new: let it go first."""
    for name in names:
        there = cluster.find(f"namespace/{name}")
        if there and there.is_terminating:
            wait(cluster, there.ref, for_="deleted", timeout_s=max(1.0, deadline.left_s))


def _namespaces(objects: list[Manifest], state: State) -> list[Manifest]:
    """The namespaces of a state: as its folders have them, else plain ones."""
    told = {one["metadata"]["name"]: one for one in objects if one["kind"] == "Namespace"}
    names = dict.fromkeys([*_spaces(objects), *state.namespaces])
    return [told.get(name) or _namespace(name) for name in names]


def _namespace(name: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(PART_OF)}}


def _spaces(objects: list[Manifest]) -> list[str]:
    named = (one["metadata"].get("namespace") for one in objects if one["kind"] != "Namespace")
    made = (one["metadata"]["name"] for one in objects if one["kind"] == "Namespace")
    return [space for space in dict.fromkeys(chain(made, named)) if space]


def _in_order_of_need(workloads: Iterable[Manifest]) -> list[Manifest]:
    """Who is needed by others first, so that a failure names the cause and not what follows from it."""
    return sorted(workloads, key=lambda one: ORDER.index(ref_of(one)) if ref_of(one) in ORDER else len(ORDER))
