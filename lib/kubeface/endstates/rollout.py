"""How far a workload is with its latest template; pure."""

from typing import Any

from kubeface.endstates.parts import at
from kubeface.kube import KubeObject


def unfinished(workload: KubeObject, *, called: str = "Pods") -> str:
    """What the rollout of a workload's latest template lacks: of this generation, none paused, none old.

    Args:
        workload: A Deployment, a DaemonSet or a StatefulSet, as last seen.
        called: What its Pods are called in the sentence.

    >>> unfinished(KubeObject({"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 0}}))
    'no web is asked for'
    """
    wanted, count = workload.desired, _counts(workload)
    if workload.is_terminating:
        return f"the {workload.kind} {workload.name} is being deleted"
    if not wanted and (workload.kind != "DaemonSet" or is_seen(workload)):
        return f"no {workload.name} is asked for"
    if at(workload, "spec", "paused"):
        return "its rollout is paused"
    if not is_seen(workload):
        return "nobody has acted on its latest change yet"
    if count["updated"] < wanted:
        return f"{count['updated']} of {wanted} {called} are of the latest template"
    if workload.ready < wanted or count["available"] < wanted:
        return f"{min(workload.ready, count['available'])} of {wanted} {called} are ready"
    return f"{count['all'] - wanted} of the old {called} are still there" if count["all"] > wanted else ""


def is_seen(workload: KubeObject) -> bool:
    """Whether its controller has seen the latest spec."""
    seen, generation = at(workload, "status", "observedGeneration"), at(workload, "metadata", "generation")
    return seen is not None and seen >= (generation or 0)


def is_begun(workload: KubeObject) -> bool:
    """Whether Pods of another template than the running ones' are asked for, or the rollout is paused."""
    old = int(at(workload, "status", "replicas") or 0) - _counts(workload)["updated"]
    return bool(old > 0 or at(workload, "spec", "paused"))


def bound(told: Any, of: int, *, up: bool) -> int:
    """A number of Pods, or a percentage of them, as the controllers read it.

    >>> bound("25%", 3, up=True), bound("25%", 3, up=False), bound(2, 3, up=False), bound(None, 3, up=False)
    (1, 0, 2, 0)
    """
    text = str(told if told is not None else 0)
    if not text.endswith("%"):
        return int(text)
    share = int(text[:-1]) * of
    return -(-share // 100) if up else share // 100


def bounds(deployment: KubeObject) -> tuple[int, int]:
    """How many Pods more and how many fewer a rolling update may have, as the controller reckons.

    >>> told = {"maxSurge": "0%", "maxUnavailable": "25%"}
    >>> bounds(KubeObject({"spec": {"replicas": 3, "strategy": {"rollingUpdate": told}}}))
    (0, 1)
    """
    told = at(deployment, "spec", "strategy", "rollingUpdate") or {}
    surge = bound(told.get("maxSurge", "25%"), deployment.desired, up=True)
    missing = bound(told.get("maxUnavailable", "25%"), deployment.desired, up=False)
    return surge, missing if surge or missing else 1  # specified: both 0 would never end


def _counts(workload: KubeObject) -> dict[str, int]:
    names = ("updatedReplicas", "availableReplicas", "replicas")
    if workload.kind == "DaemonSet":
        names = ("updatedNumberScheduled", "numberAvailable", "desiredNumberScheduled")
    found = (int(at(workload, "status", name) or 0) for name in names)
    return dict(zip(("updated", "available", "all"), found, strict=True))
