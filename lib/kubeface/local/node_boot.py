"""Start a node: a program of its own, run by file name, that imports the standard library alone.

    supervisord (host) → enter() → nsenter → unshare → initialise() → supervisord (process 1 of the node)
                                                             └→ node_start.py

`enter` joins the node's cgroup and network; `unshare` gives it its own processes, mounts and host name.
`initialise` makes /proc, /sys, /run and /var the node's own, sets the rules of its network, and becomes the
node's supervisord; node_start has that start the node's programs.
One kill of the `unshare` process ends them all.
"""

import contextlib
import ctypes
import json
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

CGROUPS = Path("/sys/fs/cgroup")
DEVICES = Path("/sys/devices/system")
CLONE_NEWCGROUP = 0x02000000
#: What the kubelet wants of the whole machine: the node sees it there already and never writes it.
KERNEL_SETTINGS = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}


def main() -> None:
    """`node_boot.py BOOT.json` on the host; `node_boot.py --inside BOOT.json` in the new namespaces."""
    boot = json.loads(Path(sys.argv[-1]).read_text())
    if "--inside" in sys.argv:
        initialise(boot)
    else:
        enter(boot, sys.argv[-1])


def enter(boot: dict[str, Any], path: str) -> None:
    """Join the node's cgroup, make it the root of the node's view, and enter the namespaces."""
    for hierarchy in _hierarchies():
        group = hierarchy / boot["cgroup"]
        if _is_v2():
            make_as_new(group)
        else:
            _clear(group / "kubepods")
        (group / "cgroup.procs").write_text(str(os.getpid()))
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWCGROUP) != 0:
        raise OSError(ctypes.get_errno(), "cannot make a cgroup namespace")
    if _is_v2():  # a group that hands out controllers may hold no process itself: step one down
        leaf = CGROUPS / boot["cgroup"] / "init"
        leaf.mkdir(exist_ok=True)
        (leaf / "cgroup.procs").write_text(str(os.getpid()))
    namespaces = ["--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child", "--propagation", "slave"]
    inside = [sys.executable, "-I", __file__, "--inside", path]
    network = f"--net=/run/netns/{boot['netns']}"
    os.execvp("nsenter", ["nsenter", network, "unshare", *namespaces, *inside])  # noqa: S606


def _clear(group: Path) -> None:
    """Remove the cgroups of earlier Pods: the kubelet searches 3 s for the container of each."""
    for folder, _, _ in os.walk(group, topdown=False):
        with contextlib.suppress(OSError):  # something in it is just ending
            Path(folder).rmdir()


def make_as_new(group: Path, *, timeout_s: float = 20) -> None:
    """v2: let a group be a node's once more: one that hands out controllers takes no process.

    Raises:
        TimeoutError: a process of the earlier life does not end.
    """
    with (group / "cgroup.events").open() as events:
        while "populated 1" in events.read():  # its processes are killed already, and may still be ending
            change = select.poll()
            change.register(events, select.POLLPRI)
            if not change.poll(timeout_s * 1000):
                raise TimeoutError(f"processes of {group} do not end")
            events.seek(0)
    for below in group.iterdir():
        if below.is_dir():
            _clear(below)  # they use the controllers
    handed_out = group / "cgroup.subtree_control"
    for controller in handed_out.read_text().split():
        handed_out.write_text(f"-{controller}")


def initialise(boot: dict[str, Any]) -> None:
    """Set up the node's mounts, then become its supervisord."""
    subprocess.run(["hostname", boot["name"]], check=True)
    mount("--make-rshared", "/")  # the kubelet passes mounts on to Pods
    hierarchies = [(path.name, _mounted(path)) for path in _hierarchies()]
    disk = Path(boot["disk"])
    view = disk / "lib" / "view"  # the files that are laid over /proc and /sys
    mount("-t", "proc", "proc", "/proc")
    mount("-t", "sysfs", "sysfs", "/sys")
    _mount_cgroups(hierarchies)
    _show_capacity(view, boot["cpus"], boot["memory_mib"])
    _show_kernel_settings(view)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    _mount_disk(disk, boot)
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
    for folder in ("/run/containerd", "/run/lock", "/run/netns"):
        Path(folder).mkdir()
    if boot.get("rules"):  # they replace those of an earlier life, which the network has kept
        subprocess.run(["iptables-restore"], input=boot["rules"], text=True, check=False)
    os.chdir("/")
    subprocess.Popen(boot["start"])
    os.execv(boot["command"][0], boot["command"])  # noqa: S606


def mount(*arguments: str) -> None:
    """Run mount(8)."""
    subprocess.run(["mount", *arguments], check=True)


def _mount_cgroups(hierarchies: list[tuple[str, list[str]]]) -> None:
    """Show the node's own cgroup as the root, of each hierarchy that the host has."""
    if len(hierarchies) == 1:
        mount("-t", "cgroup2", "cgroup2", str(CGROUPS))
        for controller in (CGROUPS / "cgroup.controllers").read_text().split():
            (CGROUPS / "cgroup.subtree_control").write_text(f"+{controller}")
        return
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", str(CGROUPS))
    for name, arguments in hierarchies:
        (CGROUPS / name).mkdir()
        mount(*arguments, str(CGROUPS / name))


def _mounted(path: Path) -> list[str]:
    """The arguments of mount(8) that mount this hierarchy again; asked while the host's /proc is there."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, after = line.split(" - ")
        if before.split()[4] == str(path):
            kind, source, options = after.split()[:3]
            if kind == "cgroup2":
                return ["-t", "cgroup2", source]
            wanted = [o for o in options.split(",") if o not in ("rw", "ro", "xattr", "release_agent")]
            wanted = [o for o in wanted if not o.startswith("release_agent=")]
            return ["-t", "cgroup", "-o", ",".join(wanted), source]
    raise FileNotFoundError(f"{path} is not mounted")


def _show_capacity(view: Path, cpus: int, memory_mib: int) -> None:
    """Make /proc/meminfo and /sys show the node's capacity, which its cgroup enforces.

    /sys tells how many processors, and not which: a kubelet that knows them lets its Pods run on no other,
    and the Pods of all nodes would crowd on the first processors of the machine.
    """
    lines = Path("/proc/meminfo").read_text().splitlines()
    lines[0] = f"MemTotal:       {memory_mib * 1024} kB"
    _lay(view / "meminfo", "\n".join(lines) + "\n", Path("/proc/meminfo"))
    cpus = min(cpus, os.cpu_count() or 1)
    processors, banks = view / "cpu", view / "node"
    shutil.rmtree(processors, ignore_errors=True)  # the machine may have had more at the last boot
    for folder in (banks, *(processors / f"cpu{number}" for number in range(cpus))):
        folder.mkdir(parents=True, exist_ok=True)
    (processors / "online").write_text(f"0-{cpus - 1}\n" if cpus > 1 else "0\n")
    for folder in (processors, banks):
        if (DEVICES / folder.name).exists():
            mount("--bind", str(folder), str(DEVICES / folder.name))


def _show_kernel_settings(view: Path) -> None:
    for name, value in KERNEL_SETTINGS.items():
        target = Path("/proc/sys") / name
        if target.exists():
            _lay(view / name.replace("/", "."), value + "\n", target)


def _lay(file: Path, text: str, target: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    mount("--bind", str(file), str(target))


def _mount_disk(disk: Path, boot: dict[str, Any]) -> None:
    """Mount the node's disk as /var, with the folders that it shares with the host."""
    mount("--bind", boot["shared"], str(disk / "lib" / "shared"))
    for needed in map(Path, boot["needed"]):
        if needed.is_relative_to("/var"):
            inside = disk / needed.relative_to("/var")
            inside.mkdir(parents=True, exist_ok=True)
            mount("--bind", str(needed), str(inside))
    mount("--rbind", str(disk), "/var")


def _is_v2() -> bool:
    return (CGROUPS / "cgroup.controllers").exists()


def _hierarchies() -> list[Path]:
    if _is_v2():
        return [CGROUPS]
    return sorted(path for path in CGROUPS.iterdir() if path.is_dir() and not path.is_symlink())


if __name__ == "__main__":
    main()
