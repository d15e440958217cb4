"""The drill in progress on a cluster, kept in a file beside the learner's progress: a kernel may restart."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kubeface.checks.progress import Progress
from kubeface.errors import KubefaceError
from kubeface.kube import Cluster
from kubeface.util import files
from kubeface.util.locks import locked

VERSION = 1


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


class Drawer:
    """Where the drill on one cluster is kept; nobody but its user may read it.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, cluster: Cluster) -> "Drawer":
        """That of a cluster."""
        return cls(Progress.of(cluster).path.with_suffix(".drill"))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Two notebooks, or one and a terminal, take turns."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(self.path.with_suffix(".drill-lock")):
            yield

    def read(self) -> Kept | None:
        """The drill in progress; None when there is none.

        Raises:
            KubefaceError: what is kept cannot be read.
        """
        if not self.path.exists():
            return None
        try:
            told = json.loads(self.path.read_text())
            if told.pop("version") != VERSION:
                raise ValueError("it is of another version")
            return Kept(**told)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise KubefaceError(
                f"The drill in progress cannot be read from {self.path}.",
                seen=str(error),
                try_next="remove that file, and open a lesson, which repairs the pipeline",
            ) from error

    def write(self, kept: Kept) -> None:
        """Keep a drill."""
        files.write(self.path, json.dumps({"version": VERSION} | asdict(kept), indent=1) + "\n")

    def clear(self) -> None:
        """No drill is in progress any more."""
        self.path.unlink(missing_ok=True)
