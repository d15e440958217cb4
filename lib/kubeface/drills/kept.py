"""The drill in progress on a cluster, kept in a file beside the learner's progress: a kernel may restart."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kubeface.checks.kept import Drawer
from kubeface.checks.progress import Progress
from kubeface.kube import Cluster


@dataclass
class Kept:
    """One drill in progress.

    Args:
        incidents: Their names.
        seed: What they were drawn by.
        space: The uid of the namespace in which it began: another one knows nothing of it.
        begun: When it was broken, in seconds since 1970.
        before: What was there before each object was changed; it holds Secrets, as a kubeconfig does.
        looks: How often somebody asked whether it is repaired.
        hints: How many hints were shown.
    """

    incidents: list[str]
    seed: int
    space: str
    begun: float
    before: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    looks: int = 0
    hints: int = 0


def drawer_at(path: Path) -> Drawer[Kept]:
    """Where a drill is kept, at that path."""
    advice = "remove that file, and open a lesson, which repairs the pipeline"
    return Drawer(path, Kept, called="The drill in progress", advice=advice)


def drawer_of(cluster: Cluster) -> Drawer[Kept]:
    """Where the drill on a cluster is kept; it holds Secrets, as a kubeconfig does."""
    return drawer_at(Progress.of(cluster).path.with_suffix(".drill"))
