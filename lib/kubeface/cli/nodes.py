"""`kubeface node …`: what can happen to a node."""

import sys
from typing import Annotated

import typer

from kubeface.cli import report
from kubeface.cli.options import Name
from kubeface.host.privilege import become_root
from kubeface.providers.embedded import EmbeddedProvider

app = typer.Typer(
    help="Add and remove nodes; cut a node's power, stop its clock, pull its cable.", no_args_is_help=True
)

Node = Annotated[str, typer.Argument(metavar="NODE")]


@app.command()
def stop(node: Node, name: Name = "face") -> None:
    """Cut the node's power: everything on it ends at once."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).stop_node(node)
    report.say(f"{node} is off.")


@app.command()
def start(node: Node, name: Name = "face") -> None:
    """Switch the node on, and wait until it is Ready."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).start_node(node)
    report.say(f"{node} is Ready.")


@app.command()
def freeze(node: Node, name: Name = "face") -> None:
    """Stop the node's clock: it hangs, and ends nothing."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).freeze_node(node)
    report.say(f"{node} is frozen.")


@app.command()
def thaw(node: Node, name: Name = "face") -> None:
    """Let a frozen node go on where it was."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).thaw_node(node)
    report.say(f"{node} goes on.")


@app.command()
def add(name: Name = "face") -> None:
    """One more node, and wait until it is Ready."""
    become_root(sys.argv[1:])
    report.say(f"{EmbeddedProvider(name).add_node()} is Ready.")


@app.command()
def remove(
    node: Node,
    name: Name = "face",
    with_volumes: Annotated[bool, typer.Option("--with-volumes", help="Lose the volumes on it.")] = False,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that its Pods have to leave.")] = 120,
) -> None:
    """Let the node's Pods leave it, switch it off, and forget it and its disk."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).remove_node(node, with_volumes=with_volumes, timeout_s=timeout)
    report.say(f"{node} is gone.")


@app.command()
def simulate(
    count: Annotated[int, typer.Argument(min=0, max=2000, help="How many; 0 ends the simulation.")],
    name: Name = "face",
) -> None:
    """Have so many simulated nodes beside the real ones. They run nothing, and they take only Pods that
    tolerate the taint kubeface.io/simulated."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).simulate_nodes(count, say=report.say)
    report.say(f"{count} simulated nodes are Ready." if count else "There are no simulated nodes.")


@app.command()
def cut(node: Node, name: Name = "face") -> None:
    """Pull the node's cable: everything on it runs on, and nobody reaches it."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).cut_node(node)
    report.say(f"{node} is cut off.")


@app.command()
def join(node: Node, name: Name = "face") -> None:
    """Put the node's cable back."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).join_node(node)
    report.say(f"{node} is connected.")
