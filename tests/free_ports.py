"""Ports for programs that cannot choose one and say which: no two runs of the tests get the same."""

import random
import socket
from collections.abc import Sequence
from contextlib import suppress

from kubeface.errors import NotReady

#: Chosen: below those that the kernel hands out (32768 and up) and those of NodePorts (30000 and up).
PORTS = range(20_000, 30_000)


def free_port(among: Sequence[int] = PORTS) -> int:
    """A TCP port on loopback that is free, and that nobody else is given while this process lives."""
    for port in random.sample(among, len(among)):
        if _reserve(port) and _is_free(port):
            return port
    raise NotReady(f"no port from {among[0]} to {among[-1]} is free")


def _reserve(port: int) -> bool:
    """Take the port's name among the kernel's abstract sockets, which are gone with their process."""
    holder = socket.socket(socket.AF_UNIX)
    try:
        holder.bind(f"\0kubeface-test-port-{port}")
    except OSError:
        holder.close()
        return False
    holder.detach()  # open until this process ends
    return True


def _is_free(port: int) -> bool:
    with suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False
