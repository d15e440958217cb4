"""Why a Pod is not ready: its node, its claims of storage, its containers, its probes."""

from collections.abc import Iterator
from typing import Any

from kubeface.kube.client import Cluster
from kubeface.kube.reasons.evidence import last_lines, latest_events, missing_in_words, of_its_end, sentence
from kubeface.kube.reasons.scheduling import of_its_node, of_unscheduled
from kubeface.kube.transport import Forbidden
from kubeface.model.objects import KubeObject
from kubeface.model.pods import CRASH_REASON, IMAGE_REASONS, START_REASONS, STARTING

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


#: What a failed pull says somewhere in its message, and what that means.
_PULLS = (
    (("not found", "manifest unknown", "does not exist"), "the registry has no such image or tag"),
    (
        ("no such host", "connection refused", "i/o timeout", "no route to host", "deadline exceeded"),
        "its registry cannot be reached",
    ),
    (("unauthorized", "denied", "authorization failed", "401", "403"), "the registry wants another login"),
    (("couldn't parse image", "invalid reference"), "that is no name of an image"),
)
#: What an exit code says by itself: sh's for a command, 128 and the signal's number.
_CODES = {
    126: "the command cannot be executed",
    127: "the command was not found",
    137: "it was killed: SIGKILL",
    139: "it crashed: SIGSEGV",
    143: "it was asked to end: SIGTERM",
}  # fmt: skip


def of_container(
    cluster: Cluster, pod: KubeObject, status: dict[str, Any], namespace: str, *, is_first: bool
) -> Iterator[str]:
    """Why a container does not run, or did not the last time.

    Args:
        cluster: Where it is.
        pod: Whose it is.
        status: What the kubelet reports of it.
        namespace: Where the Pod is.
        is_first: Whether it is an init container: the others start after it.
    """
    who = f"{pod.ref}, {'init container' if is_first else 'container'} {status['name']}"
    waiting = (status.get("state") or {}).get("waiting") or {}
    if waiting.get("reason") not in (None, *STARTING):
        yield f"{who}: {_waiting(cluster, status, waiting, namespace)}"
    now, before = ((status.get(state) or {}).get("terminated") for state in ("state", "lastState"))
    ended = now or before or {}
    if ended.get("exitCode") or ended.get("reason") == "OOMKilled":
        after = "; the other containers start after it" if is_first else ""
        yield f"{who} {_ended(pod, status['name'], ended)}{after}"
        yield from last_lines(cluster, pod, status["name"], namespace, is_previous=not now)


def pull_in_words(image: str, message: str) -> str:
    """Why an image cannot be pulled, out of the kubelet's message.

    >>> pull_in_words("receiver:v9", "rpc error: code = NotFound desc = receiver:v9: not found")
    'the image receiver:v9 cannot be pulled, the registry has no such image or tag'
    """
    meaning = next((m for signs, m in _PULLS if any(sign in message for sign in signs)), None)
    return f"the image {image} cannot be pulled, {meaning or f'the kubelet says: {message}'}"


def _waiting(cluster: Cluster, status: dict[str, Any], waiting: dict[str, Any], namespace: str) -> str:
    reason, message = waiting["reason"], str(waiting.get("message") or "")
    if reason in IMAGE_REASONS:
        return f"{pull_in_words(status.get('image', ''), message)} ({sentence(reason, message)})"
    if reason in START_REASONS:
        missing = missing_in_words(cluster, message, namespace)
        return f"it cannot be started: {missing or message} ({reason})"
    if reason == CRASH_REASON:
        count = status.get("restartCount", 0)
        return f"it ends again and again, {count} restarts so far ({sentence(reason, message)})"
    return sentence(reason, message)


def _ended(pod: KubeObject, container: str, ended: dict[str, Any]) -> str:
    code, reason = ended.get("exitCode"), ended.get("reason") or "no reason given"
    if reason == "OOMKilled":
        limit = _memory_limit(pod, container)
        return f"was killed: it used more memory than its limit{limit} (OOMKilled, exit code {code})"
    meaning = f": {_CODES[code]}" if code in _CODES else ""
    said = f"; {str(ended['message']).strip()}" if ended.get("message") else ""
    return f"ended with exit code {code} ({reason}){meaning}{said}"


def _memory_limit(pod: KubeObject, container: str) -> str:
    spec = pod.raw.get("spec") or {}
    for one in [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]:
        limit = ((one.get("resources") or {}).get("limits") or {}).get("memory")
        if one["name"] == container and limit:
            return f" of {limit}"
    return ""


DEFAULT = "storageclass.kubernetes.io/is-default-class"


def of_claim(cluster: Cluster, claim: KubeObject, namespace: str) -> Iterator[str]:
    """Why a claim is not bound; nothing if it is."""
    if claim.status is not None and claim.status.phase == "Bound":
        return
    events = latest_events(cluster, claim, namespace)
    said = _of_its_class(cluster, claim) or _said(events, "ProvisioningFailed", "FailedBinding")
    if not said and "WaitForFirstConsumer" in events:
        said = "it is bound when a first Pod that uses it has a node (WaitForFirstConsumer)"
    yield f"{claim.ref} is not bound: {said or _said(events, *events) or 'nobody says why'}"


def of_claims(cluster: Cluster, pod: KubeObject, namespace: str) -> Iterator[str]:
    """Which of the claims that a Pod uses are missing or not bound, and why."""
    for volume in (pod.raw.get("spec") or {}).get("volumes") or []:
        if "persistentVolumeClaim" in volume:
            ref = f"persistentvolumeclaim/{volume['persistentVolumeClaim']['claimName']}"
            claim = cluster.find(ref, namespace=namespace)
            if claim is None:
                yield f"{ref} does not exist in namespace {namespace}"
            else:
                yield from of_claim(cluster, claim, namespace)


def _of_its_class(cluster: Cluster, claim: KubeObject) -> str:
    """What is wrong with the claim's StorageClass; empty if nothing is, or it wants none."""
    named = (claim.raw.get("spec") or {}).get("storageClassName")
    try:
        classes = cluster.list("storageclasses")
    except Forbidden:
        return ""  # who has rights in a namespace only does not see them
    there = f"there is {', '.join(one.name for one in classes)}" if classes else "the cluster has none"
    if named is None and not any(one.annotations.get(DEFAULT) == "true" for one in classes):
        return f"it names no StorageClass, and none is the default; {there}"
    if named and named not in [one.name for one in classes]:
        return f"its StorageClass {named} does not exist; {there}"
    return ""


def _said(events: dict[str, KubeObject], *named: str) -> str:
    return next((f"{name}: {str(events[name].message).strip()}" for name in named if name in events), "")
