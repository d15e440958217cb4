"""One file a notebook: its plan, its questions, its exercises; and the verbs that find them by name.

`nbNN.py` holds `PLAN`, its questions, made with `question(...)`, and its exercises, made with
`@exercise(...)`.
"""

from kubeface.exercises.course import Lesson, check, hint, load, notebooks, predict, solution

__all__ = ["Lesson", "check", "hint", "load", "notebooks", "predict", "solution"]
