"""A full disk, told from every other failure."""

import errno
import os
import shutil
import tempfile
from pathlib import Path

from kubeface import places

#: What programs say of it, in the language that we give them; and SQLite's and Go's ways.
_WORDS = ("no space left on device", "disk quota exceeded", "database or disk is full")
#: Less free than this is full: a file system keeps some for itself.
LEAST_BYTES = 1 << 20


def advice(said: str) -> str:
    """What to try after a program has said this; empty where it does not speak of a full disk."""
    return _advice() if any(word in said.lower() for word in _WORDS) else ""


def is_lacking(error: BaseException) -> bool:
    """Whether an error of ours is a full disk."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def sentence(error: OSError) -> str:
    """A full disk in words, with the place and what to try."""
    where = f": {error.filename}" if error.filename else ""
    return f"There is no space left on the disk{where}\nTry: {_advice()}"


def full() -> list[Path]:
    """Of the folders that we write to, those whose file system is full, each once."""
    looked_at = [
        _temporary(),
        places.cache(),
        places.kubeconfig().parent,
        Path("/var/lib/kubeface"),
        Path("/run"),
    ]
    found: dict[int, Path] = {}
    for folder in looked_at:
        there = next(one for one in (folder, *folder.parents) if one.exists())
        if not _has_room(there):
            found.setdefault(there.stat().st_dev, there)
    return list(found.values())


def _advice() -> str:
    places_full = ", ".join(map(str, full()))
    if not places_full:
        return "make room on the disk (df -h; df -i), and run this again"
    advised = f"make room on {places_full} (df -h {places_full}), and run this again"
    if str(_temporary()) in places_full.split(", "):
        advised += "; or name another folder for temporary files: TMPDIR=/var/tmp"
    return advised


def _temporary() -> Path:
    """Where temporary files go, whether or not there is room: `tempfile` would go elsewhere in silence."""
    return Path(os.environ.get("TMPDIR") or tempfile.tempdir or "/tmp")  # noqa: S108 (nothing is written)


def _has_room(folder: Path) -> bool:
    status = os.statvfs(folder)
    has_files = status.f_files == 0 or status.f_favail > 0
    return has_files and shutil.disk_usage(folder).free >= LEAST_BYTES
