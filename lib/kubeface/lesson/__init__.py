"""A lesson's opening and close: the right cluster, in the state that it needs, and put back at the end."""

from kubeface.lesson.context import LessonStopped
from kubeface.lesson.lesson import Lesson
from kubeface.lesson.plan import Plan, State
from kubeface.lesson.states import NOTHING, PIPELINE

__all__ = ["NOTHING", "PIPELINE", "Lesson", "LessonStopped", "Plan", "State"]
