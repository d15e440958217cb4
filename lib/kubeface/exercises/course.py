"""The learner's verbs, which load a notebook's file when one of its names is spoken."""

import pkgutil
import re
from importlib import import_module
from pathlib import Path
from typing import Any

from kubeface import checks
from kubeface.checks import questions, registry, session
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


def number_of(said: str) -> str:
    """The number of a notebook, as people say it: 5, 05, nb05, 05-services-and-dns.ipynb.

    Raises:
        BadInput: no notebook has that number.

    >>> number_of("5"), number_of("notebooks/05-services-and-dns.ipynb")
    ('05', '05')
    """
    match = re.match(r"(?:nb)?(\d+)(?!\w)", Path(str(said)).name)
    number = match[1].zfill(2) if match else said
    if number not in notebooks():
        raise BadInput(f"there is no lesson {said!r}", seen=f"there are: {', '.join(notebooks())}")
    return number


def load(notebook: str) -> Plan:
    """A notebook's plan, now that its questions and exercises are known too.

    Raises:
        BadInput: no notebook has that number.
    """
    plan: Plan = import_module(f"kubeface.exercises.nb{number_of(notebook)}").PLAN
    return plan


def Lesson(
    number: str, *, context: str | None = None, cluster: Cluster | None = None, keep: bool = False
) -> Opened:
    """A lesson that has begun: its cluster is there, and in the state that the lesson needs.

    After a restart of the kernel, `Lesson("05", keep=True)` goes on with what you made and changes nothing.

    Args:
        number: `05`.
        context: Another cluster than the course's, by the name of its kubeconfig context.
        cluster: The same, as a connection.
        keep: Go on with what is there, in the place of beginning anew.

    Raises:
        BadInput: no notebook has that number.
        LessonStopped: there is no cluster, it is not the course's, the state cannot be brought, or there is
            nothing to go on with.

    >>> def first_cell() -> Cluster:
    ...     lesson = Lesson("05")
    ...     return lesson.cluster
    >>> Lesson("99", cluster=cluster)
    Traceback (most recent call last):
    kubeface.errors.BadInput: there is no lesson '99'
    there are: ...
    """
    return Opened(load(number), context=context, cluster=cluster, keep=keep)


def check(name: str = "", *, cluster: Cluster | None = None) -> checks.Verdict:
    """The verdict on an exercise, judged by the state of the cluster; it is kept as progress.

    Passed, not yet (because…), not started, or the check itself broke: then it is not the learner's fault.

    Args:
        name: `nb05.scale`.
        cluster: Where to look; without one, the lesson's cluster.

    Raises:
        BadInput: there is no exercise of that name, or none was named; those of the lesson are in `seen`.

    >>> check()
    Traceback (most recent call last):
    kubeface.errors.BadInput: check() takes the name of an exercise
    notebook 00 has nb00.three-receivers, nb00.note
    Try: check("nb00.three-receivers")
    >>> check("nb00.note", cluster=cluster)
    ○ not started: there is no ConfigMap note
      Goal: A ConfigMap named note holds your name under the key author.
    """
    _know("check", name)
    return checks.check(name, cluster=cluster)


def hint(name: str = "", *, cluster: Cluster | None = None) -> Hinted:
    """The next hint that fits the state of the cluster; after the last one it begins again.

    Args:
        name: `nb05.scale`.
        cluster: Where to look; without one, the lesson's cluster.

    Raises:
        BadInput: there is no exercise of that name.

    >>> hint("nb00.note", cluster=cluster)
    → hint 1 of 2: A ConfigMap is an object of the cluster that holds texts under keys.
    """
    _know("hint", name)
    return checks.hint(name, cluster=cluster)


def solution(name: str = "") -> Solution:
    """One way to the goal: folded in a notebook, and code that runs.

    Raises:
        BadInput: there is no exercise of that name.

    >>> solution("nb00.note")
    # One way to solve nb00.note
    from kubeface import kubectl
    <BLANKLINE>
    kubectl("create configmap note --from-literal author=me", cluster=cluster)
    """
    _know("solution", name)
    return checks.solution(name)


def predict(question: str = "", **options: Any) -> checks.Prediction:
    """A prediction, shown to be committed: with buttons in a notebook, else as text.

    Keep it in a name and grade it after the cell that tells: `guess.grade(…)`.

    Args:
        question: The name of a question that the course declares, `"nb05.pods"`; or what is asked.
        options: `number`, `choice` or `order`: what to choose from, where the course declares nothing;
            `answer`: commit this at once.

    Raises:
        BadInput: there is no such question, or not one kind of options: an author's mistake.

    >>> guess = predict("How many Pods will run?", number=range(0, 11), answer=4)
    ? predict: How many Pods will run?
      a number from 0 to 10
      committed: 4
    >>> guess.grade(9)
    ✗ not this time: you predicted 4; the answer is 9 (5 more).
    """
    _know("predict", question)
    return checks.predict(question, **options)


def _know(verb: str, name: str) -> None:
    """Load the notebook that a name belongs to; whatever has no notebook is left to the verb.

    Raises:
        BadInput: nothing was named; what the lesson has is in `seen`.
    """
    if not isinstance(name, str) or not name.strip():
        raise _nothing_named(verb, name)
    match = NAME.fullmatch(name)
    if match and match["notebook"] in notebooks():
        load(match["notebook"])


def _nothing_named(verb: str, given: object) -> BadInput:
    number = session.current.notebook or notebooks()[0]
    load(number)
    listed = questions.known(number) if verb == "predict" else registry.known(number)
    names = [str(one.name) for one in listed]
    what = "a question" if verb == "predict" else "an exercise"
    but = "" if given == "" else f", and {given!r} is none"
    return BadInput(
        f"{verb}() takes the name of {what}{but}",
        seen=f"notebook {number} has {', '.join(names)}",
        try_next=f'{verb}("{names[0]}")',
    )
