"""A run of the tests leaves nothing on the machine, however it ends.

SIGTERM and SIGHUP end it as Ctrl-C does: in order. For an end without order (SIGKILL, a terminal that takes
no more words) a process of its own waits for the run to be over. It ends every process that has the run's
mark in its environment, which children inherit, and takes down the clusters that the run had not taken down.
"""

import contextlib
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

MARK = "KUBEFACE_TESTS_RUN"


class Guard:
    """Who waits for the end of this run: it reads of clusters from a pipe, which ends with the run."""

    def __init__(self) -> None:
        os.environ[MARK] = uuid.uuid4().hex
        command = [sys.executable, __file__, os.environ[MARK]]
        own = {key: value for key, value in os.environ.items() if key != MARK}
        self._locks = contextlib.ExitStack()
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, env=own, start_new_session=True)

    @contextlib.contextmanager
    def alone(self, lock: Path) -> Iterator[None]:
        """While it lasts, no other run has this lock."""
        from kubeface.util.locks import locked

        with self._locks:
            self._locks.enter_context(locked(lock))
            yield

    @contextlib.contextmanager
    def holding(self, cluster: str) -> Iterator[None]:
        """While it lasts, the cluster of that name is this run's to take down."""
        self._tell(f"+{cluster}")
        yield
        self._tell(f"-{cluster}")

    def end(self) -> None:
        """The run is over: wait until nothing of it is left.

        A run that is cut off while a test runs for the second time does not leave its fixtures. So the locks
        are given back here: who takes the clusters down needs them.
        """
        self._locks.close()
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
        del os.environ[MARK]

    def _tell(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()


def end_in_order() -> None:
    """From now on SIGTERM and SIGHUP are Ctrl-C, once: a second one does not stop the stopping."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        for one in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, signal.SIG_IGN)
        signal.default_int_handler(number, frame)

    before = {one: signal.signal(one, interrupt) for one in (signal.SIGTERM, signal.SIGHUP)}
    os.register_at_fork(after_in_child=lambda: [signal.signal(one, was) for one, was in before.items()])


def main(mark: str) -> None:
    clusters: set[str] = set()
    for line in sys.stdin:
        (clusters.add if line.startswith("+") else clusters.discard)(line[1:].strip())
    end_marked(mark)
    if clusters:
        _take_down(clusters)


def end_marked(mark: str) -> None:
    """End every process with the mark, and those that they start meanwhile; a cluster's own end with it."""
    while found := [pid for pid in map(int, _numbers()) if _is_marked(pid, mark)]:
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _numbers() -> list[str]:
    return [path.name for path in Path("/proc").iterdir() if path.name.isdigit()]


def _is_marked(pid: int, mark: str) -> bool:
    process = Path(f"/proc/{pid}")
    try:
        is_marked = f"{MARK}={mark}".encode() in (process / "environ").read_bytes().split(b"\0")
        return is_marked and "/kubeface-" not in (process / "cgroup").read_text()
    except OSError:  # it is gone, or somebody else's
        return False


def _take_down(clusters: set[str]) -> None:
    from kubeface import places
    from kubeface.util.locks import locked

    with locked(places.cache() / "tests.lock"):  # the next run may be there, and has them down by itself
        for name in sorted(clusters):
            command = [sys.executable, "-m", "kubeface", "down", "--purge", "--name", name]
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    main(sys.argv[1])
