"""Snapshots of a running cluster: what etcd holds, and every volume.

All is copied at one moment, while everything that writes is suspended: what a power cut of the whole
machine would leave on its disks, which databases and etcd are made to wake up from.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from kubeface.errors import BadInput
from kubeface.local import names, nodes
from kubeface.local.programs import supervisor
from kubeface.local.spec import ClusterSpec
from kubeface.util import files
from kubeface.util.process import run

#: As Kubernetes' own names, so that it is a folder's name anywhere.
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?")
COPY_S = 600


@dataclass(frozen=True)
class Snapshot:
    """One snapshot.

    Args:
        nodes: The nodes that the cluster had.
        taken: When, in seconds since 1970.
        mib: What it takes on disk.
    """

    name: str
    nodes: list[str]
    taken: float
    mib: int


def save(spec: ClusterSpec, name: str) -> Snapshot:
    """Save the state of a running cluster; its programs notice no more than a short pause.

    Raises:
        BadInput: the name is no name, or taken.
        NotReady: etcd does not run just now; nothing has been suspended.
    """
    if not NAME.fullmatch(name):
        raise BadInput(f"{name!r} is no name for a snapshot.", try_next="small letters, digits, dashes")
    if name in {one.name for one in saved(spec)}:
        raise BadInput(
            f"There is a snapshot {name} already.",
            try_next=names.command(f"snapshot remove {name}", spec.name),
        )
    aside = _folder(spec) / f".{name}.saving"
    shutil.rmtree(aside, ignore_errors=True)
    with _paused(spec):
        for source, part in _parts(spec):
            _copy(source, aside / part)
    made = Snapshot(name, [one.name for one in spec.nodes], time.time(), files.disk_bytes(aside) // 2**20)
    files.write(aside / "snapshot.json", json.dumps(asdict(made), indent=1))
    aside.rename(_folder(spec) / name)
    return made


def saved(spec: ClusterSpec) -> list[Snapshot]:
    """The snapshots of a cluster, oldest first."""
    found = [
        Snapshot(**json.loads(file.read_text()))
        for file in _folder(spec).glob("*/snapshot.json")
        if not file.parent.name.startswith(".")
    ]
    return sorted(found, key=lambda one: one.taken)


def find(spec: ClusterSpec, name: str) -> Snapshot:
    """The snapshot of that name. Raises `BadInput` when there is none."""
    there = {one.name: one for one in saved(spec)}
    if name not in there:
        names = ", ".join(there) or "none"
        raise BadInput(f"There is no snapshot {name}.", seen=f"snapshots: {names}")
    return there[name]


def check(spec: ClusterSpec, name: str) -> None:
    """Raise `BadInput` when the snapshot is not there, or is of other nodes."""
    now = [one.name for one in spec.nodes]
    if (then := find(spec, name).nodes) != now:
        raise BadInput(
            f"The snapshot {name} is of a cluster with other nodes.",
            seen=f"then: {', '.join(then)}; now: {', '.join(now)}",
        )


def restore(spec: ClusterSpec, name: str) -> None:
    """Replace the state of a stopped cluster by that of a snapshot, which stays. Safe to repeat."""
    for target, part in _parts(spec):
        aside = target.with_name(f".{target.name}.coming")
        shutil.rmtree(aside, ignore_errors=True)
        _copy(_folder(spec) / name / part, aside)
        shutil.rmtree(target, ignore_errors=True)
        aside.rename(target)


def remove(spec: ClusterSpec, name: str) -> None:
    """Delete a snapshot."""
    find(spec, name)
    shutil.rmtree(_folder(spec) / name)


def _folder(spec: ClusterSpec) -> Path:
    return spec.folder / "snapshots"


def _parts(spec: ClusterSpec) -> list[tuple[Path, str]]:
    """Every folder that belongs to the state, and its name in a snapshot."""
    volumes = [(one.disk / "lib" / "local-path", f"volumes/{one.name}") for one in spec.nodes]
    return [(spec.folder / "etcd", "etcd"), (spec.shared, "volumes/shared"), *volumes]


def _copy(source: Path, target: Path) -> None:
    """Copy a folder with owners, modes and holes; on file systems that can, without copying the data."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = ("--archive", "--reflink=auto", "--sparse=auto")
    run(["cp", *options, source, target], what=f"Copying {source}", timeout_s=COPY_S)


@contextlib.contextmanager
def _paused(spec: ClusterSpec) -> Iterator[None]:
    """Suspend the nodes, then etcd; resume them whatever happens."""
    etcd = os.pidfd_open(supervisor(spec).pid("etcd"))  # this process, and no later one of its number
    try:
        for one in spec.nodes:
            nodes.freeze(one)
        signal.pidfd_send_signal(etcd, signal.SIGSTOP)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
            signal.pidfd_send_signal(etcd, signal.SIGCONT)
        os.close(etcd)
        for one in spec.nodes:
            nodes.thaw(one)
