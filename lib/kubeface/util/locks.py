"""Locks between processes: files that the kernel holds, and frees with their process, however it ends."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path, *, when_held: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Be the only one who holds this path: another process, or thread, that asks for it waits meanwhile.

    Args:
        path: A folder, or a file, which is made where it is missing.
        when_held: Called before waiting for somebody else.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, locked(Path(folder) / "work.lock"):
    ...     print("alone")
    alone
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    descriptor = os.open(path, flags, 0o600)
    try:
        take(descriptor, when_held=when_held)
        yield
    finally:
        os.close(descriptor)


def take(descriptor: int, *, when_held: Callable[[], object] = lambda: None) -> None:
    """Lock an open file until it is closed."""
    if not try_to_take(descriptor):
        when_held()
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # Ctrl-C ends this wait


def try_to_take(descriptor: int) -> bool:
    """Lock an open file until it is closed; False where somebody else holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
