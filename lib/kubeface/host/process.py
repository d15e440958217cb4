"""Run one program to its end, and find programs."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from kubeface.errors import CommandFailed, Missing

#: Where administrators' programs live; a plain user's PATH often lacks them (Debian).
ADMIN_PATHS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def search_path() -> str:
    """PATH, with administrators' folders at its end."""
    return os.pathsep.join((os.environ.get("PATH", os.defpath), *ADMIN_PATHS))


def find(program: str, *, try_next: str = "kubeface doctor") -> Path:
    """The path of a program on this machine. Raises `Missing` when there is none."""
    found = shutil.which(program, path=search_path())
    if found is None:
        raise Missing(f"The program {program} is not installed.", try_next=try_next)
    return Path(found)


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
        env: Added to this process's environment.
    Raises:
        CommandFailed: it ended with an error or did not end within `timeout_s`; `seen` has its last lines.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            env=None if env is None else {**os.environ, **env},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except FileNotFoundError as error:
        raise Missing(
            f"{what} needs {command[0]}, which is not installed.", try_next="kubeface doctor"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise CommandFailed(f"{what} did not end within {timeout_s:g} s.", seen=_shown(command)) from error
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
        raise CommandFailed(
            f"{what} failed (exit code {done.returncode}).", seen=f"{_shown(command)}\n{said}"
        )
    return done.stdout


def _shown(command: Sequence[str | Path]) -> str:
    return " ".join(str(part) for part in command)
