"""The state of clusters on disk: their specs, their names, their logs."""

import contextlib
import dataclasses
import json
from pathlib import Path

from kubeface import places
from kubeface.errors import BadInput
from kubeface.local import names
from kubeface.local.spec import STATE, ClusterSpec, Networks
from kubeface.util import files


def save(spec: ClusterSpec) -> None:
    """Write the spec to disk, beside the cluster's data."""
    values = dataclasses.asdict(spec)
    for newer in ("gone", "fast", "internet", "without"):
        if not values[newer]:
            del values[newer]  # older programs, which do not know it, read it still
    files.write(spec.folder / "cluster.json", json.dumps(values, indent=1))


def taken_networks(*, besides: str = "") -> list[str]:
    """The address ranges of the clusters on this machine, running or not; those of `besides` are left out."""
    found: list[str] = []
    for name in cluster_names():
        with contextlib.suppress(BadInput):  # whoever uses that cluster is told
            spec = saved(name) if name != besides else None
            found += spec.networks.ranges if spec else ()
    return found


def cluster_names() -> list[str]:
    """The names of the clusters on this machine, running or not."""
    return sorted(file.parent.name for file in STATE.glob("*/cluster.json"))


def checked_name(name: str) -> str:
    """Return the name if a cluster may have it, or one of an earlier version has it.

    Raises:
        BadInput: it may not; nothing has been touched.

    >>> checked_name("lab-2")
    'lab-2'
    """
    is_older = name != places.CONTEXT and name in cluster_names()
    return name if is_older else names.checked(name)


def saved(name: str) -> ClusterSpec | None:
    """The spec of a cluster that exists, running or not.

    Raises:
        BadInput: its file cannot be read as one.
    """
    file = STATE / name / "cluster.json"
    try:
        values = json.loads(file.read_text())
        lists = {name: tuple(values.get(name, ())) for name in ("gone", "without")}
        whole = {**values, **lists, "name": name, "networks": Networks(**values["networks"])}
        return ClusterSpec(**whole)
    except (FileNotFoundError, PermissionError):  # there is none, or it is root's and we only look
        return None
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(
            f"{file} does not describe a cluster.",
            seen=str(error),
            try_next=f"{names.command('down --purge', name)}, which removes it and its data",
        ) from error


def log(spec: ClusterSpec, program: str, node: str | None = None) -> Path:
    """The log file of a program of the control plane, or of a node ("kubelet", "node2").

    Raises:
        BadInput: there is no such log.
    """
    there = _logs(spec.folder / "nodes" / node / "var" / "log" if node else spec.folder / "logs")
    if program in there:
        return there[program]
    running_on = [one.name for one in spec.nodes if program in _logs(one.disk / "log")]
    if running_on and not node:
        raise BadInput(
            f"{program} runs on each node: of which one?",
            seen=f"nodes: {', '.join(running_on)}",
            try_next=names.command(f"logs {program} {running_on[0]}", spec.name),
        )
    where = f" on {node}" if node else ""
    raise BadInput(f"There is no log of {program!r}{where}.", seen=f"logs here: {', '.join(there) or 'none'}")


def _logs(folder: Path) -> dict[str, Path]:
    """The existing logs, by program: what a user types chooses among them, and is never a path."""
    return {file.stem: file for file in sorted(folder.glob("*.log")) if not file.is_symlink()}
