"""Lessons: connect to the right cluster, bring it into the state that a lesson needs, clean up after it."""

from kubeface.lesson.context import LessonStopped
from kubeface.lesson.lesson import Lesson
from kubeface.lesson.plan import Plan, State
from kubeface.lesson.states import NOTHING, PIPELINE

__all__ = ["NOTHING", "PIPELINE", "Lesson", "LessonStopped", "Plan", "State"]
