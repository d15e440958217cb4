"""Ask a check for its verdict: in time, and never with an error of its own in the learner's face."""

import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from kubeface.checks.registry import Exercise
from kubeface.checks.verdicts import Verdict, broke, not_yet
from kubeface.errors import KubefaceError
from kubeface.kube import Cluster
from kubeface.kube.transport import ConnectionFailed, NotFound

# Chosen: longer than one request without an answer, which ends after 30 s and says more by itself.
JUDGE_S = 40.0
Answer = TypeVar("Answer")
NOT_YOURS = "This is not your doing, and says nothing about your work."


def judge(exercise: Exercise, cluster: Cluster, *, timeout_s: float = JUDGE_S) -> Verdict:
    """The verdict on the cluster as it is; whatever goes wrong inside the check is a verdict too."""
    try:
        found = in_time(lambda: exercise.judge(cluster), timeout_s)
        verdict = found if isinstance(found, Verdict) else broke(_report(exercise, f"it answered {found!r}"))
    except ConnectionFailed as silence:
        verdict = broke(f"{NOT_YOURS}\nThe cluster could not be asked.\n{silence}")
    except NotFound as gone:
        verdict = not_yet(f"something that belongs to it is not there: {gone.what}")
    except Late:
        verdict = broke(_report(exercise, f"it had no verdict after {timeout_s:g} s"))
    except Exception as error:
        verdict = broke(_report(exercise, _in_words(error)))
    return replace(verdict, exercise=exercise.name, goal=exercise.goal)


class Late(Exception):
    """A check or a hint did not return in time."""


def in_time(ask: Callable[[], Answer], timeout_s: float) -> Answer:
    """What `ask` returns or raises, if it does so in time.

    A thread cannot be stopped from outside: one that is late is left to end by itself and holds nobody up.

    Raises:
        Late: it did not.
    """
    answers: list[Answer] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(ask())
        except BaseException as failure:
            failures.append(failure)

    worker = threading.Thread(target=work, daemon=True, name="check")
    worker.start()
    worker.join(timeout_s)
    if failures:
        raise failures[0]
    if not answers:
        raise Late
    return answers[0]


def _report(exercise: Exercise, what: str) -> str:
    return f"{NOT_YOURS}\nPlease report it: check {exercise.name}: {what}"


def _in_words(error: Exception) -> str:
    said = error.what if isinstance(error, KubefaceError) else str(error)
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {said}{where}" if said else f"{type(error).__name__}{where}"
