"""Why a node, or what runs on it, is not ready."""

from collections.abc import Iterator

from kubeface.errors import KubefaceError
from kubeface.kube.client import Cluster
from kubeface.kube.reasons.evidence import of_condition
from kubeface.model.objects import KubeObject

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
