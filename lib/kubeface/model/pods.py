"""Pods: their containers, their status in one word as kubectl prints it, and what the scheduler reserves."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from kubeface.model.quantities import amount

Pod = Mapping[str, Any]

#: Why a container does not run, as its status says; specified in Kubernetes' pkg/kubelet/images/types.go.
IMAGE_REASONS = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
)
#: The same, once its image is there; specified in pkg/kubelet/kuberuntime and pkg/kubelet/container.
START_REASONS = (
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "StartError",
    "ContainerCannotRun",
    "PreStartHookError",
    "PostStartHookError",
)
CRASH_REASON = "CrashLoopBackOff"
#: Why a container, or its whole Pod, has ended without success.
END_REASONS = ("Error", "OOMKilled", "Evicted", "DeadlineExceeded", "ContainerStatusUnknown")
#: Every reason for which a Pod does not run and will not by itself.
FAILURES = frozenset({*IMAGE_REASONS, *START_REASONS, *END_REASONS, CRASH_REASON})
#: Of these, the reasons that a container has for a while: the kubelet tries again after a growing pause only.
LASTING = frozenset({*IMAGE_REASONS, CRASH_REASON, "CreateContainerConfigError"} - {"ErrImagePull"})
#: What a container waits for that is about to start.
STARTING = ("ContainerCreating", "PodInitializing")
#: The phases in which a Pod has ended: it takes no resources any more.
ENDED = ("Succeeded", "Failed")


def phase(pod: Pod) -> str:
    """A Pod's phase; empty while it has none."""
    return str((pod.get("status") or {}).get("phase") or "")


def has_ended(pod: Pod) -> bool:
    """Whether a Pod has ended, well or not: nothing of it runs, and the scheduler does not count it."""
    return phase(pod) in ENDED


def container_statuses(pod: Pod) -> list[dict[str, Any]]:
    """The statuses of a Pod's containers, init containers first."""
    status = pod.get("status") or {}
    return [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]


def readiness(pod: Pod) -> tuple[int, int]:
    """How many containers of a Pod are ready, of how many; sidecars count, as in `kubectl get pods`.

    >>> first = [{"name": "proxy", "restartPolicy": "Always"}, {"name": "set-up"}]
    >>> readiness({"spec": {"containers": [{"name": "web"}], "initContainers": first}})
    (0, 2)
    """
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    sidecars = _sidecars(pod)
    reported = [
        *(status.get("containerStatuses") or []),
        *(one for one in status.get("initContainerStatuses") or [] if one.get("name") in sidecars),
    ]
    return sum(bool(one.get("ready")) for one in reported), len(spec.get("containers") or []) + len(sidecars)


def status_word(pod: Pod) -> str:
    """A Pod's status in one word, as `kubectl get pods` prints it: `Running`, `Init:0/1`, `CrashLoopBackOff`.

    Source:
        Kubernetes' pkg/printers/internalversion/printers.go, `printPod`.

    >>> status_word({"status": {"phase": "Pending", "reason": "Evicted"}})
    'Evicted'
    """
    meta, status = pod.get("metadata") or {}, pod.get("status") or {}
    if meta.get("deletionTimestamp"):
        if status.get("reason") == "NodeLost":
            return "Unknown"
        if not has_ended(pod):
            return "Terminating"
    word = str(status.get("reason") or phase(pod) or "Unknown")
    if any(c.get("reason") == "SchedulingGated" for c in status.get("conditions") or []):
        word = "SchedulingGated"
    init = _init_word(pod)
    if init and not _is_true(pod, "Initialized"):
        return init
    return _containers_word(pod) or word


def has_failed(pod: Pod) -> bool:
    """Whether a Pod has failed, or does not run for a reason that does not pass by itself."""
    return phase(pod) == "Failed" or status_word(pod).removeprefix("Init:") in FAILURES


def is_held_up(pod: Pod) -> bool:
    """Whether the kubelet tries a container of a Pod again after a growing pause only, having failed."""
    return status_word(pod).removeprefix("Init:") in LASTING


def requested(pod: Pod, resource: str) -> Decimal:
    """What the scheduler reserves for a Pod.

    Containers and sidecars (init containers with restartPolicy Always) together, or more if an init container
    asks for more beside the sidecars started before it; a request of the Pod as a whole counts instead; and
    its RuntimeClass's overhead on top.

    Source:
        https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers

    >>> asks = [{"resources": {"requests": {"cpu": "100m"}}}, {"resources": {"requests": {"cpu": "1"}}}]
    >>> requested({"spec": {"containers": asks}}, "cpu")
    Decimal('1.100')
    """
    spec = pod.get("spec") or {}
    whole = (spec.get("resources") or {}).get("requests") or {}
    overhead = amount((spec.get("overhead") or {}).get(resource, 0))
    if resource in whole:
        return amount(whole[resource]) + overhead
    sidecars = most = Decimal(0)
    for one in spec.get("initContainers") or []:
        asked = _asked(one, resource)
        if _is_sidecar(one):
            sidecars += asked
            most = max(most, sidecars)
        else:
            most = max(most, sidecars + asked)
    running = sum((_asked(one, resource) for one in spec.get("containers") or []), sidecars)
    return max(running, most) + overhead


def total_requested(pods: Iterable[Pod], resource: str) -> Decimal:
    """What the scheduler reserves for Pods together; those that have ended do not count."""
    return sum((requested(pod, resource) for pod in pods if not has_ended(pod)), Decimal(0))


def _asked(container: Mapping[str, Any], resource: str) -> Decimal:
    return amount(((container.get("resources") or {}).get("requests") or {}).get(resource, 0))


def _is_sidecar(init_container: Mapping[str, Any]) -> bool:
    return init_container.get("restartPolicy") == "Always"


def _sidecars(pod: Pod) -> set[str]:
    return {str(one.get("name")) for one in _init_containers(pod) if _is_sidecar(one)}


def _init_containers(pod: Pod) -> list[Mapping[str, Any]]:
    return (pod.get("spec") or {}).get("initContainers") or []


def _init_word(pod: Pod) -> str:
    """How far a Pod's init containers are; empty when they are done."""
    sidecars, count = _sidecars(pod), len(_init_containers(pod))
    for place, one in enumerate((pod.get("status") or {}).get("initContainerStatuses") or []):
        state = one.get("state") or {}
        ended, waiting = state.get("terminated"), (state.get("waiting") or {}).get("reason")
        if (ended and ended.get("exitCode") == 0) or (one.get("name") in sidecars and one.get("started")):
            continue
        if ended:
            return f"Init:{_end_word(ended)}"
        return f"Init:{waiting}" if waiting not in (None, "PodInitializing") else f"Init:{place}/{count}"
    return ""


def _containers_word(pod: Pod) -> str:
    """The reason of the first container that has one; empty when they run."""
    word, is_running = "", False
    for one in reversed((pod.get("status") or {}).get("containerStatuses") or []):
        state = one.get("state") or {}
        waiting = (state.get("waiting") or {}).get("reason")
        if waiting:
            word = str(waiting)
        elif state.get("terminated"):
            word = _end_word(state["terminated"])
        elif one.get("ready") and "running" in state:
            is_running = True
    if word == "Completed" and is_running:
        return "Running" if _is_true(pod, "Ready") else "NotReady"
    return word


def _end_word(ended: Mapping[str, Any]) -> str:
    if ended.get("reason"):
        return str(ended["reason"])
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode', 0)}"


def _is_true(pod: Pod, condition: str) -> bool:
    told = (pod.get("status") or {}).get("conditions") or []
    return any(one.get("type") == condition and one.get("status") == "True" for one in told)
