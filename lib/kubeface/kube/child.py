"""A child process that ends with the block it was started in, with all of its own children."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kubeface.errors import BadInput

#: Chosen: an interrupted kubectl ends at once, or takes back what it made (`run --rm`) in one request.
GRACE_S = 2.0


@contextmanager
def child(
    command: Sequence[str], *, stdin: IO[bytes], stderr: int | IO[bytes], env: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a session of its own, without a terminal, until the block is left.

    When the block is left by an error or an interrupt, it is interrupted, and after `GRACE_S` ended, with all
    that it started. When Python is killed, it goes too.

    Raises:
        BadInput: no program can be given such arguments.
    """
    try:
        process = subprocess.Popen(
            [*_with_python(), *command],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=env,
            start_new_session=True,
        )
    except (OSError, ValueError) as cause:  # too long, or with a zero byte in it
        raise BadInput(f"{Path(command[0]).name} cannot be run like that", seen=str(cause)) from cause
    with process:
        try:
            yield process
        except BaseException:
            end(process)
            raise


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process group: SIGINT first, and SIGKILL after `GRACE_S`."""
    try:
        _signal(process, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
    finally:
        _signal(process, signal.SIGKILL)


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _with_python() -> list[str]:
    """The setpriv command that ends a child when Python is killed; empty where there is none."""
    found = shutil.which("setpriv")
    return [found, "--pdeathsig", "KILL", "--"] if found else []
