"""The state of a cluster and of its nodes, as `kubeface status` shows it."""

from collections.abc import Callable
from dataclasses import dataclass, field

Say = Callable[[str], None]


@dataclass(frozen=True)
class NodeStatus:
    """One node, as the API reports it and as its process stands.

    Args:
        frozen: Its clock was stopped.
        cut: Its cable was pulled out.
    """

    name: str
    address: str
    ready: bool
    running: bool
    frozen: bool = False
    cut: bool = False

    @property
    def power(self) -> str:
        """In a word or two: "on", "off", "frozen", "cut off"."""
        if not self.running:
            return "off"
        return "frozen" if self.frozen else "cut off" if self.cut else "on"


@dataclass(frozen=True)
class Status:
    """How a cluster is.

    Args:
        state: "absent" (nothing on disk), "stopped" (data kept), "broken" (some of it runs), "running".
        processes: Program → what its supervisor says, such as "RUNNING".
        disk_mib: What its state takes; None when unknown.
        memory_mib: What its programs and Pods hold; None when unknown.
        advice: A sentence for each thing that is not as it should be, with what to do.
    """

    name: str
    state: str
    server: str
    kubeconfig: str
    nodes: list[NodeStatus] = field(default_factory=list)
    processes: dict[str, str] = field(default_factory=dict)
    disk_mib: int | None = None
    memory_mib: int | None = None
    advice: list[str] = field(default_factory=list)
