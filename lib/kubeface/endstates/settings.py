"""A container's configuration: environment, command, limits, probes."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kubeface.endstates.parts import at, each, table
from kubeface.endstates.pods import moment
from kubeface.kube import Cluster, KubeObject
from kubeface.model.quantities import amount

_REFERENCE = re.compile(r"\$(?:\$|\((?P<name>[^)]*)\))")
_KINDS = {"configMap": "configmap", "secret": "secret"}
#: Programs that answer yes, whatever they are asked.
_YES = ("true", "echo", "sleep", ":", "printf", "exit 0")


@dataclass(frozen=True)
class Setting:
    """One variable of a container.

    Args:
        value: Its text.
        source: The object that holds it, `configmap/workers`; empty where it stands in the container itself.
        since: When that object was last written, as far as it says.
    """

    value: str
    source: str = ""
    since: datetime.datetime | None = None


def template_container(workload: KubeObject | None, name: str = "") -> dict[str, Any]:
    """The container of that name in a workload's template, else its first; empty when there is none."""
    containers = each(workload, "spec", "template", "spec", "containers")
    found = [one for one in containers if one.get("name") == name] or containers
    return found[0] if found else {}


def environment(
    cluster: Cluster, container: Mapping[str, Any], *, namespace: str | None = None
) -> dict[str, Setting]:
    """The variables of a container by name, from wherever they come: a later one counts.

    Those that name a field of the Pod are left out.
    """
    found: dict[str, Setting] = {}
    for one in each(container, "envFrom"):
        for word, ref in _KINDS.items():
            name = at(one, f"{word}Ref", "name")
            if name:
                prefix = str(one.get("prefix") or "")
                held = _held(cluster, f"{ref}/{name}", namespace)
                found |= {prefix + key: setting for key, setting in held.items()}
    for one in each(container, "env"):
        setting = _setting(cluster, one, found, namespace)
        if setting is not None:
            found[str(one.get("name"))] = setting
    return found


def _setting(
    cluster: Cluster, one: Mapping[str, Any], before: Mapping[str, Setting], namespace: str | None
) -> Setting | None:
    origin = one.get("valueFrom")
    if not origin:
        return Setting(expanded(str(one.get("value") or ""), before))
    for word, ref in _KINDS.items():
        told = at(origin, f"{word}KeyRef")
        if told:
            return _held(cluster, f"{ref}/{told.get('name')}", namespace).get(str(told.get("key")))
    return None


def expanded(text: str, known: Mapping[str, Setting]) -> str:
    """A text with the variables that it names; an unknown one stays as it is written.

    >>> expanded("$(HOST):4161 $$(HOST) $(NO)", {"HOST": Setting("nsqlookupd")})
    'nsqlookupd:4161 $(HOST) $(NO)'
    """

    def put(found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return "$"
        return known[name].value if name in known else found[0]

    return _REFERENCE.sub(put, text)


def _held(cluster: Cluster, ref: str, namespace: str | None) -> dict[str, Setting]:
    found = cluster.find(ref, namespace=namespace)
    if found is None:
        return {}
    times = [moment(one.get("time")) for one in each(found, "metadata", "managedFields")]
    since = max((time for time in times if time), default=None)
    return {key: Setting(value, ref, since) for key, value in texts(found).items()}


def texts(found: KubeObject) -> dict[str, str]:
    """What a ConfigMap or a Secret holds, as text, by key; bytes that are none are left out."""
    import base64

    if found.kind != "Secret":
        return {key: str(value) for key, value in table(found, "data").items() if value is not None}
    decoded = {key: base64.b64decode(value or "") for key, value in table(found, "data").items()}
    return {key: value.decode(errors="replace") for key, value in decoded.items()}


def stale(setting: Setting, pods: list[KubeObject]) -> str:
    """Which Pod was started before the object that holds a setting was last written, and has not read it."""
    for pod in pods:
        starts = [
            moment(at(one, "state", "running", "startedAt"))
            for one in each(pod, "status", "containerStatuses")
        ]
        begun = min((start for start in starts if start), default=None)
        if begun and setting.since and begun < setting.since:
            return (
                f"{pod.name} was started before {setting.source} was last written, and read it at its start"
            )
    return ""


def command(container: Mapping[str, Any]) -> list[str]:
    """What a container runs, in words: its command and arguments; empty when the image says it.

    >>> command({"command": ["sleep"], "args": ["infinity"]})
    ['sleep', 'infinity']
    """
    said = [str(word) for word in container.get("command") or []]
    return said + [str(word) for word in container.get("args") or []] if said else []


def limit_of(pod: KubeObject, container: Mapping[str, Any], resource: str) -> Decimal | None:
    """A container's limit: its own, or its Pod's if that is less; None for no limit."""
    told = (at(container, "resources", "limits"), at(pod, "spec", "resources", "limits"))
    found = [amount(limits[resource]) for limits in told if limits and resource in limits]
    return min(found, default=None)


def asks(probe: Mapping[str, Any] | None) -> bool:
    """Whether a probe asks anything that could be answered no.

    >>> asks({"exec": {"command": ["sh", "-c", "true"]}}), asks({"tcpSocket": {"port": 80}}), asks(None)
    (False, True, False)
    """
    if not probe:
        return False
    if any(probe.get(way) is not None for way in ("httpGet", "tcpSocket", "grpc")):
        return True
    words = [str(word) for word in at(probe, "exec", "command") or []]
    if len(words) == 3 and words[0].rpartition("/")[2] in ("sh", "ash", "bash") and words[1] == "-c":
        words = words[2].split(maxsplit=1) if words[2] not in _YES else [words[2]]
    program = words[0].rpartition("/")[2] if words else "true"
    return program not in _YES


def asked_for(probe: Mapping[str, Any]) -> str:
    """The target of a probe: a path, a port or a command."""
    if probe.get("httpGet") is not None:
        return str(at(probe, "httpGet", "path") or "/")
    for way in ("tcpSocket", "grpc"):
        if probe.get(way) is not None:
            return f"port {at(probe, way, 'port')}"
    return " ".join(str(word) for word in at(probe, "exec", "command") or ["nothing"])


def patience_s(probe: Mapping[str, Any]) -> int:
    """How many seconds a probe gives, from a container's start until it has failed."""
    period, failures = probe.get("periodSeconds") or 10, probe.get("failureThreshold") or 3  # specified
    return int((probe.get("initialDelaySeconds") or 0) + period * failures)
