"""`kubeface node …`: what can be done to the nodes."""

import sys
from typing import Annotated

import typer

from kubeface.cli import report
from kubeface.cli.application import Application
from kubeface.cli.options import Name
from kubeface.local.cluster import LocalCluster
from kubeface.places import COURSE

app = Application("Add, remove, switch off, freeze and disconnect nodes.")

Node = Annotated[str, typer.Argument(metavar="NODE", help="Name of the node: node2.")]


@app.command(needs_root=True)
def stop(node: Node, name: Name = COURSE) -> None:
    """Switch a node off; everything on it ends at once."""
    LocalCluster(name).stop_node(node)
    report.say(f"{node} is off.")


@app.command(needs_root=True)
def start(node: Node, name: Name = COURSE) -> None:
    """Switch a node on, and wait until it is Ready."""
    LocalCluster(name).start_node(node)
    report.say(f"{node} is Ready.")


@app.command(needs_root=True)
def freeze(node: Node, name: Name = COURSE) -> None:
    """Freeze a node; its processes hang, and none ends."""
    LocalCluster(name).freeze_node(node)
    report.say(f"{node} is frozen.")


@app.command(needs_root=True)
def thaw(node: Node, name: Name = COURSE) -> None:
    """Let a frozen node go on."""
    LocalCluster(name).thaw_node(node)
    report.say(f"{node} goes on.")


@app.command(needs_root=True)
def add(name: Name = COURSE) -> None:
    """Add a node, and wait until it is Ready."""
    report.say(f"{LocalCluster(name).add_node()} is Ready.")


@app.command(needs_root=True)
def remove(
    node: Node,
    name: Name = COURSE,
    with_volumes: Annotated[
        bool, typer.Option("--with-volumes", help="Delete the volumes on it, too.")
    ] = False,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that its Pods have to leave it.")] = 120,
) -> None:
    """Drain a node, switch it off, and delete its disk."""
    LocalCluster(name).remove_node(node, with_volumes=with_volumes, timeout_s=timeout)
    report.say(f"{node} is gone.")


@app.command(needs_root=True)
def simulate(
    count: Annotated[int, typer.Argument(metavar="COUNT", min=0, max=2000, help="How many; 0 removes them.")],
    name: Name = COURSE,
) -> None:
    """Scale to COUNT simulated nodes, and wait until they are Ready.

    They run nothing, and take only Pods that tolerate the taint kubeface.io/simulated.
    """
    LocalCluster(name).simulate_nodes(count, say=report.say)
    report.say(f"{count} simulated nodes are Ready." if count else "There are no simulated nodes.")


@app.command(needs_root=True)
def disconnect(node: Node, name: Name = COURSE) -> None:
    """Disconnect a node from the network; its processes run on."""
    LocalCluster(name).disconnect_node(node)
    report.say(f"{node} is disconnected.")


@app.command(needs_root=True)
def reconnect(node: Node, name: Name = COURSE) -> None:
    """Connect a node to the network again."""
    LocalCluster(name).reconnect_node(node)
    report.say(f"{node} is connected again.")


@app.command(needs_root=True, hidden=True)
def cut(node: Node, name: Name = COURSE) -> None:
    """Disconnect a node: the old name of `disconnect`."""
    _warn("cut", "disconnect")
    disconnect(node, name)


@app.command(needs_root=True, hidden=True)
def join(node: Node, name: Name = COURSE) -> None:
    """Reconnect a node: the old name of `reconnect`."""
    _warn("join", "reconnect")
    reconnect(node, name)


def _warn(old: str, new: str) -> None:
    """Say on stderr what the command is called now."""
    print(
        f"kubeface: `node {old}` is now `node {new}`; the next version knows the new name only.",
        file=sys.stderr,
    )
