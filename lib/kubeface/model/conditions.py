"""Whether an object is as a wait wants it; pure."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from kubeface.model import pods
from kubeface.model.kinds import KINDS
from kubeface.model.objects import KubeObject
from kubeface.model.workloads import WORKLOADS, rollout_of

Claim = Callable[[KubeObject], bool]


def holds(one: KubeObject | None, for_: str | Claim) -> bool:
    """Whether an object meets a condition; None is an object that does not exist.

    Args:
        one: The object as last seen.
        for_: `deleted`, `exists`, `Available`, `Ready`, any other phase or type of condition, or a function
            of the object.
    """
    if one is None or for_ in ("deleted", "exists"):
        return for_ == ("deleted" if one is None else "exists")
    if callable(for_):
        return for_(one)
    return _CLAIMS[for_](one) if for_ in _CLAIMS else one.is_true(for_) or _phase(one) == for_


def words_of(kind: str) -> frozenset[str]:
    """The phases and condition types that objects of a kind can have, and `deleted`, `exists`.

    >>> sorted(words_of("ConfigMap"))
    ['deleted', 'exists']
    """
    return frozenset({"deleted", "exists", *_WORDS.get(kind, ())})


def may_become(kind: str, one: KubeObject | None, for_: str) -> bool:
    """Whether an object can ever meet a condition.

    Of the course's kinds it is known; a Pod or a node may have conditions of its own, which are there with
    the object or are announced by it. Of other kinds nothing is known: everything may come.

    Args:
        kind: Its kind.
        one: The object as last seen; None: there is none yet.
        for_: A word.
    """
    if not for_:
        return False
    if kind not in {known.name for known in KINDS} or for_ in words_of(kind):
        return True
    if one is None:
        return kind in _OPEN
    gates = (one.raw.get("spec") or {}).get("readinessGates") or []
    told = (one.raw.get("status") or {}).get("conditions") or []
    return for_ in {gate["conditionType"] for gate in gates} | {c["type"] for c in told}


def nearest(for_: str, words: Sequence[str]) -> str:
    """The word that a person may have meant, also by one of kubectl's.

    >>> nearest("condition=ready", ["Available", "Ready", "deleted", "exists"])
    'Ready'
    """
    said = {"create": "exists", "created": "exists", "delete": "deleted"}.get(
        for_.lower(), for_.lower().removeprefix("condition=")
    )
    by_lower = {word.lower(): word for word in words}
    close = get_close_matches(said, by_lower, n=1) or [
        word for word in ("ready", "available", "complete", "bound", "exists") if word in by_lower
    ]
    return by_lower[close[0]]


def is_over(one: KubeObject | None, for_: str | Claim) -> bool:
    """Whether waiting on is in vain: a failed Job will not complete, an ended Pod not get ready."""
    if one is None:
        return False
    if one.kind == "Job" and for_ == "Complete":
        return one.is_true("Failed")
    if one.kind == "Pod" and for_ == "Ready":
        return pods.has_ended(one.raw)
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
        return f"{one.ready} of {one.desired} Pods ready"
    return f"it is {_phase(one)}" if _phase(one) else _conditions_in_words(one)


def status_text(one: KubeObject) -> str:
    """How an object is, in a few words; empty for one that is simply there, such as a ConfigMap.

    >>> status_text(KubeObject({"kind": "Pod", "spec": {"containers": [{}]}, "status": {"phase": "Pending"}}))
    'Pending, 0 of 1 ready'
    >>> ends = [{}, {"conditions": {"ready": False, "terminating": True}}]
    >>> status_text(KubeObject({"kind": "EndpointSlice", "endpoints": ends}))
    '1 of 1 ready'
    """
    if one.is_terminating:
        return "Terminating"
    if one.kind in WORKLOADS:
        return in_words(one)
    if one.kind == "EndpointSlice":
        ends = [
            end
            for end in one.raw.get("endpoints") or []
            if not (end.get("conditions") or {}).get("terminating")
        ]
        return f"{sum(map(endpoint_is_ready, ends))} of {len(ends)} ready"
    if one.kind == "Node":
        return "Ready" if one.is_ready else "NotReady"
    if one.kind == "Pod":
        count = "" if pods.has_ended(one.raw) else f", {one.ready} of {one.desired} ready"
        return pods.status_word(one.raw) + count
    if one.kind == "Job":
        told = [word for word in ("Complete", "Failed", "Suspended") if one.is_true(word)]
        return told[0] if told else "running"
    return _phase(one) if one.kind in ("PersistentVolumeClaim", "PersistentVolume") else ""


def is_at_rest(one: KubeObject) -> bool:
    """Whether no controller is still working on an object: it is complete, has ended, or has no state.

    >>> is_at_rest(KubeObject({"kind": "Pod", "metadata": {}, "status": {"phase": "Pending"}}))
    False
    """
    if one.is_terminating:
        return False
    if one.kind in WORKLOADS:
        rollout = rollout_of(one)
        return rollout.is_complete or rollout.is_paused
    if one.kind == "Pod":
        return one.is_ready or pods.has_ended(one.raw)
    return one.kind != "Job" or status_text(one) != "running"


def is_stuck(one: KubeObject) -> bool:
    """Whether an object is a Pod that will stay as it is for a while, because of what went wrong before."""
    if one.kind != "Pod":
        return False
    placed = one.condition("PodScheduled")
    is_unplaced = placed is not None and placed.reason == "Unschedulable"
    return is_unplaced or pods.is_held_up(one.raw)


def endpoint_is_ready(endpoint: Mapping[str, Any]) -> bool:
    """Whether an endpoint of an EndpointSlice gets requests: its condition `ready` is not false.

    >>> endpoint_is_ready({"conditions": {}}), endpoint_is_ready({"conditions": {"ready": False}})
    (True, False)
    """
    return (endpoint.get("conditions") or {}).get("ready") is not False


def _phase(one: KubeObject) -> str:
    return str((one.raw.get("status") or {}).get("phase") or "")


def _conditions_in_words(one: KubeObject) -> str:
    conditions = (one.raw.get("status") or {}).get("conditions") or []
    return ", ".join(f"{c['type']} is {c['status']}" for c in conditions) or "it reports no condition yet"


def _is_available(one: KubeObject) -> bool:
    if one.kind == "Deployment":
        return rollout_of(one).is_observed and one.is_true("Available")
    if one.kind in WORKLOADS:
        return rollout_of(one).is_complete
    return one.is_true("Available") or _phase(one) == "Available"


def _is_ready(one: KubeObject) -> bool:
    return rollout_of(one).is_complete if one.kind in WORKLOADS else one.is_ready


_CLAIMS: dict[str, Claim] = {"Available": _is_available, "Ready": _is_ready}

#: Specified, in the API's reference: the phases and the types of conditions that Kubernetes itself sets.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "Pod": (
        *("Pending", "Running", "Succeeded", "Failed", "Ready", "ContainersReady", "Initialized"),
        *("PodScheduled", "PodReadyToStartContainers", "DisruptionTarget"),
        *("PodResizePending", "PodResizeInProgress"),
    ),
    "Node": ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"),
    "Namespace": (
        *("Active", "Terminating", "NamespaceDeletionDiscoveryFailure", "NamespaceDeletionContentFailure"),
        *("NamespaceDeletionGroupVersionParsingFailure", "NamespaceContentRemaining"),
        "NamespaceFinalizersRemaining",
    ),
    "Deployment": ("Available", "Ready", "Progressing", "ReplicaFailure"),
    "ReplicaSet": ("Available", "Ready", "ReplicaFailure"),
    "StatefulSet": ("Available", "Ready"),
    "DaemonSet": ("Available", "Ready"),
    "Job": ("Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet"),
    "PersistentVolumeClaim": (
        *("Pending", "Bound", "Lost", "Resizing", "FileSystemResizePending"),
        *("ControllerResizeError", "NodeResizeError", "ModifyingVolume", "ModifyVolumeError"),
    ),
    "PersistentVolume": ("Pending", "Available", "Bound", "Released", "Failed"),
    "HorizontalPodAutoscaler": ("AbleToScale", "ScalingActive", "ScalingLimited"),
    "PodDisruptionBudget": ("DisruptionAllowed",),
    "Service": ("LoadBalancerPortsError",),
    "APIService": ("Available",),
    "CustomResourceDefinition": (
        *("Established", "NamesAccepted", "NonStructuralSchema", "Terminating"),
        "KubernetesAPIApprovalPolicyConformant",
    ),
}
#: Kinds whose objects others give conditions of their own: readiness gates, what watches over nodes.
_OPEN = ("Pod", "Node")
