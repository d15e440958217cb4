"""Break the pipeline as a table's row says, and put back what was there before.

A step is one of these; a ref's kind and name are as everywhere, in the namespace of the pipeline:

    template: deployment/receiver   its Pods' spec changes by `with`, and all of its Pods are replaced
    patch: service/receiver         it changes by `with`; node/* is every node
    create: {…}                     an object is made
    delete: service/receiver        it is deleted
    end: deployment/receiver        its Pods end, and others are made in their place
    hold: deployment/nsqlookupd     one of its Pods is deleted, and held by a finalizer
    power_off: deployment/mysql     a node that does not run it loses its power
"""

from collections.abc import Callable, Mapping
from typing import Any

from kubeface.endstates import pods
from kubeface.endstates.placing import ordinary
from kubeface.errors import NotReady
from kubeface.kube import Cluster, KubeObject, wait
from kubeface.kube.client import ref_of
from kubeface.kube.wait import Deadline
from kubeface.lesson import drift, power
from kubeface.model.kinds import split_ref
from kubeface.model.noise import recreatable

Body = dict[str, Any]
#: Ref → the object before the first step that changed it; None when there was none.
Before = dict[str, Body | None]
#: Called before anything is changed, so that it can be put back whatever happens.
Keep = Callable[[str, Body | None], None]

GO_S = 60.0  # chosen: the longest grace of a Pod of the pipeline is 30 s
SOON_S = 1  # chosen: with 0 the API server forgets a Pod that still runs
FINALIZER = "course.kubeface.internal/audit"
#: What a node is marked with that was switched off.
POWER = "power"


def carry_out(cluster: Cluster, step: Mapping[str, Any], keep: Keep) -> None:
    """Do one step.

    Raises:
        NotReady: what it begins with did not come about in time.
        LessonStopped: a node's power could not be cut.
    """
    (word,) = step.keys() - {"with"}
    STEPS[word](cluster, step[word], step.get("with") or {}, keep)


def put_back(cluster: Cluster, before: Before) -> None:
    """Make every object what it was, the one that was changed last at first.

    Raises:
        LessonStopped: a node's power could not be switched on.
    """
    for ref, body in reversed(before.items()):
        word, name = split_ref(ref)
        if word == POWER:
            power.power_on(cluster, name)
        elif word == "pod" and body is not None:
            _release(cluster, ref)
        elif body is None:
            cluster.delete(ref, grace_s=0 if word == "pod" else None)
        elif there := cluster.find(ref):
            drift.replace(cluster, body, there)
        else:
            cluster.create(body)


def settle(cluster: Cluster, before: Before) -> None:
    """Take the marks off nodes that were switched off by a drill, and on again by somebody."""
    for word, name in map(split_ref, before):
        if word == POWER and cluster.find(f"node/{name}"):
            cluster.patch(f"node/{name}", {"metadata": {"annotations": {power.MARK: None}}})


def _template(cluster: Cluster, ref: str, change: Mapping[str, Any], keep: Keep) -> None:
    """Another template, and no Pod of the old one that would serve on."""
    found = _kept(cluster, ref, keep)
    going = pods.of(cluster, found)
    body = {"spec": {"template": {"spec": change}}}
    if found.kind == "DaemonSet":
        cluster.patch(ref, body, strategic=True)
        _end_pods(cluster, going)
        return
    cluster.patch(ref, {"spec": {"replicas": 0}})
    _end_pods(cluster, going)
    cluster.patch(ref, body, strategic=True)
    cluster.patch(ref, {"spec": {"replicas": max(1, found.desired)}})


def _patch(cluster: Cluster, ref: str, change: Mapping[str, Any], keep: Keep) -> None:
    refs = [node.ref for node in ordinary(cluster)] if ref == "node/*" else [ref]
    for one in refs:
        _kept(cluster, one, keep)
        cluster.patch(one, change, strategic=True)


def _create(cluster: Cluster, body: Body, _: Mapping[str, Any], keep: Keep) -> None:
    ref = ref_of(body)
    if cluster.find(ref):  # somebody's: it is not to be deleted in the end
        raise NotReady(f"{ref} is there already", try_next="another seed")
    keep(ref, None)
    cluster.create(body)


def _delete(cluster: Cluster, ref: str, _: Mapping[str, Any], keep: Keep) -> None:
    _kept(cluster, ref, keep)
    cluster.delete(ref)
    wait(cluster, ref, for_="deleted", timeout_s=GO_S)


def _end(cluster: Cluster, ref: str, _: Mapping[str, Any], keep: Keep) -> None:
    _end_pods(cluster, pods.of(cluster, cluster.get(ref)))


def _hold(cluster: Cluster, ref: str, _: Mapping[str, Any], keep: Keep) -> None:
    found = pods.of(cluster, cluster.get(ref))
    if not found:
        raise NotReady(f"there is no Pod of {ref}")
    pod = found[0].ref
    _kept(cluster, pod, keep)
    cluster.patch(pod, {"metadata": {"finalizers": [FINALIZER]}})
    cluster.delete(pod)


def _power_off(cluster: Cluster, ref: str, _: Mapping[str, Any], keep: Keep) -> None:
    homes = {pod.node for pod in pods.of(cluster, cluster.get(ref))}
    away = [node.name for node in ordinary(cluster) if node.name not in homes]
    if not away:
        raise NotReady(f"every node runs {ref}", try_next="a cluster of more nodes")
    keep(f"{POWER}/{away[-1]}", None)
    power.power_off(cluster, away[-1])


def _kept(cluster: Cluster, ref: str, keep: Keep) -> KubeObject:
    found = cluster.get(ref)
    keep(ref, recreatable(found.raw))
    return found


def _end_pods(cluster: Cluster, going: list[KubeObject]) -> None:
    """End Pods, and wait until no container of them runs: one that is going still serves."""
    deadline = Deadline.after(GO_S)
    for pod in going:
        cluster.delete(pod.ref, grace_s=SOON_S)
    for pod in going:
        wait(cluster, pod.ref, for_="deleted", timeout_s=max(1.0, deadline.left_s))


def _release(cluster: Cluster, ref: str) -> None:
    if there := cluster.find(ref):
        others = [word for word in there.raw["metadata"].get("finalizers") or [] if word != FINALIZER]
        cluster.patch(ref, {"metadata": {"finalizers": others or None}})


#: Word → what a step of that word does.
STEPS: dict[str, Callable[[Cluster, Any, Mapping[str, Any], Keep], None]] = {
    "template": _template,
    "patch": _patch,
    "create": _create,
    "delete": _delete,
    "end": _end,
    "hold": _hold,
    "power_off": _power_off,
}
