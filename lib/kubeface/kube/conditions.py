"""Whether an object is as a wait wants it; pure."""

from collections.abc import Callable, Mapping
from typing import Any

from kubeface.kube.objects import KubeObject

Claim = Callable[[KubeObject], bool]

#: Why a container does not run, where the kubelet tries again only after a while.
STUCK = ("CrashLoopBackOff", "ImagePullBackOff", "CreateContainerConfigError", "InvalidImageName")
WORKLOADS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")


def holds(one: KubeObject | None, for_: str | Claim) -> bool:
    """Whether an object (None: there is none) is what `for_` says.

    Args:
        one: The object as last seen.
        for_: `deleted`, `exists`, `Available`, `Ready`, `Complete`, `Bound`, `Active`, any other type
            of a condition, or a function of the object.
    """
    if one is None or for_ in ("deleted", "exists"):
        return for_ == ("deleted" if one is None else "exists")
    if callable(for_):
        return for_(one)
    return _CLAIMS[for_](one) if for_ in _CLAIMS else one.is_true(for_)


def is_over(one: KubeObject | None, for_: str | Claim) -> bool:
    """Whether waiting on is in vain: a failed Job will not complete, an ended Pod not get ready."""
    if one is None:
        return False
    if one.kind == "Job" and for_ == "Complete":
        return one.is_true("Failed")
    if one.kind == "Pod" and for_ == "Ready":
        return _phase(one) in ("Succeeded", "Failed")
    if one.kind == "Pod" and for_ == "Succeeded":
        return _phase(one) == "Failed"
    return False


def in_words(one: KubeObject | None) -> str:
    """How far an object is, in a few words.

    >>> in_words(KubeObject({"kind": "Deployment", "spec": {"replicas": 3}, "status": {"readyReplicas": 1}}))
    '1 of 3 Pods ready'
    """
    if one is None:
        return "there is no such object"
    if one.kind in WORKLOADS:
        return f"{one.ready} of {one.wanted} Pods ready"
    return f"it is {_phase(one)}" if _phase(one) else _conditions_in_words(one)


def how(one: KubeObject) -> str:
    """How an object is, in a few words; empty for one that is simply there, such as a ConfigMap.

    >>> how(KubeObject({"kind": "Pod", "spec": {"containers": [{}]}, "status": {"phase": "Pending"}}))
    'Pending, 0 of 1 ready'
    """
    if one.is_ending:
        return "Terminating"
    if one.kind in WORKLOADS:
        return in_words(one)
    if one.kind == "EndpointSlice":
        ends = one.raw.get("endpoints") or []
        return f"{sum(map(_gets_requests, ends))} of {len(ends)} ready"
    if one.kind == "Node":
        return "Ready" if one.is_ready else "NotReady"
    if one.kind == "Pod":
        ended = _phase(one) in ("Succeeded", "Failed")
        return _waits_for(one) + ("" if ended else f", {one.ready} of {one.wanted} ready")
    if one.kind == "Job":
        told = [word for word in ("Complete", "Failed", "Suspended") if one.is_true(word)]
        return told[0] if told else "running"
    return _phase(one) if one.kind in ("PersistentVolumeClaim", "PersistentVolume") else ""


def is_at_rest(one: KubeObject) -> bool:
    """Whether nobody is at work on an object, as far as it says: complete, ended, or simply there.

    >>> is_at_rest(KubeObject({"kind": "Pod", "metadata": {}, "status": {"phase": "Pending"}}))
    False
    """
    if one.is_ending:
        return False
    if one.kind in WORKLOADS:
        return _is_full(one) or bool(one.raw["spec"].get("paused"))
    if one.kind == "Pod":
        return one.is_ready or _phase(one) in ("Succeeded", "Failed")
    return one.kind != "Job" or how(one) != "running"


def is_stuck(one: KubeObject) -> bool:
    """Whether an object is a Pod that will stay as it is for a while, because of what went wrong before."""
    if one.kind != "Pod":
        return False
    placed = one.condition("PodScheduled")
    is_unplaced = placed is not None and placed.reason == "Unschedulable"
    return is_unplaced or _waits_for(one) in STUCK


def _gets_requests(endpoint: Mapping[str, Any]) -> bool:
    return (endpoint.get("conditions") or {}).get("ready", True) is not False


def _waits_for(pod: KubeObject) -> str:
    """A Pod's phase, or why its first container that does not run does not."""
    statuses = (pod.raw.get("status") or {}).get("containerStatuses") or []
    waiting = [((c.get("state") or {}).get("waiting") or {}).get("reason") for c in statuses]
    return str(next(filter(None, waiting), None) or _phase(pod) or "Pending")


def _phase(one: KubeObject) -> str:
    return str((one.raw.get("status") or {}).get("phase") or "")


def _conditions_in_words(one: KubeObject) -> str:
    conditions = (one.raw.get("status") or {}).get("conditions") or []
    return ", ".join(f"{c['type']} is {c['status']}" for c in conditions) or "it reports no condition yet"


def _is_observed(one: KubeObject) -> bool:
    """Whether its controller has seen the latest spec; else its status speaks of an older one."""
    seen = (one.raw.get("status") or {}).get("observedGeneration")
    return seen is None or seen >= one.raw["metadata"].get("generation", 0)


def _is_available(one: KubeObject) -> bool:
    if one.kind == "Deployment":
        return _is_observed(one) and one.is_true("Available")
    return _is_full(one) if one.kind in WORKLOADS else one.is_true("Available")


def _is_ready(one: KubeObject) -> bool:
    return _is_full(one) if one.kind in WORKLOADS else one.is_ready


def _is_full(one: KubeObject) -> bool:
    """Whether all Pods wanted are there, ready, and of the latest template."""
    status = one.raw.get("status") or {}
    updated = "updatedNumberScheduled" if one.kind == "DaemonSet" else "updatedReplicas"
    is_updated = one.kind == "ReplicaSet" or status.get(updated, 0) >= one.wanted
    is_seen = "observedGeneration" in status and _is_observed(one)
    return is_seen and is_updated and one.ready >= one.wanted and not _has_surplus(one)


def _has_surplus(one: KubeObject) -> bool:
    """Whether Pods of an older template are still there beside the new ones."""
    return one.kind == "Deployment" and one.raw["status"].get("replicas", 0) > one.wanted


_CLAIMS: dict[str, Claim] = {
    "Available": _is_available,
    "Ready": _is_ready,
    "Bound": lambda one: _phase(one) == "Bound",
    "Active": lambda one: _phase(one) == "Active",
    "Succeeded": lambda one: _phase(one) == "Succeeded",
    "Running": lambda one: _phase(one) == "Running",
}
