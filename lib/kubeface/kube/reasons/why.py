"""The reasons of any object: which subject to ask, and what to leave out."""

import difflib
from collections.abc import Iterator
from itertools import chain

from kubeface.errors import KubefaceError
from kubeface.kube.client import Cluster
from kubeface.kube.reasons.evidence import of_condition, of_its_end
from kubeface.kube.reasons.pods import of_claim, of_pod
from kubeface.kube.reasons.scheduling import of_node
from kubeface.kube.reasons.workloads import of_job, of_workload
from kubeface.model.kinds import split_ref
from kubeface.model.objects import KubeObject
from kubeface.model.workloads import WORKLOADS

AT_MOST = 6  # chosen: who reads more sentences than that runs kubectl describe


def reasons(cluster: Cluster, one: KubeObject | None, *, namespace: str, ref: str = "") -> list[str]:
    """Why an object does not get ready, the most important reason first; empty if the cluster has none.

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


def of_absence(cluster: Cluster, ref: str, namespace: str) -> Iterator[str]:
    """Why there is nothing of that ref: no namespace, or a name that is spelled differently."""
    word, name = split_ref(ref)
    kind = cluster.kind(word)
    if kind.namespaced and cluster.find(f"namespace/{namespace}") is None:
        yield f"namespace/{namespace} does not exist"
        return
    names = [one.name for one in cluster.snapshot(kind, namespace=namespace)[0]]
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        yield f"there is {kind.name.lower()}/{near[0]}"
