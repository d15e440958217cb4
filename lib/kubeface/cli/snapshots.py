"""`kubeface snapshot …`: save the cluster's state, and restore it."""

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

app = Application("Save the cluster's database and volumes, and restore them.")

Snapshot = Annotated[str, typer.Argument(metavar="SNAPSHOT", help="Name of the snapshot.")]


@app.command(needs_root=True)
def save(snapshot: Snapshot, name: Name = COURSE) -> None:
    """Save the state of the running cluster."""
    made = LocalCluster(name).save_snapshot(snapshot)
    report.say(f"{snapshot} is kept: {made.mib} MiB.")


@app.command(needs_root=True)
def restore(snapshot: Snapshot, name: Name = COURSE) -> None:
    """Restore a snapshot and start the cluster; drop later changes."""
    start = time.monotonic()
    LocalCluster(name).restore_snapshot(snapshot, say=report.say)
    report.say(f"The cluster is as it was in {snapshot} ({time.monotonic() - start:.1f} s).")


@app.command("list", needs_root=True)
def show(name: Name = COURSE) -> None:
    """List the snapshots, oldest first."""
    table = Table("snapshot", "taken", "nodes", "MiB")
    for one in LocalCluster(name).snapshots():
        taken = datetime.fromtimestamp(one.taken).strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(one.name, taken, str(len(one.nodes)), str(one.mib))
    Console().print(table)


@app.command(needs_root=True)
def remove(snapshot: Snapshot, name: Name = COURSE) -> None:
    """Delete a snapshot."""
    LocalCluster(name).remove_snapshot(snapshot)
    report.say(f"{snapshot} is gone.")
