"""Pods: which are running, what runs in them, and whether it keeps running."""

import contextlib
import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from kubeface.endstates.images import named
from kubeface.endstates.parts import at, each
from kubeface.endstates.selectors import selects
from kubeface.errors import NotReady
from kubeface.kube import Cluster, KubeObject
from kubeface.kube.client import Selector
from kubeface.model.pods import has_ended
from kubeface.util.waiting import wait_until

RECENT_S = 600  # chosen: the longest pause before a container is started again is 300 s
STEADY_S = 6.0  # chosen: whoever forgets what keeps a container running sees it end within this time


def living(cluster: Cluster, *, labels: Selector = None, namespace: str | None = None) -> list[KubeObject]:
    """The Pods that are neither finished nor terminating."""
    return [pod for pod in cluster.list("pods", labels=labels, namespace=namespace) if lives(pod)]


def lives(pod: KubeObject) -> bool:
    """Whether a Pod is neither finished nor terminating."""
    return not pod.is_terminating and not has_ended(pod.raw)


def of(cluster: Cluster, workload: KubeObject) -> list[KubeObject]:
    """The Pods of a workload that are neither finished nor terminating."""
    selector = at(workload, "spec", "selector")
    pods = living(cluster, namespace=workload.namespace)
    return [pod for pod in pods if selects(selector, pod.labels)]


def runs(pod: KubeObject, program: str) -> bool:
    """Whether a container of a Pod runs a program: its command names it, or without one its image.

    >>> container = {"image": "ghcr.example/me/receiver@sha256:ab"}
    >>> runs(KubeObject({"spec": {"containers": [container]}}), "receiver")
    True
    >>> runs(KubeObject({"spec": {"containers": [container | {"command": ["sleep"]}]}}), "receiver")
    False
    """
    reported = {one.get("name"): one.get("imageID") for one in each(pod, "status", "containerStatuses")}
    for container in each(pod, "spec", "containers"):
        command = container.get("command") or []
        images = [container.get("image"), reported.get(container.get("name"))]
        named_by = command[:1] or [image for image in images if image]
        if program in {named(str(word)).program for word in named_by}:
            return True
    return False


def running(cluster: Cluster, program: str, *, namespace: str | None = None) -> list[KubeObject]:
    """The Pods in which a program runs, whatever their owner and their labels."""
    return [pod for pod in living(cluster, namespace=namespace) if runs(pod, program)]


def ready(pods: Iterable[KubeObject]) -> list[KubeObject]:
    """The Pods that are ready."""
    return [pod for pod in pods if pod.is_ready]


def parts(pods: Iterable[KubeObject]) -> str:
    """Which parts of the application Pods are, by their label, in words."""
    return ", ".join(sorted({pod.labels.get("app.kubernetes.io/name", pod.name) for pod in pods})) or "nobody"


def restarting(pods: Iterable[KubeObject], *, least: int = 1) -> str:
    """The container that does not keep running: it waits for a restart, or has just ended.

    Args:
        pods: Where to look.
        least: How often it has to have been started again.
    """
    for pod in pods:
        for one in each(pod, "status", "containerStatuses"):
            count, end = int(one.get("restartCount") or 0), at(one, "lastState", "terminated")
            waits = at(one, "state", "waiting", "reason") == "CrashLoopBackOff"
            if waits or (count >= least and _is_recent(end)):
                times = "once" if count == 1 else f"{count} times"
                return f"the container {one.get('name')} of {pod.name} was started again {times}{_why(end)}"
    return ""


def unsteady(cluster: Cluster, workload: KubeObject, *, within_s: float = STEADY_S) -> str:
    """Whether a container of a workload ends again soon after its start, as one that has nothing to do does.

    Young containers are watched until they are `within_s` old.
    """

    def is_told() -> bool:
        pods = of(cluster, workload)
        return bool(restarting(pods)) or all(_age_s(pod) >= within_s for pod in pods)

    with contextlib.suppress(NotReady):  # where clocks differ: they were watched as long as it takes
        wait_until(is_told, what="no container is old enough", timeout_s=within_s, every_s=0.3)
    return restarting(of(cluster, workload))


def _age_s(pod: KubeObject) -> float:
    """How long the youngest container of a Pod runs; 0 while one does not."""
    starts = [at(one, "state", "running", "startedAt") for one in each(pod, "status", "containerStatuses")]
    return min((_since_s(start) if start else 0.0 for start in starts), default=0.0)


def _is_recent(end: Mapping[str, Any] | None) -> bool:
    return end is not None and _since_s(end.get("finishedAt")) < RECENT_S


def _why(end: Mapping[str, Any] | None) -> str:
    if end is None:
        return ""
    reason, code = end.get("reason"), end.get("exitCode")
    return ": it was killed for its memory" if reason == "OOMKilled" else f": it ended with code {code}"


def moment(told: object) -> datetime.datetime | None:
    """A time as the API writes it; None for none."""
    try:
        return datetime.datetime.fromisoformat(str(told))
    except ValueError:
        return None


def _since_s(told: object) -> float:
    then = moment(told)
    return (datetime.datetime.now(datetime.UTC) - then).total_seconds() if then else 0.0
