"""Ways from this machine to the pipeline's services: through a node, or else through the API server."""

import socket
import subprocess
import time
import weakref

from kubeface.errors import CommandFailed, NotReady
from kubeface.kube import Cluster, forward
from kubeface.kube.contexts import COURSE
from kubeface.kube.kubectl import environment
from kubeface.kube.transport import Forbidden

REACH_S = 3.0  # chosen: a node in the same network answers within milliseconds
NODE_KEPT_S = 2.0  # chosen: the API server itself takes longer to notice that a node has died

_Forwards = dict[str, tuple[subprocess.Popen[bytes], int]]


class NodePorts:
    """The services at the NodePorts of any node."""

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._ports: dict[str, int] = {}
        self._node = ""  # the address found last
        self._found_at = -NODE_KEPT_S

    @property
    def address(self) -> str:
        """The address of a node that was ready a moment ago: every node answers at every NodePort.

        Raises:
            NotReady: no node is ready.
        """
        if time.monotonic() - self._found_at >= NODE_KEPT_S:
            self._node, self._found_at = self._address_of_a_node(), time.monotonic()
        return self._node

    def _address_of_a_node(self) -> str:
        try:
            nodes = self._cluster.nodes()
        except Forbidden:  # not everybody may see nodes; whoever sees a Pod sees where it runs
            return self._address_of_a_pod()
        for node in nodes:
            internal = [one.address for one in node.status.addresses or [] if one.type == "InternalIP"]
            if node.is_ready and internal:
                return str(internal[0])
        raise NotReady("no node is ready", try_next="kubeface status")

    def port(self, service: str) -> int:
        """The NodePort of a service.

        Raises:
            NotReady: it opens no port on the nodes.
        """
        if service not in self._ports:
            found = self._cluster.get(f"service/{service}", namespace=self._namespace)
            number = found.spec.ports[0].nodePort if found.spec.ports else None
            if number is None:
                raise NotReady(
                    f"service/{service} opens no port on the nodes",
                    seen=f"its type is {found.spec.type}",
                    try_next=f"kubectl get service {service} -n {self._namespace}",
                )
            self._ports[service] = int(number)
        return self._ports[service]

    def _address_of_a_pod(self) -> str:
        for pod in self._cluster.list("pods", namespace=self._namespace):
            if pod.is_ready and pod.status.hostIP:
                return str(pod.status.hostIP)
        raise NotReady("no Pod is ready", try_next=f"kubectl get pods -n {self._namespace}")


class Tunnels:
    """The services through `kubectl port-forward`, one for each that is asked for.

    Each leads to one Pod of its service. When that Pod is gone the tunnel breaks, and the next use opens
    another. They end with this object, or with Python.
    """

    address = forward.HERE

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._open: _Forwards = {}
        weakref.finalize(self, _end_all, self._open)

    def port(self, service: str) -> int:
        """The port of this machine that leads to a service.

        Raises:
            CommandFailed: kubectl did not open it; its words are in `seen`.
        """
        process, port = self._open.get(service, (None, 0))
        if process is None or process.poll() is not None:
            found = self._cluster.get(f"service/{service}", namespace=self._namespace)
            process, port = self._forward(service, int(found.spec.ports[0].port))
            self._open[service] = process, port
        return port

    def _forward(self, service: str, port: int) -> tuple[subprocess.Popen[bytes], int]:
        ref = f"service/{service}"
        process = subprocess.Popen(
            forward.command(self._cluster, ref, port, self._namespace),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(*self._cluster.kubeconfigs),
        )
        try:
            return process, forward.local_port(process, ref)
        except CommandFailed:
            _end(process)
            raise


def way_to(cluster: Cluster, namespace: str) -> NodePorts | Tunnels:
    """The way to a cluster's services: its nodes, unless it is another's and they do not answer."""
    nodes = NodePorts(cluster, namespace)
    if cluster.context == COURSE or is_reachable(nodes.address, nodes.port("frontend")):
        return nodes
    return Tunnels(cluster, namespace)


def is_reachable(address: str, port: int) -> bool:
    """Whether an answer comes from there; a refusal is one."""
    try:
        socket.create_connection((address, port), timeout=REACH_S).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return True


def _end_all(tunnels: _Forwards) -> None:
    for process, _ in tunnels.values():
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()
