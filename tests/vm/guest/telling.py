"""How a proof tells its steps: one line each, and whether all went well. Needs nothing but Python."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


class Failed(Exception):
    """A command that was typed has ended with an error; its last lines are the text."""


def step(title: str, work: Callable[[], object]) -> bool:
    """Tell how it went, with what the work has to say; whether it went well."""
    start = time.monotonic()
    try:
        said = work()
    except Exception as error:
        tell(f"✗ {title} ({time.monotonic() - start:.0f} s): {type(error).__name__}")
        for line in str(error).splitlines():
            tell(f"    {line}")
        return False
    more = f": {said}" if said else ""
    tell(f"✓ {title} ({time.monotonic() - start:.0f} s){more}")
    return True


def tell(line: str) -> None:
    """One line of the report."""
    print(line, flush=True)


def typed(*command: str, folder: Path | None = None, **environment: str) -> str:
    """Run a command as typed at the keyboard; what it printed, which goes to the console, too."""
    print(f"$ {' '.join(command)}", file=sys.stderr, flush=True)
    said = []
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        for line in process.stdout:
            said.append(line)
            print(line, end="", file=sys.stderr, flush=True)
    if process.returncode != 0:
        raise Failed(f"{' '.join(command)}: exit code {process.returncode}.\n{''.join(said[-20:])}")
    return "".join(said)


def changes(before: dict[str, list[str]], now: dict[str, list[str]]) -> list[str]:
    """Whatever is other than it was, by name."""
    found = []
    for kind, lines in now.items():
        found += [f"{kind}: left: {line}" for line in lines if line not in before[kind]]
        found += [f"{kind}: gone: {line}" for line in before[kind] if line not in lines]
    return found
