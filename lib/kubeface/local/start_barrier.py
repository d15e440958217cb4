"""What holds the nodes' kube-proxies back while their API server is starting.

It refuses them until its rights are in place, and after each refusal they ask again later: measured, services
were served up to 3 s after they could have been. The gate is one lock a node: held here, waited for there by
node_start. The kernel opens it when this process ends, however it ends.
"""

import contextlib
import fcntl
from collections.abc import Sequence
from pathlib import Path
from typing import IO


class StartBarrier:
    """One lock a node.

    Args:
        locks: The files; the nodes see them too.
    """

    def __init__(self, locks: Sequence[Path]) -> None:
        self._locks = locks
        self._held: list[IO[str]] = []

    def close(self) -> None:
        """Let nobody through, until `open`."""
        for path in self._locks:
            lock = path.open("w")
            self._held.append(lock)
            with contextlib.suppress(BlockingIOError):  # another `kubeface up` holds it: closed all the same
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def open(self) -> None:
        """Let everybody through; fine when it is open."""
        while self._held:
            self._held.pop().close()
