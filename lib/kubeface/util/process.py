"""Run one program to its end, and find programs."""

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kubeface.errors import CommandFailed, Missing
from kubeface.util import environment, room, signals

#: How long a program that is told to end may tidy up.
TIDY_S = 20.0  # chosen: dpkg ends what it is unpacking
#: What is made for others can be read by them, whatever a person's own files are; secrets say their mode.
UMASK = 0o022
#: What runs now and ends with us, by process id; each is the head of a session of its own.
_RUNNING: dict[int, "subprocess.Popen[Any]"] = {}


def find(program: str, *, try_next: str = "kubeface doctor") -> Path:
    """The path of a program on this machine. Raises `Missing` when there is none."""
    found = shutil.which(program, path=environment.search_path())
    if found is None:
        raise Missing(f"The program {program} is not installed.", try_next=try_next)
    return Path(found)


def python(*arguments: str | Path, interpreter: str | Path | None = None) -> list[str]:
    """The command line of a Python that imports nothing from the folder it is started in.

    >>> python("-m", "kubeface", "status", interpreter="python3")
    ['python3', '-P', '-m', 'kubeface', 'status']
    """
    return [str(interpreter or sys.executable), "-P", *map(str, arguments)]


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    timeout_s: float = 60,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run a program to its end; what it printed on stdout.

    Args:
        what: What this was for, as the start of a sentence: "Mounting /proc".
        env: Added to `environment.fetching`.
    Raises:
        CommandFailed: it ended with an error or did not end within `timeout_s`; `seen` has its last lines.
    """
    try:
        with started(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env={**environment.fetching(), **(env or {})},
            cwd=cwd,
        ) as process:
            said, complained = process.communicate(timeout=timeout_s)
    except FileNotFoundError as error:
        raise Missing(
            f"{what} needs {command[0]}, which is not installed.", try_next="kubeface doctor"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise CommandFailed(f"{what} did not end within {timeout_s:g} s.", seen=_shown(command)) from error
    if process.returncode != 0:
        last = "\n".join((said + complained).splitlines()[-12:])
        raise CommandFailed(
            f"{what} failed (exit code {process.returncode}).",
            seen=f"{_shown(command)}\n{last}",
            try_next=room.advice(last),
        )
    return str(said)


@contextlib.contextmanager
def started(command: Sequence[str | Path], **options: Any) -> Iterator["subprocess.Popen[Any]"]:
    """A program, and what it starts: all of it ends when the block is left by an error, or by a signal.

    It has no terminal: Ctrl-C is heard by us alone, and nobody waits for an answer that nobody can give.

    Args:
        options: As for `subprocess.Popen`.
    """
    options = {"stdin": subprocess.DEVNULL, "start_new_session": True, "umask": UMASK, **options}
    with contextlib.ExitStack() as ends:
        with signals.held():
            process = ends.enter_context(subprocess.Popen([str(part) for part in command], **options))
            _RUNNING[process.pid] = process
            ends.callback(_RUNNING.pop, process.pid)
            ends.push(functools.partial(_end_after_error, process))
        yield process


def foreground(command: Sequence[str | Path]) -> int:
    """Run a program in this terminal to its end; its exit code.

    A signal that asks us to end asks it too, and it may take its time to tidy up.
    """
    with contextlib.ExitStack() as ends:
        with signals.held():
            process = subprocess.Popen([str(part) for part in command])
            ends.push(functools.partial(_ask_after_error, process))
        return process.wait()


def end_running() -> None:
    """Tell every program that runs for us to end, in whichever thread somebody waits for it."""
    for pid in list(_RUNNING):
        _signal(pid, signal.SIGTERM)


def _ask_after_error(process: "subprocess.Popen[Any]", kind: object, *details: object) -> None:
    if kind is not None:
        with contextlib.suppress(PermissionError):  # it is root's, and hears of Ctrl-C itself
            process.terminate()
        process.wait()


def _end_after_error(process: "subprocess.Popen[Any]", kind: object, *details: object) -> None:
    if kind is None:
        return
    _signal(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(TIDY_S)
    _signal(process.pid, signal.SIGKILL)  # what it has started may be left


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def _shown(command: Sequence[str | Path]) -> str:
    return " ".join(str(part) for part in command)
