"""Start a node's programs in order of their needs: one started too early would fail and retry seconds later.

A program of its own, run in the node beside its supervisord; like node_boot it imports the standard library
alone. It waits as long as it takes; who waits for the node has a deadline.
"""

import fcntl
import http.client
import json
import select
import socket
import subprocess
import sys
import xmlrpc.client
from pathlib import Path

SUPERVISOR = "/run/supervisor.sock"
CONTAINERD = "/run/containerd/containerd.sock"
API_SERVER_LOCK = Path("/var/lib/api-server.lock")  # start_barrier.py holds it while the API server starts


def main() -> None:
    """`node_start.py FETCH`: commands, as JSON, that fetch the images which the first Pods need.

    What the registry does not have yet, the kubelet fetches later.
    """
    wait_for(SUPERVISOR)
    start("containerd")
    wait_for(CONTAINERD)
    start("kubelet")
    fetching = [subprocess.Popen(one, stdout=subprocess.DEVNULL) for one in json.loads(sys.argv[1])]
    with API_SERVER_LOCK.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
    start("kube-proxy")
    for one in fetching:
        one.wait()


def wait_for(path: str) -> None:
    """Wait until a program listens on this socket."""
    with socket.socket(socket.AF_UNIX) as client:
        while client.connect_ex(path) != 0:
            select.poll().poll(20)  # ms; a socket that is not there yet sends no event


def start(name: str) -> None:
    """Have supervisord start a program, and from then on restart it.

    Raises:
        xmlrpc.client.Fault: it does not.
    """
    connection = _Local(SUPERVISOR)
    connection.request("POST", "/RPC2", xmlrpc.client.dumps((name, False), "supervisor.startProcess"))
    xmlrpc.client.loads(connection.getresponse().read())
    connection.close()


class _Local(http.client.HTTPConnection):
    """HTTP over a Unix socket, whose path stands for the host."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.host)


if __name__ == "__main__":
    main()
