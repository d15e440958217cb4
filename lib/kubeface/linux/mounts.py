"""What is mounted below a folder, and how to take it away."""

import contextlib
import re
from pathlib import Path

from kubeface.errors import CommandFailed
from kubeface.util.process import run


def below(folder: Path) -> list[Path]:
    """Mount points at or below `folder`, deepest first."""
    top = str(folder)
    points = [_unescape(line.split()[4]) for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return [Path(point) for point in reversed(points) if point == top or point.startswith(top + "/")]


def unmount(folder: Path) -> None:
    """Unmount everything at or below `folder`; a busy one is detached and goes with its last user."""
    for point in below(folder):
        with contextlib.suppress(CommandFailed):
            run(["umount", "--lazy", point], what=f"Unmounting {point}")


def _unescape(text: str) -> str:
    return re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), text)
