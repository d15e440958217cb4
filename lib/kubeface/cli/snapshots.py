"""`kubeface snapshot …`: keep the cluster's state, and come back to it."""

import sys
import time
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from kubeface.cli import report
from kubeface.cli.options import Name
from kubeface.host.privilege import become_root
from kubeface.providers.embedded import EmbeddedProvider

app = typer.Typer(
    help="Keep the cluster's database and volumes under a name, and come back to them.", no_args_is_help=True
)

Snapshot = Annotated[str, typer.Argument(metavar="SNAPSHOT")]


@app.command()
def save(snapshot: Snapshot, name: Name = "face") -> None:
    """Keep the state of the running cluster."""
    become_root(sys.argv[1:])
    made = EmbeddedProvider(name).save_snapshot(snapshot)
    report.say(f"{snapshot} is kept: {made.mib} MiB.")


@app.command()
def restore(snapshot: Snapshot, name: Name = "face") -> None:
    """Have the cluster running in that state; everything since is lost."""
    become_root(sys.argv[1:])
    start = time.monotonic()
    EmbeddedProvider(name).restore_snapshot(snapshot, say=report.say)
    report.say(f"The cluster is as it was in {snapshot} ({time.monotonic() - start:.1f} s).")


@app.command("list")
def show(name: Name = "face") -> None:
    """The states that were kept, oldest first."""
    become_root(sys.argv[1:])
    table = Table("snapshot", "taken", "nodes", "MiB")
    for one in EmbeddedProvider(name).snapshots():
        taken = datetime.fromtimestamp(one.taken).strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(one.name, taken, str(len(one.nodes)), str(one.mib))
    Console().print(table)


@app.command()
def remove(snapshot: Snapshot, name: Name = "face") -> None:
    """Forget a state that was kept."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).remove_snapshot(snapshot)
    report.say(f"{snapshot} is gone.")
