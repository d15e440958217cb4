"""Write files whole or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

#: How much of a log is read at a time, from its end (chosen).
TAIL_BYTES = 1 << 16


def write(path: Path, text: str | bytes, *, mode: int = 0o600) -> bool:
    """Give `path` this content, in one step; True when that changed anything.

    Folders on the way are made, for their owner alone. A crash leaves the old file or the new one,
    never half of it. An unchanged file keeps its times.
    """
    data = text.encode() if isinstance(text, str) else text
    if path.exists() and path.read_bytes() == data and path.stat().st_mode & 0o777 == mode:
        return False
    write_together({path: data}, mode=mode)
    return True


def write_together(contents: Mapping[Path, bytes], *, mode: int = 0o600) -> None:
    """Give several files their contents: nothing is changed before all of it is on the disk."""
    aside: dict[Path, Path] = {}
    try:
        for path, data in contents.items():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            aside[path] = Path(name)
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(file.fileno(), mode)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        for path, written in aside.items():
            written.replace(path)
    except BaseException:
        for written in aside.values():
            written.unlink(missing_ok=True)
        raise


def tail(path: Path, lines: int = 5) -> str:
    """The last lines of a log, or what is wrong with it; reads no more of it than these take."""
    try:
        with path.open("rb") as file:
            start = file.seek(0, os.SEEK_END)
            end = b""
            while start > 0 and end.count(b"\n") <= lines:
                step = min(start, TAIL_BYTES)
                start = file.seek(start - step)
                end = file.read(step) + end
    except OSError as error:
        return f"{path}: {error.strerror}"
    return "\n".join(end.decode(errors="replace").splitlines()[-lines:])


def disk_bytes(folder: Path) -> int:
    """What the files below a folder take of the disk, on its own file system; each counts once.

    What vanishes meanwhile does not count.
    """
    seen: set[int] = set()
    total = 0
    with contextlib.suppress(OSError):
        device = folder.lstat().st_dev
        for top, _, names in os.walk(folder):
            for name in names:
                with contextlib.suppress(OSError):
                    status = Path(top, name).lstat()
                    if status.st_dev == device and status.st_ino not in seen:
                        seen.add(status.st_ino)
                        total += status.st_blocks * 512
    return total
