"""Why an object is not as wanted: sentences with their evidence, most telling first."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from kubeface.errors import KubefaceError
from kubeface.kube.client import Cluster
from kubeface.kube.conditions import WORKLOADS
from kubeface.kube.objects import KubeObject

LOG_LINES = 5  # chosen: enough for the last line of a traceback and what led to it
# What the kubelet answers, with status 200, when it has removed the container.
NO_LOG = "unable to retrieve container logs"
AT_MOST = 6  # chosen: who reads more sentences than that runs kubectl describe


def reasons(cluster: Cluster, one: KubeObject | None, *, namespace: str) -> list[str]:
    """Why an object is not as wanted, as far as the cluster tells; empty when it tells nothing.

    Never raises for what cannot be read: a wait that failed has its own error to report.
    """
    if one is None:
        return []
    try:
        return list(dict.fromkeys(_reasons(cluster, one, namespace)))[:AT_MOST]
    except KubefaceError as silence:
        return [f"no reasons could be read: {silence.what}"]


def _reasons(cluster: Cluster, one: KubeObject, namespace: str) -> Iterator[str]:
    if one.kind in WORKLOADS:
        return _of_workload(cluster, one, namespace)
    if one.kind == "Job":
        return chain(_of_condition(one, "Failed"), _of_pods(cluster, one, namespace))
    if one.kind == "Pod":
        return _of_pod(cluster, one, namespace)
    if one.kind == "PersistentVolumeClaim":
        return _of_claim(cluster, one, namespace)
    if one.kind == "Namespace":
        types = [condition.type for condition in one.status.conditions or []]
        return chain.from_iterable(_of_condition(one, type_) for type_ in types)  # each tells of an obstacle
    return _of_condition(one, "Ready", "False", "Unknown")


def _of_workload(cluster: Cluster, one: KubeObject, namespace: str) -> Iterator[str]:
    yield from _of_condition(one, "ReplicaFailure")
    yield from _of_events(cluster, one, namespace, "FailedCreate")
    yield from _of_pods(cluster, one, namespace)
    yield from _of_condition(one, "Progressing", "False")


def _of_pods(cluster: Cluster, owner: KubeObject, namespace: str) -> Iterator[str]:
    labels = ((owner.raw.get("spec") or {}).get("selector") or {}).get("matchLabels")
    if labels:
        pods = [pod for pod in cluster.list("pods", labels=labels, namespace=namespace) if not pod.is_ready]
        yield from chain.from_iterable(_of_pod(cluster, pod, namespace) for pod in pods)


def _of_pod(cluster: Cluster, pod: KubeObject, namespace: str) -> Iterator[str]:
    for said in _of_condition(pod, "PodScheduled", "False"):
        yield f"{pod.ref} has no node: {said}"
        yield from _of_its_claims(cluster, pod, namespace)
        return
    status = pod.raw.get("status") or {}
    for container in [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]:
        yield from _of_container(cluster, pod, container, namespace)
    for said in _of_events(
        cluster, pod, namespace, "Unhealthy", "FailedMount", "FailedCreatePodSandBox", "Evicted"
    ):
        yield f"{pod.ref}: {said}"


def _of_container(
    cluster: Cluster, pod: KubeObject, container: dict[str, Any], namespace: str
) -> Iterator[str]:
    who = f"{pod.ref}, container {container['name']}"
    waiting = (container.get("state") or {}).get("waiting") or {}
    if waiting.get("reason") not in (None, "ContainerCreating", "PodInitializing"):
        yield f"{who}: {_sentence(waiting['reason'], waiting.get('message'))}"
    now, before = ((container.get(state) or {}).get("terminated") for state in ("state", "lastState"))
    ended = now or before or {}
    if ended.get("exitCode"):
        yield f"{who} ended with exit code {ended['exitCode']} ({ended.get('reason', 'no reason given')})"
        yield from _last_lines(cluster, pod, container["name"], namespace, is_previous=not now)


def _last_lines(
    cluster: Cluster, pod: KubeObject, container: str, namespace: str, *, is_previous: bool
) -> Iterator[str]:
    try:
        said = cluster.logs(
            pod.name, container=container, namespace=namespace, lines=LOG_LINES, previous=is_previous
        )
    except KubefaceError:
        return  # the node or the container is gone, and its log with it
    if said.strip() and not said.startswith(NO_LOG):
        yield "its last lines:\n  " + "\n  ".join(said.rstrip().splitlines())


def _of_its_claims(cluster: Cluster, pod: KubeObject, namespace: str) -> Iterator[str]:
    volumes = (pod.raw.get("spec") or {}).get("volumes") or []
    for volume in volumes:
        if "persistentVolumeClaim" in volume:
            ref = f"persistentvolumeclaim/{volume['persistentVolumeClaim']['claimName']}"
            claim = cluster.find(ref, namespace=namespace)
            if claim is None:
                yield f"{ref} does not exist"
            elif claim.status.phase != "Bound":
                yield from _of_claim(cluster, claim, namespace)


def _of_claim(cluster: Cluster, claim: KubeObject, namespace: str) -> Iterator[str]:
    said = list(
        _of_events(cluster, claim, namespace, "ProvisioningFailed", "FailedBinding", "WaitForFirstConsumer")
    )
    yield f"{claim.ref} is not bound: {said[0] if said else 'nobody says why'}"


def _of_condition(one: KubeObject, type_: str, *statuses: str) -> Iterator[str]:
    condition = one.condition(type_)
    if condition and condition.status in (statuses or ("True",)):
        yield _sentence(condition.reason or type_, condition.message)


def _of_events(cluster: Cluster, one: KubeObject, namespace: str, *named: str) -> Iterator[str]:
    """The latest event of each of those reasons."""
    about = {"involvedObject.uid": one.raw["metadata"]["uid"]}
    events = cluster.list("events", fields=about, namespace=namespace)
    latest = {event.reason: event for event in sorted(events, key=_moment)}
    for name in named:
        if name in latest:
            yield _sentence(name, latest[name].message)


def _moment(event: KubeObject) -> str:
    return str(event.lastTimestamp or event.eventTime or event.metadata.creationTimestamp or "")


def _sentence(reason: str, message: str | None) -> str:
    return f"{reason}: {message.strip()}" if message else reason
