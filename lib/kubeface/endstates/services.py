"""Services: whether a request at a port gets to a part of the application, and from where."""

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, named_in, table
from kubeface.endstates.placing import ordinary
from kubeface.endstates.rules import Way
from kubeface.errors import ApiError, NotReady
from kubeface.kube import Cluster, KubeObject
from kubeface.kube.contexts import COURSE
from kubeface.model.conditions import endpoint_is_ready
from kubeface.pipeline import http
from kubeface.util.waiting import wait_until

ANSWER_S = 8.0  # chosen: the nodes take up a new Service within two seconds, later on a busy machine
ASK_S = 2.0  # chosen: a node of the same machine answers within milliseconds
_ALIAS_OF = re.compile(r"(?P<name>[a-z0-9-]+)\.(?P<space>[a-z0-9-]+)\.svc\.cluster\.local")


@dataclass(frozen=True)
class Part:
    """A part of the application that listens.

    Args:
        program: Its image's name.
        port: Where it listens.
        path: What it answers at that port, over HTTP.
    """

    program: str
    port: int
    path: str


RECEIVER = Part("receiver", 8000, "/healthz")
FRONTEND = Part("frontend", 8081, "/healthz")
LOOKUP = Part("nsqlookupd", 4161, "/ping")


def astray(cluster: Cluster, service: KubeObject, port: int, part: Part, *, depth: int = 3) -> str:
    """Why a request at a port of a Service, from a Pod, does not get to a ready Pod of a part."""
    if at(service, "spec", "type") == "ExternalName":
        return _through_alias(cluster, service, port, part, depth)
    if at(service, "spec", "clusterIP") == "None":
        return _to_its_pods(cluster, service, {"name": "", "port": port, "targetPort": port}, part)
    found = _tcp(one for one in each(service, "spec", "ports") if one.get("port") == port)
    if isinstance(found, str):
        return found or f"it has no port {port}"
    return _to_its_pods(cluster, service, found, part)


def elsewhere(cluster: Cluster, way: Way, part: Part) -> str:
    """Why a way of an Ingress does not lead to a part, to follow on the name of the Service and its port."""
    service = cluster.find(f"service/{way.service}") if way.service else None
    if service is None:
        return ", and there is no such Service"
    numbers = {str(one.get("name")): one.get("port") for one in each(service, "spec", "ports")}
    port = way.port if isinstance(way.port, int) else numbers.get(str(way.port))
    short = astray(cluster, service, port, part) if isinstance(port, int) else "it has no such port"
    return f": {short}" if short else ""


def closed(cluster: Cluster, service: KubeObject, part: Part, *, number: int | None = None) -> str:
    """Why a port of the nodes, on every node, does not lead to a ready Pod of a part.

    The nodes of the course's own cluster are asked as well.

    Args:
        number: Which port; without one, any.
    """
    kind = at(service, "spec", "type")
    open_ports = [one for one in each(service, "spec", "ports") if one.get("nodePort")]
    if kind not in ("NodePort", "LoadBalancer") or not open_ports:
        return f"its type is {kind}, which opens no port on a node" if not open_ports else ""
    found = _tcp(one for one in open_ports if number in (None, one["nodePort"]))
    if isinstance(found, str):
        return found or f"it opens {', '.join(str(one['nodePort']) for one in open_ports)}"
    return (
        _to_its_pods(cluster, service, found, part)
        or _local(cluster, service)
        or _silent(cluster, int(found["nodePort"]), part)
    )


def _tcp(ports: Iterable[dict[str, Any]]) -> dict[str, Any] | str:
    """The first port that TCP goes through; else why there is none, empty when there are no ports at all."""
    found = list(ports)
    for one in found:
        if (one.get("protocol") or "TCP") == "TCP":
            return one
    if not found:
        return ""
    number = found[0].get("nodePort") or found[0].get("port")
    return f"its port {number} is open for {found[0].get('protocol')}, and HTTP goes over TCP"


def _through_alias(cluster: Cluster, service: KubeObject, port: int, part: Part, depth: int) -> str:
    name = str(at(service, "spec", "externalName") or "").lower().rstrip(".")
    meant = _ALIAS_OF.fullmatch(name)
    other = cluster.find(f"service/{meant['name']}", namespace=meant["space"]) if meant else None
    if other is None or not depth:
        return f"it is an alias of {name}, and that is no Service"
    short = astray(cluster, other, port, part, depth=depth - 1)
    return f"it is an alias of {name}: {short}" if short else ""


def _to_its_pods(cluster: Cluster, service: KubeObject, port: dict[str, Any], part: Part) -> str:
    """Why the Pods behind a Service are not those of a part, do not listen there, or are not ready."""
    selector = table(service, "spec", "selector")
    if not selector:
        return _by_hand(cluster, service, port, part)
    found = pods.living(cluster, labels=selector, namespace=service.namespace)
    if not found or not all(pods.runs(pod, part.program) for pod in found):
        return f"its selector finds the Pods of: {pods.parts(found)}"
    target = port.get("targetPort") or port.get("port")
    if any(_number(pod, target) != part.port for pod in found):
        return f"its port {port.get('port')} leads to the port {target}"
    is_open = pods.ready(found) or at(service, "spec", "publishNotReadyAddresses")
    return "" if is_open else f"no {part.program} behind it is ready"


def _by_hand(cluster: Cluster, service: KubeObject, port: dict[str, Any], part: Part) -> str:
    """Why the endpoints of a Service without a selector do not lead to a ready Pod of a part."""
    label = {"kubernetes.io/service-name": service.name}
    slices = cluster.list("endpointslices", labels=label, namespace=service.namespace)
    addresses = {
        address
        for one in slices
        for end in each(one, "endpoints")
        if endpoint_is_ready(end)
        for address in end.get("addresses") or []
    }
    everybody = pods.living(cluster, namespace=service.namespace)
    found = [pod for pod in everybody if at(pod, "status", "podIP") in addresses]
    if not found or len(found) < len(addresses) or not all(pods.runs(pod, part.program) for pod in found):
        return f"its selector finds the Pods of: {pods.parts(found)}"
    numbers = {
        one.get("port")
        for held in slices
        for one in each(held, "ports")
        if (one.get("name") or "") == (port.get("name") or "")
    }
    if numbers != {part.port}:
        return f"its port {port.get('port')} leads to the port {', '.join(map(str, numbers)) or 'of nobody'}"
    return "" if pods.ready(found) else f"no {part.program} behind it is ready"


def _number(pod: KubeObject, target: Any) -> int | None:
    """The port of a Pod that a target names, by number or by name."""
    if str(target).isdigit():
        return int(target)
    for container in each(pod, "spec", "containers"):
        for one in each(container, "ports"):
            if one.get("name") == target:
                return int(one["containerPort"])
    return None


def _local(cluster: Cluster, service: KubeObject) -> str:
    if at(service, "spec", "externalTrafficPolicy") != "Local":
        return ""
    found = pods.living(cluster, labels=table(service, "spec", "selector"), namespace=service.namespace)
    homes = {str(pod.node) for pod in pods.ready(found)}
    silent = [node.name for node in ordinary(cluster) if node.name not in homes]
    told = "with externalTrafficPolicy Local, only a node with such a Pod answers"
    return f"{told}: not {named_in(silent)}" if silent else ""


def _silent(cluster: Cluster, number: int, part: Part) -> str:
    """Which nodes do not answer at a port, asked over HTTP; only those of the course are in reach."""
    if cluster.context != COURSE:
        return ""
    homes = {
        node.name: str(one["address"])
        for node in ordinary(cluster)
        if node.is_ready
        for one in each(node, "status", "addresses")
        if one.get("type") == "InternalIP"
    }
    waiting = dict(homes)

    def do_all_answer() -> bool:
        with ThreadPoolExecutor(max_workers=8) as askers:
            answers = askers.map(lambda host: _does_answer(host, number, part.path), waiting.values())
            for name, does_answer in zip(list(waiting), list(answers), strict=True):
                if does_answer:
                    del waiting[name]
        return not waiting

    try:
        wait_until(do_all_answer, what=f"port {number} is silent", timeout_s=ANSWER_S, every_s=0.2)
    except NotReady:
        return f"nobody answers at port {number} of {named_in(sorted(waiting))}"
    return ""


def _does_answer(host: str, port: int, path: str) -> bool:
    try:
        http.get(host, port, path, within_s=ASK_S)
    except NotReady:
        return False
    except ApiError:
        pass  # an answer, even so
    return True
