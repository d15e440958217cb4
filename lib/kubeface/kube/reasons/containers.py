"""Why a container does not run: its image, its configuration, its own end."""

from collections.abc import Iterator
from typing import Any

from kubeface.kube.client import Cluster
from kubeface.kube.reasons.evidence import last_lines, sentence
from kubeface.kube.reasons.missing import missing_in_words
from kubeface.model.objects import KubeObject

ON_THE_WAY = ("ContainerCreating", "PodInitializing")
IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable")
UNSTARTED = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError")

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
    if waiting.get("reason") not in (None, *ON_THE_WAY):
        yield f"{who}: {_waiting(cluster, status, waiting, namespace)}"
    now, before = ((status.get(state) or {}).get("terminated") for state in ("state", "lastState"))
    ended = now or before or {}
    if ended.get("exitCode") or ended.get("reason") == "OOMKilled":
        after = "; the other containers start after it" if is_first else ""
        yield f"{who} {_ended(pod, status['name'], ended)}{after}"
        yield from last_lines(cluster, pod, status["name"], namespace, is_previous=not now)


def pull_in_words(image: str, message: str) -> str:
    """Why an image cannot be pulled, with the words that say so.

    >>> pull_in_words("receiver:v9", "rpc error: code = NotFound desc = receiver:v9: not found")
    'the image receiver:v9 cannot be pulled, the registry has no such image or tag'
    """
    meaning = next((m for signs, m in _PULLS if any(sign in message for sign in signs)), None)
    return f"the image {image} cannot be pulled, {meaning or f'the kubelet says: {message}'}"


def _waiting(cluster: Cluster, status: dict[str, Any], waiting: dict[str, Any], namespace: str) -> str:
    reason, message = waiting["reason"], str(waiting.get("message") or "")
    if reason in IMAGE:
        return f"{pull_in_words(status.get('image', ''), message)} ({sentence(reason, message)})"
    if reason in UNSTARTED:
        missing = missing_in_words(cluster, message, namespace)
        return f"it cannot be started: {missing or message} ({reason})"
    if reason == "CrashLoopBackOff":
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
