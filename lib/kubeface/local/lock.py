"""Locks (flock): one for each cluster, held by the command that changes it, and one for addresses.

It is freed with its process, however that ends. The last one to hold it takes the file away.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from kubeface.errors import Missing
from kubeface.local.spec import RUN, STATE
from kubeface.util import locks

Say = Callable[[str], None]


def to_stderr(line: str) -> None:
    """Print a line for the user who waits; stdout is for the command's result."""
    print(line, file=sys.stderr, flush=True)


@contextlib.contextmanager
def cluster_lock(name: str, work: str, *, say: Say = to_stderr) -> Iterator[None]:
    """Hold the lock of a cluster; `say` gets a line when another command holds it.

    Args:
        work: What is done meanwhile, as its command is called: "up", "node add".
    Raises:
        Missing: this process has no root rights.
    """
    path = RUN / f"{name}.lock"
    descriptor = _hold(path, lambda holder: say(_waiting(name, holder)))
    try:
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {work}".encode(), 0)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)
        with contextlib.suppress(OSError):  # something of a cluster is in it
            RUN.rmdir()


@contextlib.contextmanager
def address_lock() -> Iterator[None]:
    """Serialise the choice of cluster addresses, and changes of what all clusters share; held for moments."""
    with locks.locked(STATE.parent):
        yield


def names() -> list[str]:
    """The clusters with a lock file: a command is changing them, or was killed."""
    return [path.stem for path in RUN.glob("*.lock")]


def _hold(path: Path, when_held: Callable[[str], None]) -> int:
    """The descriptor of the file, locked, and still the file of that path."""
    while True:
        descriptor = _open(path)
        try:
            _lock(descriptor, when_held)
            if _is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _open(path: Path) -> int:
    while True:
        try:
            with contextlib.suppress(FileExistsError):
                path.parent.mkdir()
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except FileNotFoundError:  # another command has just ended, and took the folder away
            continue
        except PermissionError as error:
            raise Missing(
                "Changing a cluster needs root rights.", try_next="run this as root or through sudo"
            ) from error


def _lock(descriptor: int, when_held: Callable[[str], None]) -> None:
    locks.take(descriptor, when_held=lambda: when_held(os.pread(descriptor, 200, 0).decode(errors="replace")))


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether the path still leads to the file: its last holder may have removed it."""
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), path.stat())
    return False


def _waiting(name: str, holder: str) -> str:
    pid, _, work = holder.partition(" ")
    who = f" (pid {pid}): {work}" if work else ""
    return (
        f"Another kubeface command is working on cluster {name}{who}; waiting for it. Ctrl-C ends the wait."
    )
