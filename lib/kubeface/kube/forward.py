"""A way from a port of this machine into a Pod, through the API server: `kubectl port-forward`."""

import select
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from numbers import Number

from kubeface.calls import fits
from kubeface.errors import CommandFailed
from kubeface.kube.child import child, end
from kubeface.kube.client import Cluster
from kubeface.kube.kubectl import environment, find_kubectl

HERE = "127.0.0.1"
OPEN_S = 20.0  # chosen: kubectl asks the API server for the service and a Pod of it, then says the port


@fits('port_forward(cluster, "service/mysql", 3306)', cluster=Cluster, ref=str, port=int, timeout_s=Number)
@contextmanager
def port_forward(
    cluster: Cluster, ref: str, port: int, *, namespace: str | None = None, timeout_s: float = OPEN_S
) -> Iterator[int]:
    """A port of this machine, at 127.0.0.1, that leads to one of a Pod, as long as the block lasts.

    It is `kubectl port-forward`. Of a Service or a workload, one Pod is taken; once that is gone, the way
    leads nowhere, and another has to be opened.

    Args:
        cluster: Where the Pod is.
        ref: The Pod, or what has some: `pod/client`, `service/mysql`, `deployment/receiver`.
        port: The port of the Pod or of the Service.
        namespace: Where, if not in the cluster's own namespace.
        timeout_s: How long it may take until the way is open, in seconds.

    Raises:
        CommandFailed: kubectl did not open it; its words are in `seen`.
        Missing: there is no kubectl.

    >>> import socket
    >>> def greeting(cluster: Cluster) -> bytes:
    ...     with port_forward(cluster, "service/mysql", 3306) as port:
    ...         with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
    ...             return connection.recv(100)
    """
    line = command(cluster, ref, port, namespace or cluster.namespace)
    env = environment(*cluster.kubeconfigs)
    with (
        tempfile.TemporaryFile() as nothing,
        child(line, stdin=nothing, stderr=subprocess.STDOUT, env=env) as process,
    ):
        try:
            yield local_port(process, ref, timeout_s=timeout_s)
        finally:
            end(process)


def command(cluster: Cluster, ref: str, port: int, namespace: str) -> list[str]:
    """The command that leads from a free port of this machine to one of a Pod."""
    where = ["--context", cluster.context, "--namespace", namespace]
    return [str(find_kubectl()), *where, "port-forward", "--address", HERE, ref, f":{port}"]


def local_port(process: subprocess.Popen[bytes], ref: str, *, timeout_s: float = OPEN_S) -> int:
    """The port of this machine that it says it has opened; what it says afterwards is read and dropped.

    Args:
        process: What `command` has started, with a pipe for its output and its errors.
        ref: Where the way leads, for the message.
        timeout_s: How long it may take, in seconds.

    Raises:
        CommandFailed: it said something else, or nothing in time.
    """
    assert process.stdout is not None  # noqa: S101  # it is a pipe
    is_told = select.select([process.stdout], [], [], timeout_s)[0]
    said = process.stdout.readline().decode("utf-8", errors="replace") if is_told else ""
    if not said.startswith(f"Forwarding from {HERE}:"):
        seen = said.strip() if is_told else f"it had said nothing after {timeout_s:g} s"
        raise CommandFailed(f"kubectl opened no way to {ref}", seen=seen)
    threading.Thread(target=_drain, args=(process,), daemon=True).start()
    return int(said.split()[2].rpartition(":")[2])


def _drain(process: subprocess.Popen[bytes]) -> None:
    """Read what kubectl says of each connection: once the pipe were full, it would wait for a reader."""
    with suppress(OSError, ValueError):  # it has been ended meanwhile
        for _ in process.stdout or ():
            pass
