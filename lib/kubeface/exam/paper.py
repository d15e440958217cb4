"""The exam in progress on a cluster, kept in a file beside the learner's progress: a kernel may restart."""

import math
import time
from dataclasses import dataclass, field

from kubeface.checks import Progress
from kubeface.checks.kept import Drawer


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
        return max(1, math.ceil(((self.ended or time.time()) - self.begun) / 60))


def drawer_beside(progress: Progress) -> Drawer[Paper]:
    """Where the last exam on a cluster is kept: beside the progress on it."""
    advice = "Exam(anew=True), which begins another one"
    return Drawer(progress.path.with_suffix(".exam"), Paper, called="The exam", advice=advice)
