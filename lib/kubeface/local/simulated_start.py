"""Start KWOK so that it takes over the nodes of an earlier KWOK, and none becomes NotReady.

Each KWOK holds its nodes' leases under a name of its own. A new one would wait until the old leases expire,
up to 40 s; the nodes are missed after 16. So they are deleted first. And until it holds a node's lease, KWOK
leaves out what the API server tells it of that node's Pods. So it is told once more when it does.
"""

import contextlib
import os
import sys
import time
from pathlib import Path

from kubeface.errors import KubefaceError
from kubeface.kube import Cluster, KubeObject
from kubeface.kube.transport import NotFound
from kubeface.local import simulated
from kubeface.util.waiting import wait_until

LEASES = "kube-node-lease"
#: What a reminder changes of a Pod; it has no meaning beyond being a change.
REMINDER = "kubeface.io/reminded"
READY_S = 60  # chosen: a thousand leases take a few seconds
ROUNDS, EVERY_S = 5, 1.0  # chosen: one is enough but for the milliseconds that KWOK hears of a lease too late


def main() -> None:
    """`simulated_start.py KUBECONFIG COMMAND...`: free the nodes, then become KWOK; remind it meanwhile."""
    kubeconfig, *command = sys.argv[1:]
    try:
        free(Cluster.connect(Path(kubeconfig)))
        if _aside():
            remind(Cluster.connect(Path(kubeconfig)))
            return
    except KubefaceError as error:
        sys.exit(str(error))  # the API server is starting, say: supervisord tries again
    os.execv(command[0], command)  # noqa: S606 (no shell is wanted)


def free(api: Cluster) -> None:
    """Delete the leases of the simulated nodes: their holder is gone, since there is one KWOK at a time."""
    simulated.each(lambda name: api.delete(f"lease/{name}", namespace=LEASES), _nodes(api) & _held(api))


def remind(api: Cluster) -> None:
    """Wait until KWOK holds every node's lease, then touch each Pod that waits for it.

    Raises:
        NotReady: it does not hold them, or some Pod waits for something else.
    """
    wait_until(
        lambda: _nodes(api) <= _held(api),
        what="some simulated node is held by nobody",
        timeout_s=READY_S,
        every_s=EVERY_S / 2,
    )

    def none_waits() -> bool:
        nodes = _nodes(api)
        waiting = [pod for pod in api.list("pods", everywhere=True) if pod.node in nodes and _waits(pod)]
        simulated.each(lambda pod: _change(api, pod), waiting)
        return not waiting

    wait_until(none_waits, what="some Pod still waits for KWOK", timeout_s=ROUNDS * EVERY_S, every_s=EVERY_S)


def _change(api: Cluster, pod: KubeObject) -> None:
    with contextlib.suppress(NotFound):  # it has gone
        reminder = {"metadata": {"annotations": {REMINDER: str(time.time())}}}
        api.patch(pod.ref, reminder, namespace=pod.namespace)


def _waits(pod: KubeObject) -> bool:
    """Whether KWOK has something to do for a Pod: to start it, or to end it."""
    begins = pod.status.phase in ("Pending", "Running") and not pod.is_ready
    return begins or pod.is_terminating


def _nodes(api: Cluster) -> set[str]:
    return {node.name for node in api.list("nodes", labels=simulated.LABELS)}


def _held(api: Cluster) -> set[str]:
    return {lease.name for lease in api.list("leases", namespace=LEASES)}


def _aside() -> bool:
    """Fork a detached process: True in that one, False in this one."""
    if child := os.fork():
        os.waitpid(child, 0)
        return False
    if os.fork():
        os._exit(0)
    return True


if __name__ == "__main__":
    main()
