"""Bring a cluster into the state that a lesson begins with, whatever state it is in."""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from kubeface.errors import ApiError
from kubeface.kube import Cluster, KubeObject, in_kind_order, wait
from kubeface.kube.client import ref_of
from kubeface.kube.learner import claim
from kubeface.kube.user_objects import unlisted
from kubeface.kube.wait import Deadline
from kubeface.lesson import drift, leftovers, nodes
from kubeface.lesson.context import LessonStopped, is_course, refuse_others
from kubeface.lesson.plan import State
from kubeface.model.ownership import PART_OF, is_of_course
from kubeface.model.workloads import WORKLOADS
from kubeface.pipeline.deploy import ORDER, stands
from kubeface.pipeline.ranges import fitted

Manifest = dict[str, Any]
#: Reports what is being done.
Tell = Callable[[str], None]

#: In what the API server says where a field cannot be changed: a selector, a Pod's command.
_FIXED = ("immutable", "may not change fields", "updates to statefulset spec")


def _nobody(doing: str) -> None:
    """Report to nobody."""


def bring(
    cluster: Cluster, state: State, *, timeout_s: float, tell: Tell = _nobody, clear: bool = False
) -> list[Manifest]:
    """Bring the cluster into the state, and wait until it is ready; safe to interrupt and to repeat.

    Args:
        cluster: The course's own, or somebody's.
        state: What it should hold.
        timeout_s: How long all of it may take.
        tell: Called with what is being done.
        clear: On somebody's cluster, also delete what lacks the course's label.

    Raises:
        LessonStopped: a namespace, or an object in it, is not the course's; nothing has been changed.
        NotReady: something was not ready, or not deleted, in time; the reasons are in `seen`.
    """
    deadline = Deadline.after(timeout_s)
    objects = arrange(cluster, state, deadline, tell=tell, clear=clear)
    for manifest in _dependencies_first(one for one in objects if one["kind"] in WORKLOADS):
        space = manifest["metadata"].get("namespace")
        tell(f"waiting until {ref_of(manifest)} is ready")
        wait(cluster, ref_of(manifest), for_="Ready", timeout_s=max(1.0, deadline.left_s), namespace=space)
    for step in state.last:
        step(cluster)
    return objects


def arrange(
    cluster: Cluster, state: State, deadline: Deadline, *, tell: Tell = _nobody, clear: bool = False
) -> list[Manifest]:
    """Apply the objects of the state and delete the leftovers; workloads may still be starting.

    Raises:
        LessonStopped: as `bring` does.
    """
    tell("taking away what is left of an earlier lesson")
    objects = in_kind_order(fitted(cluster, state.objects()))
    spaces = _spaces(objects)
    refuse_others(cluster, [*spaces, *state.namespaces, *state.gone])
    if not clear:
        _refuse_unlabelled(cluster, objects, state)
    nodes.put_in_order(cluster, state.labels)
    remove_namespaces(cluster, state.gone, deadline)
    _await_terminating(cluster, [*spaces, *state.namespaces], deadline)
    for manifest in _namespaces(objects, state):
        if not stands(cluster, manifest):
            _apply(cluster, manifest, deadline)
    if not is_course(cluster):
        claim(cluster, dict.fromkeys([*spaces, *state.namespaces]))
    claims = _delete_leftovers(cluster, objects, state, deadline)
    for step in state.first:
        step(cluster)
    tell("putting the lesson's objects in place")
    for manifest in objects:
        if manifest["kind"] != "Namespace":
            _apply(cluster, manifest, deadline)
    leftovers.await_deleted(cluster, claims, deadline)
    return objects


def lacking(cluster: Cluster, state: State) -> tuple[list[str], list[str]]:
    """The objects of the state that the cluster lacks: names of namespaces, and refs of the others.

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
    """Delete namespaces and wait: their Pods first, for a namespace with running Pods takes longer."""
    for name in names:
        if cluster.find(f"namespace/{name}"):
            leftovers.delete(cluster, leftovers.leftovers(cluster, name, desired=()))
            _await_pods(cluster, name, deadline)
            cluster.delete(f"namespace/{name}")
    for name in names:
        wait(cluster, f"namespace/{name}", for_="deleted", timeout_s=max(1.0, deadline.left_s))


def _await_pods(cluster: Cluster, namespace: str, deadline: Deadline) -> None:
    for pod in cluster.list("pods", namespace=namespace):
        cluster.delete(pod.ref, namespace=namespace, grace_s=0)
        wait(cluster, pod.ref, for_="deleted", timeout_s=max(1.0, deadline.left_s), namespace=namespace)


def _leftovers(cluster: Cluster, objects: list[Manifest], state: State) -> list[KubeObject]:
    """What is in the state's namespaces and not in the state."""
    found: list[KubeObject] = []
    for space in dict.fromkeys([*_spaces(objects), *state.namespaces]):
        desired = [ref_of(one) for one in objects if one["metadata"].get("namespace") == space]
        found += leftovers.leftovers(cluster, space, [*desired, *state.keep])
    return found


def _refuse_unlabelled(cluster: Cluster, objects: list[Manifest], state: State) -> None:
    """Stop before an object on somebody's cluster is deleted that lacks the course's label.

    Raises:
        LessonStopped: there is one.
    """
    if is_course(cluster):
        return
    found = _leftovers(cluster, objects, state)
    going = [name for name in state.gone if cluster.find(f"namespace/{name}")]
    found += [one for name in going for one in leftovers.leftovers(cluster, name, desired=())]
    told = [f"{one.ref} in {one.namespace}" for one in found if not is_of_course(one)]
    for name in going:
        refs, unseen = unlisted(cluster, name)
        told += [f"{ref} in {name}" for ref in refs]
        told += [f"{kind} in {name}, which this user may not list" for kind in unseen]
    if told:
        raise LessonStopped(
            f"On {cluster.context} are objects without the course's label; nothing was changed.",
            seen="\n".join(told),
            try_next="open the lesson on another cluster; or with clear=True, which deletes them",
        )


def _delete_leftovers(
    cluster: Cluster, objects: list[Manifest], state: State, deadline: Deadline
) -> list[KubeObject]:
    """Delete what is in the state's namespaces and not in the state.

    Returns:
        Claims, which are there as long as a Pod mounts them: that of a workload of the state does, until the
        workload is as the state has it.
    """
    found = _leftovers(cluster, objects, state)
    leftovers.delete(cluster, found)
    claims = [one for one in found if one.kind == "PersistentVolumeClaim"]
    leftovers.await_deleted(cluster, [one for one in found if one not in claims], deadline)
    return claims


def _apply(cluster: Cluster, manifest: Manifest, deadline: Deadline) -> KubeObject:
    """Make an object what its manifest says, whoever has changed it."""
    try:
        one = _changed(cluster, manifest)
    except ApiError as refusal:
        if not _is_fixed(refusal):
            raise
        one = None
    return _recreate(cluster, manifest, deadline) if one is None else one


def _changed(cluster: Cluster, manifest: Manifest) -> KubeObject | None:
    """An object as its manifest has it, changed in place; None where it is just going, and the change too."""
    try:
        one = cluster.apply(manifest)
    except ApiError as refusal:
        there = cluster.find(ref_of(manifest), namespace=manifest["metadata"].get("namespace"))
        if there is None or _is_fixed(refusal):
            raise
        return drift.replace(cluster, manifest, there)  # with a field that somebody has set it makes no sense
    if one.is_terminating:
        return None
    return drift.replace(cluster, manifest, one) if drift.has_drifted(one) else one


def _is_fixed(refusal: ApiError) -> bool:
    """Whether the API server refused a change because that field of an object cannot be changed."""
    return any(words in refusal.seen for words in _FIXED)


def _recreate(cluster: Cluster, manifest: Manifest, deadline: Deadline) -> KubeObject:
    ref, space = ref_of(manifest), manifest["metadata"].get("namespace")
    cluster.delete(ref, namespace=space)
    wait(cluster, ref, for_="deleted", timeout_s=max(1.0, deadline.left_s), namespace=space)
    return cluster.apply(manifest)


def _await_terminating(cluster: Cluster, names: Iterable[str], deadline: Deadline) -> None:
    """Wait for namespaces that are terminating: nothing can be created in them."""
    for name in names:
        there = cluster.find(f"namespace/{name}")
        if there and there.is_terminating:
            wait(cluster, there.ref, for_="deleted", timeout_s=max(1.0, deadline.left_s))


def _namespaces(objects: list[Manifest], state: State) -> list[Manifest]:
    """The namespaces of a state: from its folders, else with the course's label alone."""
    told = {one["metadata"]["name"]: one for one in objects if one["kind"] == "Namespace"}
    names = dict.fromkeys([*_spaces(objects), *state.namespaces])
    return [told.get(name) or _namespace(name) for name in names]


def _namespace(name: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(PART_OF)}}


def _spaces(objects: list[Manifest]) -> list[str]:
    named = (one["metadata"].get("namespace") for one in objects if one["kind"] != "Namespace")
    made = (one["metadata"]["name"] for one in objects if one["kind"] == "Namespace")
    return [space for space in dict.fromkeys(chain(made, named)) if space]


def _dependencies_first(workloads: Iterable[Manifest]) -> list[Manifest]:
    """Dependencies first, so that a failure names its cause."""
    return sorted(workloads, key=lambda one: ORDER.index(ref_of(one)) if ref_of(one) in ORDER else len(ORDER))
