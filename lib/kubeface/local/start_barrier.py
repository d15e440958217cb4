"""Delays kube-proxy until the API server is ready: a file lock per node, held here, awaited on the node.

A starting API server refuses kube-proxies until its rights are in place, and after each refusal they ask
again later: measured, Services were served up to 3 s after they could have been. The kernel releases the
locks when this process ends, however it ends. The other side is node_start.py.
"""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from kubeface.util.locks import try_to_take


@contextlib.contextmanager
def start_barrier(locks: Sequence[Path]) -> Iterator[None]:
    """Hold the nodes' kube-proxies back meanwhile.

    Args:
        locks: One file a node, which the node sees too.
    """
    with contextlib.ExitStack() as stack:
        for path in locks:
            lock = stack.enter_context(path.open("w"))
            try_to_take(lock.fileno())  # another process may hold it: that delays them as well
        yield
