"""Numbers of the kernel that belong to the whole machine: raised while they are needed, and put back."""

import contextlib
from pathlib import Path

from kubeface.util import files

#: How many programs of one user may watch files.
FILE_WATCHERS = Path("/proc/sys/fs/inotify/max_user_instances")
#: 1 where the machine passes on what is for others.
FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")


def raise_to(least: int, setting: Path, record: Path) -> None:
    """Have a setting at `least` or more; what it was stands in `record` until `put_back`.

    Where it may not be written (some containers), it stays as it is.
    """
    now = int(setting.read_text())
    if now >= least:
        return
    with contextlib.suppress(OSError):
        setting.write_text(str(least))
        files.write(record, f"{now} {least}")


def put_back(setting: Path, record: Path) -> None:
    """Have a setting as it was, unless somebody else has changed it since. Fine without a record."""
    if not record.exists():
        return
    before, ours = record.read_text().split()
    if setting.read_text().strip() == ours:
        setting.write_text(before)
    record.unlink()
