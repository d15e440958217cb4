"""Workloads: how many Pods they want and have, and when a rollout is complete."""

from collections.abc import Mapping
from dataclasses import dataclass

from kubeface.model.objects import KubeObject

WORKLOADS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")
#: Number → the field of the status that has it, where a DaemonSet's fields have names of their own.
_OF_DAEMONSETS = {
    "updated": "updatedNumberScheduled",
    "ready": "numberReady",
    "available": "numberAvailable",
    "total": "desiredNumberScheduled",
}
_FIELDS = {
    "updated": "updatedReplicas",
    "ready": "readyReplicas",
    "available": "availableReplicas",
    "total": "replicas",
}


@dataclass(frozen=True)
class Rollout:
    """A workload's Pods in numbers.

    Args:
        desired: How many there should be.
        updated: How many are of the latest template; of a ReplicaSet, which has one template, all.
        ready: How many are ready.
        available: How many have been ready for the workload's `minReadySeconds`.
        total: How many there are, of whatever template.
        is_observed: Whether its controller has seen the latest spec; else the numbers are of an older one.
        is_paused: Whether it is told to leave its Pods as they are.
    """

    desired: int
    updated: int
    ready: int
    available: int
    total: int
    is_observed: bool
    is_paused: bool

    @property
    def surplus(self) -> int:
        """How many Pods are still there that should go."""
        return max(0, self.total - self.desired)

    @property
    def is_complete(self) -> bool:
        """Whether all desired Pods are there, available and of the latest template, and no other.

        Source:
            `kubectl rollout status`: k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go.
        """
        short = min(self.updated, self.ready, self.available) < self.desired
        return self.is_observed and not short and not self.surplus


def rollout_of(workload: KubeObject) -> Rollout:
    """How far the rollout of a workload is.

    >>> status = {"observedGeneration": 2, "replicas": 3, "updatedReplicas": 1, "readyReplicas": 3}
    >>> one = {"kind": "Deployment", "metadata": {"generation": 2}, "spec": {"replicas": 3}, "status": status}
    >>> rollout_of(KubeObject(one)).updated, rollout_of(KubeObject(one)).is_complete
    (1, False)
    """
    spec, status = workload.raw.get("spec") or {}, workload.raw.get("status") or {}
    fields: Mapping[str, str] = _OF_DAEMONSETS if workload.kind == "DaemonSet" else _FIELDS
    counts = {number: int(status.get(field) or 0) for number, field in fields.items()}
    if workload.kind == "ReplicaSet":
        counts["updated"] = counts["total"]
    return Rollout(
        desired=workload.desired,
        is_observed=is_observed(workload),
        is_paused=bool(spec.get("paused")),
        **counts,
    )


def is_observed(one: KubeObject) -> bool:
    """Whether its controller has seen an object's latest spec; else its status is of an older one."""
    seen = (one.raw.get("status") or {}).get("observedGeneration")
    return seen is not None and seen >= ((one.raw.get("metadata") or {}).get("generation") or 0)
