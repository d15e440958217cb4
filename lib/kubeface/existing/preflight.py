"""Can an existing cluster run the course? One sentence for each thing that it lacks; read-only."""

import re
from collections.abc import Iterator

from kubeface.errors import Missing
from kubeface.existing import rights, storage_classes
from kubeface.kube import Cluster, KubeObject, find_kubectl
from kubeface.kube.overrides import ClusterOverrides
from kubeface.kube.rights import may, user
from kubeface.linux import kernel
from kubeface.model.ownership import NODE_LABEL
from kubeface.util.finding import Finding, not_allowed

#: Specified: from v1.30 on, the manifests' `lifecycle.preStop.sleep` works by default (KEP-3960).
OLDEST = (1, 30)
#: The newest that the course has been tried with.
NEWEST = (1, 37)


def examine(cluster: Cluster, overrides: ClusterOverrides) -> list[Finding]:
    """Examine what the cluster has and lacks, and which rights its user lacks.

    Raises:
        ConnectionFailed: nobody answers at its address.
    """
    version = judge_version(cluster.version())
    if version.stops:
        return [version]
    who = user(cluster)
    return [
        version,
        _kubectl(),
        *_nodes(cluster, who),
        *storage_classes.check(cluster, who, overrides),
        *rights.namespace(cluster, who),
        *rights.within(cluster, who),
        *rights.beyond(cluster, who),
    ]


def judge_version(said: str) -> Finding:
    """Check the version of Kubernetes, as an API server spells it.

    >>> judge_version("v1.33.5+k3s1").problem
    ''
    >>> judge_version("v1.29.4-gke.1043002").problem
    'Kubernetes v1.29.4-gke.1043002 is too old for the manifests: take a cluster of v1.30 or newer.'
    """
    found = re.match(r"v?(\d+)\.(\d+)", said)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    oldest, newest = (f"v{major}.{minor}" for major, minor in (OLDEST, NEWEST))
    if version < OLDEST:
        problem = f"Kubernetes {said} is too old for the manifests: take a cluster of {oldest} or newer."
        return Finding("version", problem)
    if version > NEWEST:
        problem = f"Kubernetes {said} is newer than the course was tried with: go on, or take {newest}."
        return Finding("version", problem, is_warning=True)
    return Finding(f"Kubernetes {said}")


def _kubectl() -> Finding:
    try:
        return Finding(f"kubectl at {find_kubectl()}")
    except Missing:
        problem = "There is no kubectl on this machine: install it, or set KUBEFACE_KUBECTL to where it is."
        return Finding("kubectl", problem)


def _nodes(cluster: Cluster, who: str) -> Iterator[Finding]:
    if not may(cluster, "list", "nodes"):
        problem = not_allowed(who, "list nodes, which lessons look at", "`list` on nodes")
        yield Finding("nodes", problem, is_warning=True)
        return
    nodes = cluster.nodes()
    ready = [node for node in nodes if node.is_ready]
    if not ready:
        yield Finding("nodes", "No node is ready: start one, then look again.")
        return
    alone = "There is one node: what takes several is left out, as the table of the lessons says."
    yield Finding(
        f"{len(ready)} of {len(nodes)} nodes ready", alone if len(nodes) == 1 else "", is_warning=True
    )
    yield from _architectures(ready)
    yield _label(cluster, nodes)


def _architectures(nodes: list[KubeObject]) -> Iterator[Finding]:
    here = kernel.architecture()
    for node in nodes:
        info = (node.raw.get("status") or {}).get("nodeInfo") or {}
        there = info.get("architecture", here)
        if there != here:
            problem = f"{node.name} is {there}, and images built here are for {here}: build them on {there}."
            yield Finding(f"architecture of {node.name}", problem)


def _label(cluster: Cluster, nodes: list[KubeObject]) -> Finding:
    """Check that the queue finds a node to run on."""
    subject = f"nodes with the label {NODE_LABEL}=true"
    if may(cluster, "patch", "nodes") or any(node.labels.get(NODE_LABEL) == "true" for node in nodes):
        return Finding(subject)
    ask = f"`kubectl label nodes --all {NODE_LABEL}=true`"
    return Finding(
        subject,
        f"No node has the label {NODE_LABEL}=true, on which the queue runs: ask for {ask}.",
    )
