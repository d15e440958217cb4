"""What can happen to one node: its power, its clock, its cable."""

import time

from kubeface.linux import cgroups
from kubeface.local import network, steps
from kubeface.local.state import Embedded


def cut_power(embedded: Embedded, name: str) -> None:
    """Switch off one node, and wait until the last of its processes is gone."""
    thaw(embedded, name)
    embedded.supervisor.stop_program(name)
    cgroups.kill(f"{embedded.spec.cgroup}/{name}")


def freeze(embedded: Embedded, name: str) -> None:
    """Stop the clock of one node: nothing on it runs, nothing on it ends."""
    cgroups.freeze(f"{embedded.spec.cgroup}/{name}")


def thaw(embedded: Embedded, name: str) -> None:
    """Let a frozen node go on where it was."""
    cgroups.thaw(f"{embedded.spec.cgroup}/{name}")


def boot_node(embedded: Embedded, name: str) -> None:
    """Switch on one node that was off, and wait until its kubelet reports."""
    one = embedded.spec.node(name)
    assert one is not None  # noqa: S101 (callers have looked the name up)
    since = time.time()
    embedded.supervisor.start_program(name)
    steps.wait_for_node(embedded, one, since)


def unplug(embedded: Embedded, name: str) -> None:
    """Pull a node's cable: it runs on, and nobody reaches it, nor it anybody."""
    network.set_cable(embedded.spec, name, plugged=False)


def plug(embedded: Embedded, name: str) -> None:
    """Put a node's cable back."""
    network.set_cable(embedded.spec, name, plugged=True)


def all_on(embedded: Embedded) -> None:
    """Every node plugged in, thawed, switched on, and Ready."""
    for one in embedded.spec.nodes:
        thaw(embedded, one.name)
        plug(embedded, one.name)
    states = {one["name"]: one["statename"] for one in embedded.supervisor.programs()}
    for one in embedded.spec.nodes:
        if states[one.name] != "RUNNING":
            boot_node(embedded, one.name)
    for one in embedded.spec.nodes:
        steps.wait_for_node(embedded, one, since=0)
