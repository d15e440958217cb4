"""What `make test` runs: three lanes side by side; after them, alone, what compares the whole machine.

One lane waits most of the time, for a cluster or a browser. Two compute, and give way to it: one of them on
the other Pythons of this machine. What those say is printed when they have ended. After each stand its
minutes, and how busy the processors were.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from left_behind import end_in_order

BUILD = Path("build")  # of the folder that make runs in
#: The targets of the Makefile.
WAITING, COMPUTING, ALONE = "test-waiting", "test-computing", "test-alone"
PYTHONS = "test-pythons"


def main(*settings: str) -> int:
    """Run everything, whatever fails on the way.

    Args:
        settings: What make is told besides the target, such as SHARD=1/4.

    Returns:
        0 when everything passed, else the exit code of the first that did not.
    """
    end_in_order()
    BUILD.mkdir(exist_ok=True)
    clock = Clock()
    with _beside(_make(COMPUTING, settings)) as computing, _beside(_make(PYTHONS, settings)) as pythons:
        codes = [_call(_make(WAITING, settings))]
        clock.tell(WAITING)
        codes += [computing.wait(), pythons.wait()]
        clock.tell(f"{WAITING}, {COMPUTING} and {PYTHONS}")
    codes.append(_call(_make(ALONE, settings)))
    clock.tell("all")
    return next(filter(None, codes), 0)


class Clock:
    """What time has passed since it was made, and how much of it the machine's processors worked."""

    def __init__(self) -> None:
        self._begun = time.monotonic(), *self._worked()

    def tell(self, what: str) -> None:
        """Print it."""
        begun, idle, every = self._begun
        now_idle, now_every = self._worked()
        busy = 1 - (now_idle - idle) / max(1, now_every - every)
        minutes = (time.monotonic() - begun) / 60
        print(f"{what}: {minutes:.1f} minutes since the start, processors {busy:.0%} busy", flush=True)

    @staticmethod
    def _worked() -> tuple[int, int]:
        """Ticks of all processors, idle and altogether (proc_stat(5)); guests count as users."""
        ticks = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return ticks[3] + ticks[4], sum(ticks)


def _make(target: str, settings: tuple[str, ...]) -> list[str]:
    return ["make", target, *settings]


def _call(command: list[str]) -> int:
    with _group(command) as process:
        return process.wait()


@contextlib.contextmanager
def _beside(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A command, running while the body does; what it says is printed when it has ended."""
    with (BUILD / f"{command[1]}.log").open("w+") as log:
        try:
            with _group(["nice", *command], stdout=log, stderr=log) as lane:
                yield lane
        finally:
            log.seek(0)
            print(log.read(), end="", flush=True)


@contextlib.contextmanager
def _group(command: list[str], **streams: TextIO) -> Iterator[subprocess.Popen[bytes]]:
    """A command with all that it starts, which is asked to end when the body does, and waited for."""
    process = subprocess.Popen(command, start_new_session=True, **streams)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
