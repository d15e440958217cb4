"""The cluster's DNS, asked from the host until it answers."""

import secrets
import socket
import struct

from kubeface.kube import KubeObject
from kubeface.local.programs import api, is_since, supervised_since
from kubeface.local.spec import ClusterSpec
from kubeface.util.waiting import wait_until

PODS = {"k8s-app": "kube-dns"}
QUESTION = "kubernetes.default.svc.cluster.local"
#: A question for an A record of class IN (RFC 1035).
_TYPE_A, _CLASS_IN = 1, 1


def wait_for_dns(spec: ClusterSpec) -> None:
    """Wait until every replica of CoreDNS runs since the cluster was started, and the Service answers.

    Raises:
        NotReady: that took more than two minutes.
    """
    if not spec.has("dns"):
        return
    client, since = api(spec), supervised_since(spec)

    def pods() -> list[KubeObject]:
        return client.list("pods", labels=PODS, namespace="kube-system")

    def answers() -> bool:
        found = pods()
        if not found or not all(_runs_since(pod, since) for pod in found):
            return False
        # Questions are spread over the replicas: several, so that each is likely to have answered.
        return all(resolve(QUESTION, spec.dns_service) == spec.api_service for _ in range(4))

    wait_until(
        answers,
        what="The cluster's DNS did not answer",
        timeout_s=120,
        evidence=lambda: "\n".join(f"{pod.name} on {pod.node}: {pod.status.phase}" for pod in pods()),
        try_next="kubectl -n kube-system describe pods -l k8s-app=kube-dns",
        every_s=0.2,
    )


def resolve(name: str, server: str, *, timeout_s: float = 0.5) -> str | None:
    """The IPv4 address that `server` gives for `name`; None without an answer."""
    number = secrets.randbelow(1 << 16)
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    question = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0"
    question += struct.pack(">HH", _TYPE_A, _CLASS_IN)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(timeout_s)
        try:
            udp.sendto(question, (server, 53))
            answer = udp.recv(512)
        except OSError:
            return None
    back, _, _, answers = struct.unpack(">HHHH", answer[:8])
    if back != number or answers == 0:
        return None
    return socket.inet_ntoa(answer[-4:])  # one A record: its address is the end of the message


def _runs_since(pod: KubeObject, since: float) -> bool:
    if pod.is_terminating:
        return True  # it is terminating; another takes its place in the list
    states = [container.state.running for container in pod.status.containerStatuses or []]
    return pod.is_ready and all(state and is_since(state.startedAt, since) for state in states)
