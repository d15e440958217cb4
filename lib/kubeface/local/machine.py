"""Can this machine run a cluster? One sentence for each thing that it lacks."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from kubeface.errors import CommandFailed, Missing
from kubeface.linux import cgroups, modules, packages, systems
from kubeface.local import network, trials
from kubeface.local.spec import STATE, ClusterSpec
from kubeface.local.toolchain import Toolchain
from kubeface.util.finding import Finding
from kubeface.util.process import find, run

#: Measured: three nodes' copies of the images and the registry take about 8 GB.
DISK_GB = 12
#: Chosen: what a cluster that is there already goes on with; below it, nodes soon evict their Pods.
SPARE_GB = 1
#: Measured: the programs take 1.6 GB, the pipeline 1.5 GB.
MEMORY_GB = 4
CONTROLLERS = ("cpu", "cpuset", "memory", "pids")


def examine(spec: ClusterSpec, tools: Toolchain, *, is_new: bool) -> list[Finding]:
    """Examine everything that a cluster needs; read-only.

    Args:
        is_new: It is not there yet: its disk has to be found too.
    """
    looks: list[Callable[[], Iterator[Finding]]] = [
        _rights,
        _kernel,
        _cgroups,
        _packages,
        _rules,
        lambda: _toolchain(tools),
        lambda: _room(tools.cache, DISK_GB if is_new else SPARE_GB),
        lambda: _addresses(spec),
        lambda: _host(spec),
    ]
    return [finding for look in looks for finding in look()]


def require(spec: ClusterSpec, tools: Toolchain, *, is_new: bool) -> None:
    """Raise `Missing` with one sentence for each problem; nothing has been changed."""
    problems = [finding.problem for finding in examine(spec, tools, is_new=is_new) if finding.problem]
    if problems:
        raise Missing(
            "The cluster cannot start on this machine yet.",
            seen="\n".join(f"- {problem}" for problem in problems),
            try_next="kubeface setup, which installs and builds what it can",
        )


def _rights() -> Iterator[Finding]:
    is_root = os.geteuid() == 0
    yield Finding(
        "root rights", "" if is_root else "Nodes need root rights: run this as root or through sudo."
    )


def _kernel() -> Iterator[Finding]:
    known = Path("/proc/filesystems").read_text().split()
    fine = "overlay" in known or modules.can_load("overlay")
    yield Finding(
        "overlay file system",
        "" if fine else _of_kernel("This kernel has no overlay file system, which containers need."),
    )
    fine = modules.has_bridge_netfilter() or modules.can_load(modules.BRIDGE_NETFILTER)
    sentence = f"This kernel has no module {modules.BRIDGE_NETFILTER}: Services need it among a node's Pods."
    advice = systems.module_advice(modules.BRIDGE_NETFILTER)
    yield Finding(f"module {modules.BRIDGE_NETFILTER}", "" if fine else f"{sentence} {advice}".strip())
    for name in ("net", "mnt", "pid", "uts", "ipc", "cgroup"):
        fine = Path(f"/proc/self/ns/{name}").exists()
        sentence = f"This kernel has no {name} namespaces."
        yield Finding(f"{name} namespaces", "" if fine else _of_kernel(sentence))


def _of_kernel(sentence: str) -> str:
    """What a kernel lacks, and what helps where Windows runs it."""
    return f"{sentence} {systems.wsl_advice()}".strip()


def _cgroups() -> Iterator[Finding]:
    if cgroups.is_v2():
        found = (cgroups.ROOT / "cgroup.controllers").read_text().split()
    else:
        found = [path.name for path in cgroups.hierarchies()] if cgroups.ROOT.exists() else []
    for name in CONTROLLERS:
        problem = f"The cgroup controller {name} is not there: it limits what Pods use. Enable it at boot."
        yield Finding(f"cgroup controller {name}", "" if name in found else _of_kernel(problem))


def _packages() -> Iterator[Finding]:
    for package in packages.PACKAGES:
        if not package.tests_only:
            yield Finding(f"program {package.program}", "" if package.is_installed else package.sentence)


def _rules() -> Iterator[Finding]:
    """Whether iptables, of whichever kind, and this kernel understand each other; tried in a new network."""
    if os.geteuid() != 0:
        return  # said already
    try:
        command: list[str | Path] = [find("unshare"), "--net", find("iptables"), "-t", "nat", "-S"]
        run(command, what="Asking iptables for its rules")
    except Missing:
        return  # said already
    except CommandFailed as error:
        sentence = f"iptables does not work with this kernel: {error.seen.splitlines()[-1]} "
        sentence += "Load the module nf_tables or ip_tables, or choose iptables' other kind: "
        yield Finding("rules of iptables", sentence + "update-alternatives --config iptables")
    else:
        yield Finding("rules of iptables")


def _toolchain(tools: Toolchain) -> Iterator[Finding]:
    missing = tools.missing()
    sentence = f"Not compiled yet: {', '.join(missing)}. kubeface setup does it."
    yield Finding("compiled components", sentence if missing else "")


def _room(cache: Path, disk_gb: int) -> Iterator[Finding]:
    for folder in dict.fromkeys((_existing(STATE), _existing(cache))):
        free = shutil.disk_usage(folder).free / 1e9
        sentence = f"{folder} has {free:.0f} GB free; the cluster needs {disk_gb} GB."
        yield Finding(f"free disk at {folder}", sentence if free < disk_gb else "")
    total = next(line for line in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in line)
    memory = int(total.split()[1]) * 1024 / 1e9
    sentence = f"This machine has {memory:.1f} GB of memory; the cluster needs {MEMORY_GB} GB."
    yield Finding("memory", sentence if memory < MEMORY_GB else "")


def _addresses(spec: ClusterSpec) -> Iterator[Finding]:
    routes = ", ".join(network.collisions(spec))
    sentence = f"The cluster's addresses meet routes of this machine ({routes}): remove them, or the cluster."
    yield Finding("addresses", sentence if routes else "")


def _host(spec: ClusterSpec) -> Iterator[Finding]:
    """Try what nodes need of this machine."""
    if os.geteuid() != 0:
        return  # said already
    yield from _tried("file system of the state", trials.state_folder())
    if not network.collisions(spec):  # said already
        yield from _tried("connections between nodes and this machine", trials.connections(spec))


def _tried(subject: str, problems: Iterator[str]) -> Iterator[Finding]:
    found = [Finding(subject, problem) for problem in problems]
    yield from found or [Finding(subject)]


def causes(spec: ClusterSpec) -> str:
    """Why a node may not become Ready, as far as this machine shows it; a sentence in any case."""
    found = [*trials.connections(spec), *trials.state_folder()]
    free = shutil.disk_usage(_existing(spec.folder)).free / 1e9
    if free < SPARE_GB:
        found.append(f"The disk of {spec.folder} is full: {free:.1f} GB are free.")
    if not found:
        return "The cause is not known: this machine lets nodes in, and its disk is fit for containers."
    return "\n".join(f"Cause: {sentence}" for sentence in found)


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())
