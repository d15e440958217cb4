"""One cgroup path in every hierarchy of this machine, v1, hybrid or v2.

Under v1 each controller has a hierarchy of its own below /sys/fs/cgroup; hybrid adds the `unified` one.
Under v2 there is one. A group here is a name such as "kubeface-face/node1": that path in all of them.
"""

import contextlib
import errno
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from kubeface.errors import KubefaceError
from kubeface.util.waiting import attempts, wait_for_exit

ROOT = Path("/sys/fs/cgroup")
#: The period against which a CPU quota is counted, in microseconds (the kernel's default).
CPU_PERIOD_US = 100_000
#: What stands for one processor under v1, as Kubernetes counts.
CPU_SHARES = 1024
#: How long a group may be busy after its processes were killed, in seconds: chosen.
REMOVE_S = 5.0
#: Where the processes of a container go, as in systemd's and others' containers.
ASIDE = "init"
#: What the kubelet asks for under v2 (it stops with "missing controllers" without one of them).
V2_CONTROLLERS = ("cpu", "cpuset", "io", "memory", "pids", "hugetlb")


def is_v2() -> bool:
    """True when this machine has the single, unified hierarchy."""
    return (ROOT / "cgroup.controllers").exists()


def hierarchies() -> list[Path]:
    """The mount points of all hierarchies, each once, symbolic links left out."""
    if is_v2():
        return [ROOT]
    return sorted(path for path in ROOT.iterdir() if path.is_dir() and not path.is_symlink())


def make(group: str, *, cpus: float | None = None, memory_bytes: int | None = None) -> None:
    """Make the group everywhere, with limits where given. Safe to repeat.

    Under v2 it gets no more than these processors. Under v1 it gets its share of them: with a hard limit the
    kernel would refuse a Pod that is allowed more than its node has, and Kubernetes promises that one.
    """
    for hierarchy in hierarchies():
        folder = hierarchy
        for part in Path(group).parts:
            if is_v2():
                _delegate(folder)
            folder = folder / part
            folder.mkdir(exist_ok=True)
            _inherit_cpuset(folder)
    if memory_bytes is not None:
        limit = str(memory_bytes)
        _limit(group, "memory", ("memory.limit_in_bytes", limit), ("memory.max", limit))
    if cpus is not None:
        shares, quota = int(cpus * CPU_SHARES), int(cpus * CPU_PERIOD_US)
        _limit(group, "cpu", ("cpu.shares", str(shares)), ("cpu.max", str(quota)))


def join(group: str) -> None:
    """Move this process into the group."""
    for hierarchy in hierarchies():
        (hierarchy / group / "cgroup.procs").write_text(str(os.getpid()))


def processes(group: str) -> list[int]:
    """Every process in the group or below it, in any hierarchy."""
    pids: set[int] = set()
    for hierarchy in hierarchies():
        for file in _below(hierarchy / group, "cgroup.procs"):
            with contextlib.suppress(OSError):
                pids.update(int(line) for line in file.read_text().split())
    return sorted(pids - {0, os.getpid()})


def kill(group: str, *, timeout_s: float = 20) -> int:
    """End every process of the group by SIGKILL and wait for it; how many there were.

    Raises:
        KubefaceError: some did not end within `timeout_s` (the kernel holds them).
    """
    killed: set[int] = set()
    while pids := processes(group):
        thaw(group)  # a frozen process does not die
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        killed.update(pids)
        left = wait_for_exit(pids, timeout_s=timeout_s)
        if left:
            raise KubefaceError(
                f"{len(left)} processes of {group} did not end within {timeout_s:g} s of SIGKILL.",
                seen=f"process ids {left}",
            )
    return len(killed)


def memory_bytes(group: str) -> int:
    """The memory that the processes of the group and below it hold; what the kernel caches is left out."""
    folder, name = (ROOT / group, "anon") if is_v2() else (ROOT / "memory" / group, "total_rss")
    try:
        lines = (folder / "memory.stat").read_text().splitlines()
    except OSError:  # there is no such group
        return 0
    return next((int(line.split()[1]) for line in lines if line.split()[0] == name), 0)


def freeze(group: str) -> None:
    """Let no process of the group run on; none of them notices."""
    top, name = _freezer(group)
    (top / name).write_text("1" if is_v2() else "FROZEN")


def is_frozen(group: str) -> bool:
    """Whether the group itself was told to stand still; False where there is no such group."""
    top, name = _freezer(group)
    try:
        state = (top / name).read_text().strip()
    except OSError:
        return False
    return state == "1" if is_v2() else state in ("FROZEN", "FREEZING")


def thaw(group: str) -> None:
    """Let every process of the group run on, and of those below it. Fine when none is frozen, or there."""
    top, name = _freezer(group)
    for file in _below(top, name):
        with contextlib.suppress(OSError):
            file.write_text("0" if is_v2() else "THAWED")


def _below(top: Path, name: str) -> Iterator[Path]:
    """The file of that name of a group and of each one below it; a group may go meanwhile."""
    for folder, _, names in os.walk(top):
        if name in names:
            yield Path(folder) / name


def _freezer(group: str) -> tuple[Path, str]:
    """The folder of the group in the hierarchy that freezes, and the file that tells it to."""
    return (ROOT / group, "cgroup.freeze") if is_v2() else (ROOT / "freezer" / group, "freezer.state")


def remove(group: str) -> None:
    """Remove the group and all below it, everywhere, with the processes that are left in it.

    What was told to enter it, by a command that was killed meanwhile, may do so after a `kill`: asked again.

    Raises:
        OSError: after `REMOVE_S` somebody still holds it.
    """
    held: OSError | None = None
    for _ in attempts(timeout_s=REMOVE_S, every_s=0.05):
        kill(group)
        try:
            return _remove_folders(group)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            held = error
    raise held or TimeoutError(group)


def _remove_folders(group: str) -> None:
    for hierarchy in hierarchies():
        for folder, _, _ in os.walk(hierarchy / group, topdown=False):
            with contextlib.suppress(FileNotFoundError):
                Path(folder).rmdir()


def _delegate(folder: Path) -> None:
    """v2: let the children of `folder` be limited."""
    if folder == ROOT and (ROOT / "cgroup.type").exists():  # the machine's own root has no such file
        _step_aside()
    available = (folder / "cgroup.controllers").read_text().split()
    for controller in V2_CONTROLLERS:
        if controller in available:
            (folder / "cgroup.subtree_control").write_text(f"+{controller}")


def _step_aside() -> None:
    """Move every process of the root into `ASIDE`, before the root hands out its first controller.

    Only a container's root needs it: it is a group like others, which has either processes or controllers.
    With both, `cpu` can still be handed out, but then its children take no process (EOPNOTSUPP).
    """
    aside = ROOT / ASIDE
    aside.mkdir(exist_ok=True)
    for _ in attempts(timeout_s=REMOVE_S, every_s=0.01):  # one may start another meanwhile
        pids = (ROOT / "cgroup.procs").read_text().split()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                (aside / "cgroup.procs").write_text(pid)
        if not pids:
            return


def _inherit_cpuset(folder: Path) -> None:
    """v1: a new cpuset group is empty and takes no process until its parent's values are copied."""
    for name in ("cpuset.cpus", "cpuset.mems"):
        file = folder / name
        if not is_v2() and file.exists() and not file.read_text().strip():
            file.write_text((folder.parent / name).read_text())


def _limit(group: str, controller: str, v1: tuple[str, str], v2: tuple[str, str]) -> None:
    """Write a value to a file of the group: (file, value) for either version."""
    folder, (name, value) = (ROOT / group, v2) if is_v2() else (ROOT / controller / group, v1)
    (folder / name).write_text(value)
