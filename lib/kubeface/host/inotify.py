"""How many programs of one user may watch files: the kernel's limit, raised while it is needed."""

import contextlib
from pathlib import Path

from kubeface.host import files

LIMIT = Path("/proc/sys/fs/inotify/max_user_instances")


def raise_limit(least: int, record: Path) -> None:
    """Have the limit at `least` or more; what it was stands in `record` until `restore_limit`.

    Where it may not be written (some containers), it stays as it is.
    """
    now = int(LIMIT.read_text())
    if now >= least:
        return
    with contextlib.suppress(OSError):
        LIMIT.write_text(str(least))
        files.write(record, f"{now} {least}")


def restore_limit(record: Path) -> None:
    """Put the limit back as it was, unless somebody else has changed it since. Fine without a record."""
    if not record.exists():
        return
    before, ours = record.read_text().split()
    if LIMIT.read_text().strip() == ours:
        LIMIT.write_text(before)
    record.unlink()
