"""The learner's verbs, which load a notebook's file when one of its names is spoken."""

import pkgutil
import re
from importlib import import_module
from pathlib import Path
from typing import Any

from kubeface import checks
from kubeface.checks.registry import NAME
from kubeface.checks.solutions import Solution
from kubeface.checks.verbs import Hinted
from kubeface.errors import BadInput
from kubeface.kube import Cluster
from kubeface.lesson import Lesson as Opened
from kubeface.lesson import Plan


def notebooks() -> list[str]:
    """The numbers of the notebooks that have a file here."""
    names = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return sorted(name[2:] for name in names if re.fullmatch(r"nb\d\d", name))


def load(notebook: str) -> Plan:
    """A notebook's plan, now that its questions and exercises are known too.

    Raises:
        BadInput: no notebook has that number.
    """
    if notebook not in notebooks():
        raise BadInput(f"there is no lesson {notebook!r}", seen=f"there are: {', '.join(notebooks())}")
    plan: Plan = import_module(f"kubeface.exercises.nb{notebook}").PLAN
    return plan


def Lesson(number: str, *, context: str | None = None, cluster: Cluster | None = None) -> Opened:
    """A lesson that has begun: its cluster is there, and in the state that the lesson needs.

        lesson = Lesson("05")
        cluster = lesson.cluster

    Args:
        number: `05`.
        context: Another cluster than the course's, by the name of its kubeconfig context.
        cluster: The same, as a connection.

    Raises:
        BadInput: no notebook has that number.
        LessonStopped: there is no cluster, it is not the course's, or the state cannot be brought.
    """
    return Opened(load(number), context=context, cluster=cluster)


def check(name: str, *, cluster: Cluster | None = None) -> checks.Verdict:
    """The verdict on an exercise, judged by the state of the cluster; see `kubeface.checks.check`."""
    _know(name)
    return checks.check(name, cluster=cluster)


def hint(name: str, *, cluster: Cluster | None = None) -> Hinted:
    """The next hint that fits the state of the cluster; see `kubeface.checks.hint`."""
    _know(name)
    return checks.hint(name, cluster=cluster)


def solution(name: str) -> Solution:
    """One way to the goal, as code that runs; see `kubeface.checks.solution`."""
    _know(name)
    return checks.solution(name)


def predict(question: str, **options: Any) -> checks.Prediction:
    """A prediction, shown to be committed; see `kubeface.checks.predict`."""
    _know(question)
    return checks.predict(question, **options)


def _know(name: str) -> None:
    """Load the notebook that a name belongs to; whatever has no notebook is left to the verb."""
    match = NAME.fullmatch(name)
    if match and match["notebook"] in notebooks():
        load(match["notebook"])
