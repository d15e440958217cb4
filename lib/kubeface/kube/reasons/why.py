"""The reasons of any object: which subject to ask, and what to leave out."""

from collections.abc import Iterator
from itertools import chain

from kubeface.errors import KubefaceError
from kubeface.kube.client import Cluster
from kubeface.kube.reasons.claims import of_claim
from kubeface.kube.reasons.evidence import of_condition, of_its_end
from kubeface.kube.reasons.missing import of_absence
from kubeface.kube.reasons.nodes import of_node
from kubeface.kube.reasons.pods import of_pod
from kubeface.kube.reasons.workloads import of_job, of_workload
from kubeface.model.objects import KubeObject
from kubeface.model.workloads import WORKLOADS

AT_MOST = 6  # chosen: who reads more sentences than that runs kubectl describe


def reasons(cluster: Cluster, one: KubeObject | None, *, namespace: str, ref: str = "") -> list[str]:
    """Why an object is not as wanted, the most telling first; empty when the cluster tells nothing.

    Never raises for what cannot be read: a wait that failed has its own error to report.

    Args:
        cluster: Where it is.
        one: The object as last seen; None when there is none.
        namespace: Where it is, or should be.
        ref: What was looked for, when there is none.
    """
    told: dict[str, None] = {}
    try:
        for said in _reasons(cluster, one, namespace) if one else of_absence(cluster, ref, namespace):
            told[said] = None
    except KubefaceError as silence:
        told[f"no more reasons could be read: {silence.what}"] = None
    return list(told)[:AT_MOST]


def _reasons(cluster: Cluster, one: KubeObject, namespace: str) -> Iterator[str]:
    if one.kind in WORKLOADS:
        return of_workload(cluster, one, namespace)
    if one.kind == "Job":
        return of_job(cluster, one, namespace)
    if one.kind == "Pod":
        return of_pod(cluster, one, namespace)
    if one.kind == "PersistentVolumeClaim":
        return of_claim(cluster, one, namespace)
    if one.kind == "Node":
        return of_node(one)
    if one.kind == "Namespace":
        types = [condition.type for condition in one.status.conditions or []]
        return chain.from_iterable(of_condition(one, type_) for type_ in types)  # each tells of an obstacle
    return chain(of_its_end(one), of_condition(one, "Ready", "False", "Unknown"))
