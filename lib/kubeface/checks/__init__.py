"""Exercises and predictions: the verbs check, hint, solution and predict, and the learner's progress.

An exercise is graded by the state of the cluster, so that any route to it counts. A verdict is one of four;
a check that fails by itself says so and never blames the learner.
"""

from kubeface.checks.asking import predict
from kubeface.checks.catching_up import catch_up
from kubeface.checks.levels import Level, Work
from kubeface.checks.predictions import Grade, Prediction
from kubeface.checks.progress import Progress
from kubeface.checks.questions import Question, question
from kubeface.checks.registry import Exercise, exercise
from kubeface.checks.states import how_it_is
from kubeface.checks.verbs import check, hint, solution
from kubeface.checks.verdicts import Outcome, Verdict, not_started, not_yet, passed, passed_unless

__all__ = [
    "Exercise",
    "Grade",
    "Level",
    "Outcome",
    "Prediction",
    "Progress",
    "Question",
    "Verdict",
    "Work",
    "catch_up",
    "check",
    "exercise",
    "hint",
    "how_it_is",
    "not_started",
    "not_yet",
    "passed",
    "passed_unless",
    "predict",
    "question",
    "solution",
]
