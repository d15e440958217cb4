"""One file a notebook: its plan, its questions, its exercises. Verbs load it when they are given its names.

`nbNN.py` holds `PLAN`, its questions, made with `question(...)`, and its exercises, made with
`@exercise(...)`. Where that is too much for one file, exercises about one subject are in a file beside it,
`nbNN_subject.py`.
"""

from kubeface.checks import catch_up, check, hint, predict, solution
from kubeface.checks.lesson_files import load_by_default
from kubeface.exercises.course import load, notebooks
from kubeface.lesson import Lesson

__all__ = ["Lesson", "catch_up", "check", "hint", "load", "notebooks", "predict", "solution"]

load_by_default(load)
