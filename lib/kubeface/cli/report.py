"""What the commands print: lines, and tables."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kubeface.local import names
from kubeface.local.status import Status
from kubeface.util import files
from kubeface.util.finding import Finding


def say(line: str) -> None:
    """Print a line, at once."""
    print(line, flush=True)


def show_status(status: Status) -> None:
    """Print the state of a cluster."""
    say(f"Cluster {status.name}: {status.state}")
    if status.state == "absent":
        say(f"To start one: {names.command('up', status.name)}")
        return
    say(f"API server: {status.server}")
    say(f"Kubeconfig: {status.kubeconfig}")
    if status.disk_mib is not None:
        say(f"On disk: {status.disk_mib} MiB")
    if status.memory_mib is not None:
        say(f"In memory: {status.memory_mib} MiB")
    table = Table("node", "address", "power", "ready")
    for node in status.nodes:
        table.add_row(node.name, node.address, node.power, "yes" if node.ready else "no")
    Console().print(table)
    for line in what_to_do(status):
        say(line)


def what_to_do(status: Status) -> Iterator[str]:
    """A sentence for each thing that does not run as it should, with the command that repairs it."""

    def advised(words: str) -> str:
        return names.command(words, status.name)

    if status.state == "stopped":
        yield f"To start it: {advised('up')}"
        return
    healing = {"off": ("start", "switch it on"), "frozen": ("thaw", "let it go on")}
    healing["disconnected"] = ("reconnect", "connect it again")
    for node in status.nodes:
        if node.power in healing:
            verb, deed = healing[node.power]
            yield f"{node.name} is {node.power}. To {deed}: {advised(f'node {verb} {node.name}')}"
        elif status.state == "running" and not node.ready:
            log = advised(f"logs kubelet {node.name}")
            yield f"{node.name} is on, and not Ready. What its kubelet says: {log}"
    nodes = {node.name for node in status.nodes}
    for name, state in status.processes.items():
        if state != "RUNNING" and name not in nodes:
            yield f"{name} is {state}. Its log: {advised(f'logs {name}')}"
            yield f"To repair it: {advised('up')}"
    yield from status.advice


def show_findings(findings: list[Finding], fit: str) -> None:
    """Print what was examined: what is in order, then the problems, and last those that stop everything.

    Args:
        fit: What to say when nothing stops.
    """
    say("In order: " + ", ".join(one.subject for one in findings if not one.problem) + ".")
    for one in sorted(findings, key=lambda one: one.stops):
        if one.problem:
            say(f"{'✗' if one.stops else '!'} {one.problem}")
    if not any(one.stops for one in findings):
        say(f"✓ {fit}")


def show_garbage(freed: dict[str, int]) -> None:
    """Print how much disk was freed."""
    for what, size in freed.items():
        say(f"{what}: {size / 2**20:.0f} MiB")
    say(f"Given back: {sum(freed.values()) / 2**20:.0f} MiB")


def show_log(path: Path, lines: int) -> None:
    """Print the last lines of a log."""
    say(files.tail(path, lines))
