"""Why a Pod has no node, or its node is not ready: what each node lacks, in words and numbers."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kubeface.errors import KubefaceError
from kubeface.kube.client import Cluster
from kubeface.kube.reasons.evidence import of_condition
from kubeface.model.objects import KubeObject
from kubeface.model.pods import requested, total_requested
from kubeface.model.quantities import amount, spelled

_SUMMARY = re.compile(r"0/(?P<all>\d+) nodes are available: (?P<parts>.*?)(?:\. |\.?$)", re.DOTALL)
_PART = re.compile(r"(?P<count>\d+) (?P<why>.+)", re.DOTALL)
_SHORT = re.compile(r"Insufficient (\S+)")

#: What the scheduler says of nodes, by how it begins, and what that means.
_MEANINGS = (
    ("Too many pods", "cannot hold another Pod"),
    ("node(s) didn't match Pod's node affinity/selector", "do not have the labels that the Pod selects"),
    ("node(s) had untolerated taint", "have a taint that the Pod does not tolerate"),
    ("node(s) were unschedulable", "are closed to new Pods (cordoned)"),
    ("node(s) didn't have free ports", "have its host port taken"),
    ("node(s) had volume node affinity conflict", "cannot reach its volume, which lies on another node"),
    ("node(s) didn't match pod anti-affinity", "have a Pod that it refuses to be beside"),
    ("node(s) didn't match pod affinity", "lack the Pod that it wants to be beside"),
    ("node(s) didn't match pod topology spread", "would make the Pods' spread uneven"),
)


def of_unscheduled(cluster: Cluster, pod: KubeObject) -> Iterator[str]:
    """Why no node takes a Pod: what the nodes lack, with numbers for each."""
    condition = pod.condition("PodScheduled")
    if condition is None or condition.status != "False":
        return
    message = str(condition.message or "")
    yield f"{pod.ref} has no node: {in_words(message) or f'{condition.reason}: {message}'}"
    try:
        for resource in short_of(message):
            yield _free_by_node(cluster, pod, resource)
        yield from _what_is_asked(cluster, pod, message)
    except KubefaceError:
        return  # who has rights in a namespace only does not see nodes


def in_words(message: str) -> str:
    """The scheduler's message in plain words; empty if it is not about nodes.

    >>> in_words("0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: …")
    '2 of 2 nodes have too little cpu free'
    """
    summary = _SUMMARY.search(message)
    if summary is None:
        return ""
    parts = (_PART.fullmatch(part.strip()) for part in summary["parts"].split(", "))
    return "; ".join(f"{p['count']} of {summary['all']} nodes {_meaning(p['why'])}" for p in parts if p)


def short_of(message: str) -> list[str]:
    """The resources that nodes have too little of, according to the scheduler's message.

    >>> short_of("0/2 nodes are available: 1 Insufficient cpu, 2 Insufficient memory.")
    ['cpu', 'memory']
    """
    return list(dict.fromkeys(found.rstrip(".,") for found in _SHORT.findall(message)))


def _meaning(why: str) -> str:
    if short := _SHORT.match(why):
        return f"have too little {short[1].rstrip('.')} free"
    meaning = next((meaning for beginning, meaning in _MEANINGS if why.startswith(beginning)), None)
    return meaning or f"say: {why}"


def _free_by_node(cluster: Cluster, pod: KubeObject, resource: str) -> str:
    on: dict[str | None, list[Mapping[str, Any]]] = {}
    for other in cluster.list("pods", everywhere=True):
        on.setdefault(other.node, []).append(other.raw)
    nodes = [
        _free(node.raw, resource, total_requested(on.get(node.name, []), resource))
        for node in cluster.nodes()
    ]
    return f"it asks for {spelled(resource, requested(pod.raw, resource))} {resource}; {', '.join(nodes)}"


def _free(node: Mapping[str, Any], resource: str, taken: Decimal) -> str:
    has = amount((node["status"].get("allocatable") or {}).get(resource, 0))
    free = spelled(resource, max(has - taken, Decimal(0)))
    return f"{node['metadata']['name']} has {free} of {spelled(resource, has)} free"


def _what_is_asked(cluster: Cluster, pod: KubeObject, message: str) -> Iterator[str]:
    selected = (pod.raw.get("spec") or {}).get("nodeSelector")
    if "selector" in message and selected:
        yield f"it selects nodes with {', '.join(f'{key}={value}' for key, value in selected.items())}"
    if "taint" in message:
        taints = {node.name: (node.raw.get("spec") or {}).get("taints") or [] for node in cluster.nodes()}
        tainted = [f"{name}: {', '.join(t['key'] for t in held)}" for name, held in taints.items() if held]
        yield f"the taints: {'; '.join(tainted)}" if tainted else "the taints are gone by now"


PRESSURES = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")


def of_node(node: KubeObject) -> Iterator[str]:
    """Why a node is not ready, or short of something."""
    silent = of_condition(node, "Ready", "Unknown")
    yield from (f"{node.ref} is NotReady, its kubelet is silent: {said}" for said in silent)
    yield from (f"{node.ref} is NotReady: {said}" for said in of_condition(node, "Ready", "False"))
    for pressure in PRESSURES:
        yield from (f"{node.ref} has {pressure}: {said}" for said in of_condition(node, pressure))


def of_its_node(cluster: Cluster, pod: KubeObject) -> Iterator[str]:
    """Why the node of a Pod keeps it from running; nothing if the node is fine or may not be looked at."""
    if pod.node is None:
        return
    try:
        node = cluster.find(f"node/{pod.node}")
    except KubefaceError:
        return  # who has rights in a namespace only does not see nodes
    if node is None:
        yield f"{pod.ref} is on node/{pod.node}, which does not exist any more"
    elif not node.is_ready:
        yield from (f"{pod.ref} is on a node that is not ready: {said}" for said in of_node(node))
