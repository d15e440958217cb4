"""Why a Pod is not ready."""

from collections.abc import Iterator

from kubeface.kube.client import Cluster
from kubeface.kube.reasons.claims import of_claims
from kubeface.kube.reasons.containers import of_container
from kubeface.kube.reasons.evidence import latest_events, of_its_end, sentence
from kubeface.kube.reasons.missing import missing_in_words
from kubeface.kube.reasons.nodes import of_its_node
from kubeface.kube.reasons.scheduling import of_unscheduled
from kubeface.model.objects import KubeObject

#: How the kubelet begins its words about each probe, and what its failing leads to.
_PROBES = {
    "Readiness": "it gets no requests",
    "Liveness": "its container is restarted",
    "Startup": "its container does not count as started",
}


def of_pod(cluster: Cluster, pod: KubeObject, namespace: str) -> Iterator[str]:
    """Why a Pod is not ready: no node, a node that is not ready, its volumes, its containers, its probes."""
    status = pod.raw.get("status") or {}
    yield from of_its_end(pod)
    if status.get("phase") == "Failed" and status.get("reason"):
        yield f"{pod.ref} was ended: {sentence(status['reason'], status.get('message'))}"
    unscheduled = list(of_unscheduled(cluster, pod))
    if unscheduled:
        yield from unscheduled
        yield from of_claims(cluster, pod, namespace)
        return
    yield from of_its_node(cluster, pod)
    for statuses, is_first in (("initContainerStatuses", True), ("containerStatuses", False)):
        for container in status.get(statuses) or []:
            yield from of_container(cluster, pod, container, namespace, is_first=is_first)
    yield from _of_its_events(cluster, pod, namespace)


def _of_its_events(cluster: Cluster, pod: KubeObject, namespace: str) -> Iterator[str]:
    events = latest_events(cluster, pod, namespace)
    for reason in ("FailedMount", "FailedAttachVolume"):
        if reason in events:
            message = str(events[reason].message)
            missing = missing_in_words(cluster, message, namespace)
            yield f"{pod.ref} cannot mount a volume: {missing or message.strip()}"
    if "Unhealthy" in events:
        yield f"{pod.ref}: {probe_in_words(str(events['Unhealthy'].message))}"
    for reason in ("FailedCreatePodSandBox", "Evicted", "Preempted"):
        if reason in events:
            yield f"{pod.ref}: {sentence(reason, events[reason].message)}"


def probe_in_words(message: str) -> str:
    """A failing probe, what it leads to, and what it got.

    >>> probe_in_words("Readiness probe failed: HTTP probe failed with statuscode: 503")
    'its readiness probe fails, so it gets no requests: HTTP probe failed with statuscode: 503'
    """
    for probe, effect in _PROBES.items():
        for verb in ("failed", "errored"):
            if message.startswith(f"{probe} probe {verb}"):
                said = message.partition(":")[2].strip() or "without a word"
                return f"its {probe.lower()} probe fails, so {effect}: {said}"
    return sentence("Unhealthy", message)
