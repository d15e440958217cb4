"""The one loop that waits for something on this machine."""

import os
import select
import time
from collections.abc import Callable, Iterator

from kubeface.errors import Crashed, NotReady
from kubeface.util.audience import telling


def wait_until(
    holds: Callable[[], object],
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

    def pause(seconds: float) -> None:
        if _ended(descriptor, seconds):
            raise Crashed(f"{what}: its process ended", seen=evidence(), try_next=try_next)

    try:
        with telling(f"the end of “{what}”", timeout_s):
            for _ in attempts(timeout_s=timeout_s, every_s=every_s, pause=pause):
                if holds():
                    return time.monotonic() - start
            raise NotReady(f"{what} after {timeout_s:g} s", seen=evidence(), try_next=try_next)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def attempts(
    *, timeout_s: float, every_s: float, pause: Callable[[float], None] = time.sleep
) -> Iterator[None]:
    """Try at once, then every `every_s` seconds, and a last time when `timeout_s` is over.

    For a wait that ends with more than "it holds": an answer, or the last refusal.

    >>> answers = iter(["no", "yes", "no"])
    >>> next(answer for _ in attempts(timeout_s=5, every_s=0.01) if (answer := next(answers)) == "yes")
    'yes'
    """
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        yield
        pause(max(0.0, min(every_s, deadline - time.monotonic())))
    yield


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
        time.sleep(timeout_s)
        return False
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(timeout_s * 1000))
