"""The exam in progress on a cluster, kept in a file beside the learner's progress: a kernel may restart."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kubeface.checks import Progress
from kubeface.errors import KubefaceError
from kubeface.kube import Cluster
from kubeface.util import files

VERSION = 1


@dataclass
class Paper:
    """One exam.

    Args:
        seed: What the incidents of its last task were drawn by.
        incidents: Their names.
        space: The uid of its namespace: another one knows nothing of it.
        begun: When its clock was started, in seconds since 1970.
        ended: When its report was asked for; 0 while it is in progress.
        points: By task, of those that were reached.
    """

    seed: int
    incidents: list[str]
    space: str
    begun: float
    ended: float = 0.0
    points: dict[str, int] = field(default_factory=dict)

    @property
    def sum(self) -> int:
        """All points."""
        return sum(self.points.values())

    @property
    def minutes(self) -> int:
        """How many were used, rounded up; until now, while it is in progress."""
        return max(1, -int(-((self.ended or time.time()) - self.begun) // 60))


class Drawer:
    """Where the exam on one cluster is kept; nobody but its user may read it.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, cluster: Cluster) -> "Drawer":
        """That of a cluster."""
        return cls.beside(Progress.of(cluster))

    @classmethod
    def beside(cls, progress: Progress) -> "Drawer":
        """That beside the progress on a cluster."""
        return cls(progress.path.with_suffix(".exam"))

    def read(self) -> Paper | None:
        """The last exam; None when there was none.

        Raises:
            KubefaceError: what is kept cannot be read.
        """
        if not self.path.exists():
            return None
        try:
            told = json.loads(self.path.read_text())
            if told.pop("version") != VERSION:
                raise ValueError("it is of another version")
            return Paper(**told)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise KubefaceError(
                f"The exam cannot be read from {self.path}.",
                seen=str(error),
                try_next="Exam(anew=True), which begins another one",
            ) from error

    def clear(self) -> None:
        """Forget it."""
        self.path.unlink(missing_ok=True)

    def write(self, paper: Paper) -> None:
        """Keep an exam."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.write(self.path, json.dumps({"version": VERSION} | asdict(paper), indent=1) + "\n")
