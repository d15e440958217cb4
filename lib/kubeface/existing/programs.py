"""Run another program to its end, and pass on its output."""

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from kubeface.errors import CommandFailed, Missing
from kubeface.util.process import python

Say = Callable[[str], None]


def kubeface_images(options: Sequence[str], say: Say) -> None:
    """Run `kubeface images`, which becomes root by itself.

    Raises:
        CommandFailed: it did not succeed; its words have been said.
    """
    command = python("-m", "kubeface", "images", *options)
    tell(command, say, what=f"kubeface images {' '.join(options)}")


def tell(command: Sequence[str | Path], say: Say, *, what: str) -> None:
    """Run a program to its end, and print its output as it comes.

    Raises:
        CommandFailed: it ended with an error; its words have been said.
        Missing: there is no such program.
    """
    parts = [str(part) for part in command]
    try:
        process = subprocess.Popen(
            parts,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=os.environ | _registry_login(),
        )
    except FileNotFoundError as cause:
        raise Missing(f"{what} needs {parts[0]}, which is not on the PATH.") from cause
    with process:
        for line in process.stdout or ():
            say(line.rstrip())
    if process.returncode:
        raise CommandFailed(f"{what} did not succeed.", seen="what it said stands above")


def _registry_login() -> dict[str, str]:
    """The file of the user's registry logins, for the push, which is done as root."""
    login = Path.home() / ".docker" / "config.json"
    is_told = "REGISTRY_AUTH_FILE" in os.environ or not login.exists()
    return {} if is_told else {"REGISTRY_AUTH_FILE": str(login)}
