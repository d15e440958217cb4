"""Which cluster and which notebook the verbs of this kernel speak of."""

import os
from dataclasses import dataclass, field
from typing import Any

from kubeface.kube import Cluster


@dataclass
class Session:
    """One run through one notebook.

    Args:
        cluster: Where checks look; None before the notebook's first cell.
        notebook: Its number, `05`; None outside a lesson.
        asked: The predictions asked for in this run, by name.
    """

    cluster: Cluster | None = None
    notebook: str | None = None
    asked: dict[str, Any] = field(default_factory=dict)


current = Session()


def begin(cluster: Cluster, notebook: str) -> None:
    """From now on the verbs speak of this cluster and this notebook."""
    current.cluster, current.notebook, current.asked = cluster, notebook, {}


def cluster() -> Cluster:
    """The lesson's cluster; outside a lesson, the course's own.

    Raises:
        Missing: there is none.
    """
    if current.cluster is None:
        current.cluster = Cluster.connect()
    return current.cluster


def is_solved() -> bool:
    """Whether this run carries out every solution before its check (`KUBEFACE_SOLVED=1`): a test does."""
    return bool(os.environ.get("KUBEFACE_SOLVED"))


def is_headless() -> bool:
    """Whether nobody is there to click: in CI, in a test, or when asked for by `KUBEFACE_HEADLESS=1`."""
    return is_solved() or any(os.environ.get(name) for name in ("KUBEFACE_HEADLESS", "CI"))
