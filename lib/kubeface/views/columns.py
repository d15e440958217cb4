"""The columns of a table: the usual ones of each kind, and those chosen by word or path."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kubeface.errors import BadInput
from kubeface.model.objects import KubeObject, Raw
from kubeface.model.paths import Path
from kubeface.model.pods import container_statuses, readiness, status_word
from kubeface.views.names import full_name, name_of, short_name

Value = Callable[[Raw], object]
Column = tuple[str, Value]
#: Words and paths, in order; or paths by the heading to give them.
Chosen = Sequence[str] | Mapping[str, str]


def usual_columns(kinds: set[str], *, exact: bool, wide: bool) -> list[Column]:
    """The columns that a person wants of these kinds; of several kinds, what all of them have."""
    name: Column = ("name", full_name if exact else name_of)
    if len(kinds) != 1:
        return [("kind", lambda one: one.get("kind", "")), name]
    kind = next(iter(kinds))
    return [name, *_USUAL.get(kind, ()), *(_WIDE.get(kind, ()) if wide else ())]


def chosen_columns(kinds: set[str], chosen: Chosen, *, exact: bool) -> list[Column]:
    """Columns by their words or paths.

    Args:
        kinds: Of the objects; each has words of its own, such as `status` and `node` of Pods.
        chosen: Words, such as `name`, `age`, `labels`; anything else is read as a path.
        exact: Whether a name is shown with its hashes.
    """
    known = dict(_COMMON)
    for kind in kinds:
        known |= dict(_USUAL.get(kind, ())) | dict(_WIDE.get(kind, ()))
    known["name"] = full_name if exact else name_of
    named = chosen if isinstance(chosen, Mapping) else {word: word for word in chosen}
    if not named or isinstance(chosen, str):
        raise BadInput("a table has at least one column", try_next='columns=["name", "spec.replicas"]')
    return [(heading, known.get(word) or _along(Path.read(word))) for heading, word in named.items()]


def space_of(one: Raw) -> str:
    """An object's namespace; empty for what belongs to the whole cluster."""
    return str((one.get("metadata") or {}).get("namespace") or "")


def age_of(one: Raw, now: datetime.datetime | None = None) -> str:
    """How long there has been such an object, in a unit that fits: `42 s`, `3 min`, `2 h`, `5 d`."""
    made = (one.get("metadata") or {}).get("creationTimestamp")
    if not made:
        return ""
    seconds = ((now or datetime.datetime.now(datetime.UTC)) - moment(made)).total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}"
    return f"{max(0, seconds):.0f} s"


def moment(written: str) -> datetime.datetime:
    """A time of the API as a datetime, in UTC."""
    return datetime.datetime.fromisoformat(written).astimezone(datetime.UTC)


def at(path: str, default: object = "") -> Value:
    """A column with the value at a path; several values with commas between."""
    return _along(Path.read(path), default)


def _along(path: Path, default: object = "") -> Value:
    def value(one: Raw) -> object:
        found = [_flat(value) for value in path.values(one) if value is not None]
        return (found[0] if len(found) == 1 else ", ".join(map(str, found))) if found else default

    return value


def _flat(value: Any) -> object:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={value[key]}" for key in sorted(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _of(ready: str, wanted: str) -> Value:
    first, second = at(ready, 0), at(wanted, 0)
    return lambda one: f"{first(one)}/{second(one)}"


def _ready_containers(pod: Raw) -> str:
    ready, wanted = readiness(pod)
    return f"{ready}/{wanted}"


def _restarts(pod: Raw) -> int:
    return sum(int(one.get("restartCount") or 0) for one in container_statuses(pod))


def _node_status(node: Raw) -> str:
    words = ["Ready" if KubeObject(node).is_ready else "NotReady"]
    return ", ".join(words + (["no new Pods"] if (node.get("spec") or {}).get("unschedulable") else []))


def _ports(service: Raw) -> str:
    return ", ".join(_port(port) for port in (service.get("spec") or {}).get("ports") or [])


def _port(port: Mapping[str, Any]) -> str:
    outside = f" ← {port['nodePort']} on every node" if port.get("nodePort") else ""
    return f"{port.get('name', '')} {port['port']}{outside}".strip()


def _without_registry(path: str) -> Value:
    read = Path.read(path)
    return lambda one: ", ".join(str(image).rpartition("/")[2] for image in read.values(one))


def _keys(one: Raw) -> str:
    return ", ".join(sorted({**(one.get("data") or {}), **(one.get("binaryData") or {})}))


_images = _without_registry("spec.template.spec.containers[*].image")
_COMMON: tuple[Column, ...] = (
    ("kind", at("kind")),
    ("namespace", space_of),
    ("short name", short_name),
    ("age", age_of),
    ("labels", at("metadata.labels")),
    ("owner", at("metadata.ownerReferences[*].name")),
)
_REPLICAS: tuple[Column, ...] = (("ready", _of("status.readyReplicas", "spec.replicas")), ("image", _images))
_SELECTED: Column = ("selector", at("spec.selector.matchLabels"))
_USUAL: dict[str, tuple[Column, ...]] = {
    "Pod": (("ready", _ready_containers), ("status", status_word), ("node", at("spec.nodeName", "none yet"))),
    "Node": (
        ("status", _node_status),
        ("cpu", at("status.capacity.cpu")),
        ("memory", at("status.capacity.memory")),
        ("version", at("status.nodeInfo.kubeletVersion")),
    ),
    "Deployment": _REPLICAS,
    "StatefulSet": _REPLICAS,
    "ReplicaSet": _REPLICAS,
    "DaemonSet": (("ready", _of("status.numberReady", "status.desiredNumberScheduled")), ("image", _images)),
    "Job": (("succeeded", _of("status.succeeded", "spec.completions")), ("image", _images)),
    "CronJob": (("schedule", at("spec.schedule")), ("suspended", at("spec.suspend", False))),
    "Service": (("type", at("spec.type")), ("ports", _ports)),
    "EndpointSlice": (("service", at("metadata.labels['kubernetes.io/service-name']")),),
    "Namespace": (("status", at("status.phase")),),
    "ConfigMap": (("keys", _keys),),
    "Secret": (("type", at("type")), ("keys", _keys)),
    "PersistentVolumeClaim": (
        ("status", at("status.phase")),
        ("class", at("spec.storageClassName")),
        ("size", at("spec.resources.requests.storage")),
    ),
    "PersistentVolume": (
        ("status", at("status.phase")),
        ("claim", at("spec.claimRef.name")),
        ("size", at("spec.capacity.storage")),
    ),
    "HorizontalPodAutoscaler": (
        ("for", at("spec.scaleTargetRef.name")),
        ("replicas", at("status.currentReplicas", 0)),
        ("from", at("spec.minReplicas", 1)),
        ("to", at("spec.maxReplicas")),
    ),
    "StorageClass": (("provisioner", at("provisioner")),),
    "Event": (("reason", at("reason")), ("about", at("involvedObject.name")), ("message", at("message"))),
}
_WIDE: dict[str, tuple[Column, ...]] = {
    "Pod": (
        ("restarts", _restarts),
        ("ip", at("status.podIP")),
        ("image", _without_registry("spec.containers[*].image")),
        ("age", age_of),
    ),
    "Node": (
        ("ip", at("status.addresses[type=InternalIP].address")),
        ("os", at("status.nodeInfo.osImage")),
        ("runtime", at("status.nodeInfo.containerRuntimeVersion")),
        ("age", age_of),
    ),
    "Deployment": (_SELECTED, ("age", age_of)),
    "StatefulSet": (_SELECTED, ("age", age_of)),
    "ReplicaSet": (_SELECTED, ("age", age_of)),
    "DaemonSet": (_SELECTED, ("age", age_of)),
    "Service": (("ip", at("spec.clusterIP")), ("selector", at("spec.selector")), ("age", age_of)),
    "Event": (("type", at("type")), ("count", at("count", 1))),
}
