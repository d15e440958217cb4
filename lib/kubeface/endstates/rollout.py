"""The progress of a workload's rollout; pure."""

from typing import Any

from kubeface.endstates.parts import at
from kubeface.kube import KubeObject
from kubeface.model.workloads import rollout_of


def unfinished(workload: KubeObject, *, called: str = "Pods") -> str:
    """What the rollout of a workload's latest template lacks: of this generation, none paused, none old.

    Args:
        workload: A Deployment, a DaemonSet or a StatefulSet, as last seen.
        called: What its Pods are called in the sentence.

    >>> unfinished(KubeObject({"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 0}}))
    'no web is asked for'
    """
    rollout = rollout_of(workload)
    desired = rollout.desired
    if workload.is_terminating:
        return f"the {workload.kind} {workload.name} is being deleted"
    if not desired and (workload.kind != "DaemonSet" or rollout.is_observed):
        return f"no {workload.name} is asked for"
    if rollout.is_paused:
        return "its rollout is paused"
    if not rollout.is_observed:
        return "nobody has acted on its latest change yet"
    if rollout.updated < desired:
        return f"{rollout.updated} of {desired} {called} are of the latest template"
    if min(rollout.ready, rollout.available) < desired:
        return f"{min(rollout.ready, rollout.available)} of {desired} {called} are ready"
    return f"{rollout.surplus} of the old {called} are still there" if rollout.surplus else ""


def is_begun(workload: KubeObject) -> bool:
    """Whether Pods of another template than the running ones' are asked for, or the rollout is paused."""
    rollout = rollout_of(workload)
    return rollout.total > rollout.updated or rollout.is_paused


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
