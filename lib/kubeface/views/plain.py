"""Objects of the API as the views need them; pure."""

from collections.abc import Mapping
from typing import Any

from kubeface.errors import BadInput

Plain = Mapping[str, Any]

_CPU = {"n": 1e-6, "u": 1e-3, "m": 1.0, "": 1000.0, "k": 1e6}
_BYTES = {
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    "": 1,
}


def plain(thing: Any) -> Plain:
    """The mapping of an object, be it wrapped or one already.

    Raises:
        BadInput: it is neither.
    """
    raw = getattr(thing, "raw", thing)
    if not isinstance(raw, Mapping):
        raise BadInput(f"{thing!r} is no object of the API")
    return raw


def name_of(one: Plain) -> str:
    """An object's name; of a Pod without the hashes that its workload appended."""
    meta = one.get("metadata") or {}
    if one.get("kind") != "Pod":
        return str(meta.get("name", ""))
    owners = [owner for owner in meta.get("ownerReferences") or [] if owner.get("controller")]
    if not owners:
        return str(meta.get("name", ""))
    owner = str(owners[0]["name"])
    hash_ = (meta.get("labels") or {}).get("pod-template-hash")
    return owner.removesuffix(f"-{hash_}") if hash_ else owner


def pod_status(pod: Plain) -> str:
    """One word for how a Pod is, as `kubectl get pods` has it: Running, Pending, CrashLoopBackOff."""
    if (pod.get("metadata") or {}).get("deletionTimestamp"):
        return "Terminating"
    status = pod.get("status") or {}
    states = [c.get("state") or {} for c in container_statuses(pod)]
    waiting = [s["waiting"].get("reason") for s in states if s.get("waiting")]
    ended = [s["terminated"].get("reason") for s in states if s.get("terminated")]
    told = [reason for reason in waiting + ended if reason and reason != "Completed"]
    return str(told[0] if told else status.get("reason") or status.get("phase") or "Unknown")


def container_statuses(pod: Plain) -> list[Plain]:
    """What the kubelet reports of a Pod's containers, those that start first included."""
    status = pod.get("status") or {}
    return [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]


def readiness(pod: Plain) -> tuple[int, int]:
    """How many of a Pod's containers are ready, of how many."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    wanted = len((pod.get("spec") or {}).get("containers") or [])
    return sum(bool(one.get("ready")) for one in statuses), wanted


def has_condition(one: Plain, type_: str) -> bool:
    """Whether its condition of that type is true."""
    conditions = (one.get("status") or {}).get("conditions") or []
    return any(c.get("type") == type_ and c.get("status") == "True" for c in conditions)


def requests(pod: Plain) -> tuple[float, float]:
    """What a Pod's containers ask for together: thousandths of a CPU, MiB."""
    asked = [(c.get("resources") or {}).get("requests") or {} for c in pod["spec"].get("containers") or []]
    return sum(millis(a.get("cpu", "0")) for a in asked), sum(mebibytes(a.get("memory", "0")) for a in asked)


def millis(quantity: str) -> float:
    """A CPU quantity in thousandths of a CPU.

    >>> millis("250m"), millis("1.5")
    (250.0, 1500.0)
    """
    return _read(str(quantity), _CPU)


def mebibytes(quantity: str) -> float:
    """A memory quantity in MiB.

    >>> mebibytes("500Mi"), mebibytes("2Gi")
    (500.0, 2048.0)
    """
    return _read(str(quantity), _BYTES) / 2**20


def _read(quantity: str, units: Mapping[str, float]) -> float:
    digits = quantity.rstrip("KMGTikmnu")
    unit = quantity[len(digits) :]
    try:
        return float(digits) * units[unit]
    except (KeyError, ValueError) as cause:
        raise BadInput(f"{quantity!r} is no quantity", try_next="such as 250m or 500Mi") from cause
