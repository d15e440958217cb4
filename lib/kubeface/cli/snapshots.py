"""`kubeface snapshot …`: keep the cluster's state, and come back to it."""

import sys
import time
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from kubeface.cli import report
from kubeface.cli.application import Application
from kubeface.cli.options import Name
from kubeface.local.cluster import LocalCluster
from kubeface.places import COURSE
from kubeface.util.privilege import become_root

app = Application("Save the cluster's database and volumes, and restore them.")

Snapshot = Annotated[str, typer.Argument(metavar="SNAPSHOT")]


@app.command()
def save(snapshot: Snapshot, name: Name = COURSE) -> None:
    """Save the state of the running cluster."""
    become_root(sys.argv[1:])
    made = LocalCluster(name).save_snapshot(snapshot)
    report.say(f"{snapshot} is kept: {made.mib} MiB.")


@app.command()
def restore(snapshot: Snapshot, name: Name = COURSE) -> None:
    """Start the cluster in a saved state; what came after it is lost."""
    become_root(sys.argv[1:])
    start = time.monotonic()
    LocalCluster(name).restore_snapshot(snapshot, say=report.say)
    report.say(f"The cluster is as it was in {snapshot} ({time.monotonic() - start:.1f} s).")


@app.command("list")
def show(name: Name = COURSE) -> None:
    """List the saved states, oldest first."""
    become_root(sys.argv[1:])
    table = Table("snapshot", "taken", "nodes", "MiB")
    for one in LocalCluster(name).snapshots():
        taken = datetime.fromtimestamp(one.taken).strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(one.name, taken, str(len(one.nodes)), str(one.mib))
    Console().print(table)


@app.command()
def remove(snapshot: Snapshot, name: Name = COURSE) -> None:
    """Delete a saved state."""
    become_root(sys.argv[1:])
    LocalCluster(name).remove_snapshot(snapshot)
    report.say(f"{snapshot} is gone.")
