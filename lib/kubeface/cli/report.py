"""What the commands print."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kubeface.local import names
from kubeface.local.machine import Finding
from kubeface.local.status import Status
from kubeface.util import files


def say(line: str) -> None:
    """One line of progress, at once."""
    print(line, flush=True)


def show_status(status: Status) -> None:
    """A cluster in a few lines."""
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
    """For whatever does not run as it should: what it is, and what to type."""

    def advised(words: str) -> str:
        return names.command(words, status.name)

    if status.state == "stopped":
        yield f"To start it: {advised('up')}"
        return
    healing = {"off": ("start", "switch it on"), "frozen": ("thaw", "let it go on")}
    healing["cut off"] = ("join", "connect it")
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


def show_findings(findings: list[Finding]) -> None:
    """What was looked at, the problems last."""
    fine = [finding.subject for finding in findings if not finding.problem]
    problems = [finding.problem for finding in findings if finding.problem]
    say("In order: " + ", ".join(fine) + ".")
    for problem in problems:
        say(f"✗ {problem}")
    if not problems:
        say("✓ This machine is fit for a cluster.")


def show_garbage(freed: dict[str, int]) -> None:
    """What was given back."""
    for what, size in freed.items():
        say(f"{what}: {size / 2**20:.0f} MiB")
    say(f"Given back: {sum(freed.values()) / 2**20:.0f} MiB")


def show_log(path: Path, lines: int) -> None:
    """The last lines of a log."""
    say(files.tail(path, lines))
