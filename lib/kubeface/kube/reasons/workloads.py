"""Why a workload lacks Pods: they are refused, not ready, or the time for its rollout is up."""

import re
from collections.abc import Iterator
from itertools import chain

from kubeface.kube.client import Cluster
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
    yield from (f"{one.ref} cannot have its Pods made: {refusal_in_words(said)}" for said in messages)


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


_QUOTA = re.compile(
    r"exceeded quota: (?P<name>[^,]+), requested: (?P<asked>\S+), "
    r"used: (?P<used>\S+), limited: (?P<limit>\S+)"
)
_UNSAID = re.compile(r"failed quota: (?P<name>\S+): must specify (?P<what>.+)")
_SECURITY = re.compile(r'violates PodSecurity "(?P<level>[^":]+)(?::[^"]*)?": (?P<parts>.+)', re.DOTALL)
_ACCOUNT = re.compile(r'serviceaccount "(?P<name>[^"]+)" not found')
_PART = re.compile(r", (?=[^()]*(?:\(|$))")  # a comma that is not inside of brackets


def refusal_in_words(message: str) -> str:
    """Why a Pod was refused, in plain words; the message itself if it is an unknown one.

    >>> print(refusal_in_words('pods "web-1" is forbidden: exceeded quota: small, '
    ...                        'requested: pods=1,cpu=2, used: pods=3,cpu=0, limited: pods=3,cpu=4'))
    ResourceQuota small is used up: pods: 1 more, 3 of 3 used; cpu: 2 more, 0 of 4 used
    """
    if found := _QUOTA.search(message):
        return f"ResourceQuota {found['name']} is used up: {_uses(found)}"
    if found := _UNSAID.search(message):
        return f"ResourceQuota {found['name']} wants each container to say {found['what'].strip()}"
    if found := _SECURITY.search(message):
        refused = "\n  ".join(_PART.split(found["parts"].strip()))
        return f"Pod Security refuses it, the namespace enforces {found['level']}:\n  {refused}"
    if found := _ACCOUNT.search(message):
        return f"serviceaccount/{found['name']} does not exist"
    return message.strip()


def _uses(found: re.Match[str]) -> str:
    asked, used, limit = (_pairs(found[part]) for part in ("asked", "used", "limit"))
    return "; ".join(
        f"{name}: {asked[name]} more, {used.get(name, '?')} of {limit.get(name, '?')} used" for name in asked
    )


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split(",") if "=" in pair)
