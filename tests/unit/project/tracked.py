"""The repository's own files, as git knows them."""

import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]


@functools.cache
def files(*patterns: str) -> tuple[Path, ...]:
    """The tracked files that are there, all or those that match git's path patterns."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--", *patterns]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())
