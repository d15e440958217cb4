"""Why a workload has not all the Pods it should: they are refused, not ready, or the time is up."""

from collections.abc import Iterator
from itertools import chain

from kubeface.kube.client import Cluster
from kubeface.kube.reasons import creation
from kubeface.kube.reasons.evidence import latest_events, of_condition
from kubeface.kube.reasons.pods import of_pod
from kubeface.model.objects import KubeObject


def of_workload(cluster: Cluster, one: KubeObject, namespace: str) -> Iterator[str]:
    """Why a Deployment, ReplicaSet, StatefulSet or DaemonSet is not ready."""
    yield from _of_refused_pods(cluster, one, namespace)
    if (one.raw.get("spec") or {}).get("paused"):
        yield f"{one.ref} is paused: no rollout goes on"
    yield from _of_pods(cluster, one, namespace)
    yield from _of_a_stuck_rollout(one)


def of_job(cluster: Cluster, one: KubeObject, namespace: str) -> Iterator[str]:
    """Why a Job is not complete."""
    yield from of_condition(one, "Failed")
    if (one.raw.get("spec") or {}).get("suspend"):
        yield f"{one.ref} is suspended: no Pod is started"
    yield from _of_refused_pods(cluster, one, namespace)
    yield from _of_pods(cluster, one, namespace)


def _of_refused_pods(cluster: Cluster, one: KubeObject, namespace: str) -> Iterator[str]:
    """Pods that the API server does not let be; a Deployment's are made by its ReplicaSets."""
    failure = one.condition("ReplicaFailure")
    messages = [str(failure.message)] if failure and failure.status == "True" else []
    if not messages and not one.ready:
        makers = [one, *_replica_sets(cluster, one, namespace)]
        events = [latest_events(cluster, maker, namespace).get("FailedCreate") for maker in makers]
        messages = [str(event.message) for event in events if event]
    yield from (f"{one.ref} cannot have its Pods made: {creation.in_words(said)}" for said in messages)


def _replica_sets(cluster: Cluster, one: KubeObject, namespace: str) -> list[KubeObject]:
    if one.kind != "Deployment":
        return []
    uid = one.raw["metadata"].get("uid")
    found = cluster.list("replicasets", namespace=namespace)
    return [
        made for made in found if uid in [o["uid"] for o in made.raw["metadata"].get("ownerReferences") or []]
    ]


def _of_pods(cluster: Cluster, owner: KubeObject, namespace: str) -> Iterator[str]:
    labels = ((owner.raw.get("spec") or {}).get("selector") or {}).get("matchLabels")
    if labels:
        pods = [pod for pod in cluster.list("pods", labels=labels, namespace=namespace) if not pod.is_ready]
        yield from chain.from_iterable(of_pod(cluster, pod, namespace) for pod in pods)


def _of_a_stuck_rollout(one: KubeObject) -> Iterator[str]:
    progress = one.condition("Progressing")
    if progress and progress.status == "False":
        if progress.reason == "ProgressDeadlineExceeded":
            limit = f"{one.spec.progressDeadlineSeconds} s, its progressDeadlineSeconds"
            yield f"the rollout made no progress for {limit}: {progress.message}"
        else:
            yield from of_condition(one, "Progressing", "False")
