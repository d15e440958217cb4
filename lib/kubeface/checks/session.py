"""The cluster and the notebook that the verbs of this kernel use."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kubeface.kube import Cluster
from kubeface.kube.contexts import ask_for_current, current_cluster
from kubeface.model.gaps import Gap


@dataclass(frozen=True)
class Turn:
    """Something that is the learner's to write, as it was when it was last used.

    Args:
        gap: The task.
        file: The manifest that it is in; None for a cell.
    """

    gap: Gap
    file: Path | None = None


@dataclass
class Session:
    """One run through one notebook.

    Args:
        cluster: Where checks look; None before the notebook's first cell.
        notebook: Its number, `05`; None outside a lesson.
        asked: The predictions asked for in this run, by name.
        hinted: The exercises whose last hint was shown in this run.
        turn: The task of the cell that was run last of those that have one; or of a manifest that it used.
    """

    cluster: Cluster | None = None
    notebook: str | None = None
    asked: dict[str, Any] = field(default_factory=dict)
    hinted: set[str] = field(default_factory=set)
    turn: Turn | None = None


current = Session()
ask_for_current(lambda: current.cluster)  # so that `kubectl` speaks to whom `check` speaks


def begin(cluster: Cluster, notebook: str) -> None:
    """Begin a run: from now on the verbs use this cluster and this notebook."""
    current.cluster, current.notebook, current.asked, current.hinted = cluster, notebook, {}, set()
    current.turn = None


def cluster() -> Cluster:
    """The lesson's cluster; outside a lesson, the course's own.

    Raises:
        Missing: there is none.
    """
    return current_cluster()
