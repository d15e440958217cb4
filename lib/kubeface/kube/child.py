"""A program that ends with the block it was started in, and everything that it started."""

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
    """A program in a session of its own: it has no terminal, and whoever interrupts Python reaches it here.

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
    """End a program and all that it started: politely, and if that does not help at once, for good."""
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
    """What makes a program end when Python is killed, where there is such a thing."""
    found = shutil.which("setpriv")
    return [found, "--pdeathsig", "KILL", "--"] if found else []
