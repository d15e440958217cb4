"""The exam: twelve tasks over the whole course, a clock, points, and a report at the end.

A task is judged by its end state, as an exercise is; until the report, nobody says how it stands.
"""

from kubeface.exam.paper import drawer_beside
from kubeface.exam.sitting import Exam
from kubeface.exam.tasks import result

__all__ = ["Exam", "drawer_beside", "result"]
