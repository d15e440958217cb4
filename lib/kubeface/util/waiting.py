"""The one loop that waits for something on this machine."""

import os
import select
import threading
import time
from collections.abc import Callable

from kubeface.errors import Crashed, NotReady


def wait_until(
    holds: Callable[[], bool],
    *,
    what: str,
    timeout_s: float,
    pid: int | None = None,
    evidence: Callable[[], str] = lambda: "",
    try_next: str = "",
    every_s: float = 0.05,
) -> float:
    """Return once `holds()` is true; the seconds that took.

    Args:
        holds: Asked at once, then every `every_s` seconds: sockets and health pages send no event.
        what: The failure as a sentence, such as "etcd does not answer".
        timeout_s: How long to wait, in seconds; 0 to ask once.
        pid: A process this depends on. Its end is an event and stops the wait at once.
        evidence: Asked when the wait fails, for what was seen.
        try_next: What to try then.
        every_s: How long to pause between two questions, in seconds.

    Raises:
        NotReady: `timeout_s` is over.
        Crashed: the process ended first.

    >>> answers = iter([False, False, True])
    >>> wait_until(lambda: next(answers), what="it does not answer", timeout_s=10) < 10
    True
    >>> wait_until(lambda: False, what="it does not answer", timeout_s=0)
    Traceback (most recent call last):
    kubeface.errors.NotReady: it does not answer after 0 s
    """
    start = time.monotonic()
    descriptor = _open_pid(pid)
    try:
        while not holds():
            if time.monotonic() - start > timeout_s:
                raise NotReady(f"{what} after {timeout_s:g} s", seen=evidence(), try_next=try_next)
            if _ended(descriptor, every_s):
                raise Crashed(f"{what}: its process ended", seen=evidence(), try_next=try_next)
    finally:
        if descriptor is not None:
            os.close(descriptor)
    return time.monotonic() - start


def wait_for_exit(pids: list[int], *, timeout_s: float) -> list[int]:
    """Wait for the processes to end; those that still live after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    alive = []
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            if not _ended(descriptor, max(0.0, deadline - time.monotonic())):
                alive.append(pid)
        finally:
            os.close(descriptor)
    return alive


def _open_pid(pid: int | None) -> int | None:
    if pid is None:
        return None
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def _ended(descriptor: int | None, timeout_s: float) -> bool:
    """True when the process behind the descriptor ends within the time."""
    if descriptor is None:
        threading.Event().wait(timeout_s)
        return False
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(timeout_s * 1000))
