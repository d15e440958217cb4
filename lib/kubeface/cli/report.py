"""What the commands print."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from kubeface.embedded.machine import Finding
from kubeface.host import files
from kubeface.providers.base import Status


def say(line: str) -> None:
    """One line of progress, at once."""
    print(line, flush=True)


def show_status(status: Status) -> None:
    """A cluster in a few lines."""
    say(f"Cluster {status.name}: {status.state}")
    if status.state == "absent":
        say("Start one with: kubeface up")
        return
    say(f"API server: {status.server}")
    say(f"Kubeconfig: {status.kubeconfig}")
    if status.disk_mib is not None:
        say(f"On disk: {status.disk_mib} MiB")
    if status.memory_mib is not None:
        say(f"In memory: {status.memory_mib} MiB")
    table = Table("node", "address", "power", "ready")
    for node in status.nodes:
        table.add_row(node.name, node.address, "on" if node.running else "off", "yes" if node.ready else "no")
    Console().print(table)
    for name, state in status.processes.items():
        if state != "RUNNING":
            say(f"{name} is {state}. Its log: kubeface logs {name}")


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
