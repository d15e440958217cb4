"""`kubeface node …`: what can happen to a node."""

import sys
from typing import Annotated

import typer

from kubeface.cli import report
from kubeface.cli.application import Application
from kubeface.cli.options import Name
from kubeface.local.cluster import LocalCluster
from kubeface.places import COURSE
from kubeface.util.privilege import become_root

app = Application("Add, remove, switch off, freeze and cut off nodes.")

Node = Annotated[str, typer.Argument(metavar="NODE")]


@app.command()
def stop(node: Node, name: Name = COURSE) -> None:
    """Switch a node off; everything on it ends at once."""
    become_root(sys.argv[1:])
    LocalCluster(name).stop_node(node)
    report.say(f"{node} is off.")


@app.command()
def start(node: Node, name: Name = COURSE) -> None:
    """Switch a node on, and wait until it is Ready."""
    become_root(sys.argv[1:])
    LocalCluster(name).start_node(node)
    report.say(f"{node} is Ready.")


@app.command()
def freeze(node: Node, name: Name = COURSE) -> None:
    """Freeze a node; its processes hang, and none ends."""
    become_root(sys.argv[1:])
    LocalCluster(name).freeze_node(node)
    report.say(f"{node} is frozen.")


@app.command()
def thaw(node: Node, name: Name = COURSE) -> None:
    """Let a frozen node go on."""
    become_root(sys.argv[1:])
    LocalCluster(name).thaw_node(node)
    report.say(f"{node} goes on.")


@app.command()
def add(name: Name = COURSE) -> None:
    """Add a node, and wait until it is Ready."""
    become_root(sys.argv[1:])
    report.say(f"{LocalCluster(name).add_node()} is Ready.")


@app.command()
def remove(
    node: Node,
    name: Name = COURSE,
    with_volumes: Annotated[
        bool, typer.Option("--with-volumes", help="Delete the volumes on it, too.")
    ] = False,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that its Pods have to leave it.")] = 120,
) -> None:
    """Drain a node, switch it off, and delete its disk."""
    become_root(sys.argv[1:])
    LocalCluster(name).remove_node(node, with_volumes=with_volumes, timeout_s=timeout)
    report.say(f"{node} is gone.")


@app.command()
def simulate(
    count: Annotated[int, typer.Argument(metavar="COUNT", min=0, max=2000, help="How many; 0 removes them.")],
    name: Name = COURSE,
) -> None:
    """Have COUNT simulated nodes beside the real ones.

    They run nothing, and take only Pods that tolerate the taint kubeface.io/simulated.
    """
    become_root(sys.argv[1:])
    LocalCluster(name).simulate_nodes(count, say=report.say)
    report.say(f"{count} simulated nodes are Ready." if count else "There are no simulated nodes.")


@app.command()
def cut(node: Node, name: Name = COURSE) -> None:
    """Cut a node off the network; everything on it goes on running."""
    become_root(sys.argv[1:])
    LocalCluster(name).cut_node(node)
    report.say(f"{node} is cut off.")


@app.command()
def join(node: Node, name: Name = COURSE) -> None:
    """Connect a node to the network again."""
    become_root(sys.argv[1:])
    LocalCluster(name).join_node(node)
    report.say(f"{node} is connected.")
