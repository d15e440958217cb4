"""What a cluster could leave on a machine: everything it could have changed, to compare before and after."""

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from objects import TRIAL

from kubeface.linux import cgroups
from kubeface.local.spec import STATE, ClusterSpec
from kubeface.local.state import saved

#: The kernel settings that a kubelet or kube-proxy is known to write.
SYSCTLS = (
    "kernel/panic",
    "kernel/panic_on_oops",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
    "net/ipv4/ip_forward",
    "fs/inotify/max_user_instances",
    "net/netfilter/nf_conntrack_max",
)
_PYTEST = re.compile(rb"(^|[/\0])pytest(\0|$)")
PLACES = ("/run", "/var/lib", "/var/log", "/opt", "/etc", "/run/netns", "/run/containerd", "/tmp")


def traces() -> dict[str, list[str]]:
    """Each kind of thing a cluster touches, as sorted lines without anything that counts or ages.

    What other clusters on this machine have is left out: they come and go meanwhile.
    """
    others = [path.name for path in STATE.glob("*") if path.name != TRIAL]
    found = _everything(others)
    parts = r"(-(switch|node\d+))?(?![\w-])"
    marks = [re.compile(rf"\b(kubeface|kf)-{re.escape(name)}{parts}") for name in others]
    marks += [re.compile(rf"\b{re.escape(ClusterSpec(name).host_link)}\b") for name in others]
    nets = [net for name in others if (spec := saved(name)) for net in spec.networks.ranges]
    return {
        kind: [line for line in lines if not any(mark.search(line) for mark in marks)]
        for kind, lines in found.items()
    } | {
        "routes": [
            line
            for line in found["routes"]
            if not any(mark.search(line) for mark in marks)
            if not any(f"unreachable {net}" in line for net in nets)
        ]
    }


def differences(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    """What is there more (+) and less (-) than before, a line each."""
    lines = {kind: (set(before[kind]), set(after[kind])) for kind in before}
    return [
        f"{sign} {kind}: {line}"
        for kind, (old, new) in lines.items()
        for sign, found in (("+", new - old), ("-", old - new))
        for line in sorted(found)
    ]


def _everything(others: list[str]) -> dict[str, list[str]]:
    return {
        "links": _names(_run("ip", "-o", "link"), r"^\d+: ([^:@]+)"),
        "routes": sorted(_run("ip", "route").splitlines()),
        "namespaces": sorted(_run("ip", "netns").splitlines()),
        "mounts": sorted(line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()),
        "cgroups": sorted(str(path) for path in _groups()),
        "rules": sorted(_rules()),
        "sysctls": [f"{name}={_sysctl(name)}" for name in SYSCTLS],
        "places": sorted(str(path) for place in PLACES for path in Path(place).glob("*") if _is_ours(path)),
        "processes": sorted(processes(others)),
    }


def processes(others: list[str]) -> list[str]:
    """The programs of Kubernetes that are alive, with their process ids; of other clusters none."""
    wanted = re.compile(r"kube-|kubelet|containerd|/server$|registry|supervisord|local-path|pause|catatonit")
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            groups = (folder / "cgroup").read_text()
        except OSError:
            continue
        if any(f"/kubeface-{name}/" in groups for name in others) or _is_of_another_run(int(folder.name)):
            continue
        name = " ".join(part.decode(errors="replace") for part in command[:3])
        if command[0] and wanted.search(name):
            found.append(f"{folder.name} {name}")
    return found


def _is_of_another_run(pid: int) -> bool:
    """Whether a run of tests beside this one has started it: that has servers of its own."""
    line = set(_line(pid)) - set(_line(os.getpid()))
    with contextlib.suppress(OSError):  # one has just ended
        return any(_PYTEST.search(Path(f"/proc/{one}/cmdline").read_bytes()) for one in line)
    return False


def _line(pid: int) -> Iterator[int]:
    """A process, and those that it descends from."""
    while pid > 1:
        yield pid
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            return


def supervised(cgroup: str) -> dict[int, str]:
    """The programs that a supervisor runs in a cgroup, by process id: nothing that comes and goes."""
    found = {}
    for pid in cgroups.processes(cgroup):
        with contextlib.suppress(OSError):  # it has just ended
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            if b"supervisor.supervisord" in Path(f"/proc/{parent}/cmdline").read_bytes():
                found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()
    return {pid: name for pid, name in found.items() if "containerd-shim" not in name}  # one for each Pod


def _groups() -> list[Path]:
    """The cgroups of clusters: below the only hierarchy, or below each."""
    return [path for depth in ("kubeface*", "*/kubeface*") for path in Path("/sys/fs/cgroup").glob(depth)]


def _is_ours(path: Path) -> bool:
    return bool(re.search(r"kube|cni|containerd|netns|xtables", path.name)) and path.name != "xtables.lock"


def _rules() -> list[str]:
    lines = _run("iptables-save").splitlines()
    return [re.sub(r"\[\d+:\d+\]", "", line) for line in lines if not line.startswith("#")]


def _sysctl(name: str) -> str:
    path = Path("/proc/sys") / name
    return path.read_text().strip() if path.exists() else "none"


def _names(text: str, pattern: str) -> list[str]:
    return sorted(re.findall(pattern, text, re.MULTILINE))


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
