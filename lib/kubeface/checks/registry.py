"""Exercises: their declaration, and the registry of those that are loaded."""

import difflib
import inspect
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from kubeface.checks import lesson_files, session
from kubeface.checks.lesson_files import NoSuchLesson
from kubeface.checks.levels import Level, Work
from kubeface.checks.verdicts import Verdict
from kubeface.errors import BadInput
from kubeface.kube import Cluster

Judge = Callable[[Cluster], Verdict]
Deed = Callable[[Cluster], object]
#: A text, or a function of the cluster: its text fits what is there; None when it does not apply.
Hint = str | Callable[[Cluster], str | None]

NAME = re.compile(r"nb(?P<notebook>\d\d)\.[a-z][a-z0-9-]*")
FIRST = "00"  # the notebook to speak of where no lesson has begun
LEAST_WRONG = 2  # chosen: one wrong state is refused by luck, two by understanding


@dataclass(frozen=True)
class Exercise:
    """A goal, the check that knows it when it sees it, and what proves the check.

    Args:
        name: `nb05.scale`.
        goal: One sentence: the end state.
        judge: Looks at the cluster and changes nothing.
        hints: From the gentlest on.
        solve: One way to the goal; its body is what `solution` shows.
        wrong: Each brings a state that must be judged not yet.
        right: Each reaches the goal on another way than `solve`, and must be judged passed.
        start: Brings the exercise's clean state from any other; without one, the lesson's own is enough.
        level: How much it asks for at once.
        work: What a learner does to reach the goal.
        needs: Exercises whose end state it begins with, in their order; see `catch_up`.
    """

    name: str
    goal: str
    judge: Judge
    hints: tuple[Hint, ...]
    solve: Deed
    wrong: tuple[Deed, ...]
    start: Deed | None = None
    right: tuple[Deed, ...] = ()
    level: Level = Level.ONE
    work: Work = Work.ACT
    needs: tuple[str, ...] = ()

    @property
    def notebook(self) -> str:
        """The number of its notebook: `05`."""
        return notebook_of(self.name)


_KNOWN: dict[str, Exercise] = {}


def exercise(
    name: str,
    *,
    hints: tuple[Hint, ...],
    solve: Deed,
    wrong: tuple[Deed, ...],
    right: tuple[Deed, ...] = (),
    start: Deed | None = None,
    level: Level = Level.ONE,
    work: Work = Work.ACT,
    needs: tuple[str, ...] = (),
) -> Callable[[Judge], Exercise]:
    """Make an exercise of a check; the first line of the check's docstring is the goal.

    >>> from kubeface.checks import not_started, passed, not_yet
    >>> def greet(cluster):
    ...     card = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "hi"}}
    ...     cluster.apply(card | {"data": {"to": "you"}})
    >>> def greet_nobody(cluster): ...
    >>> def greet_two(cluster): ...
    >>> @exercise("nb99.greet", hints=("A ConfigMap.",), solve=greet, wrong=(greet_nobody, greet_two))
    ... def greeting(cluster):
    ...     '''A ConfigMap named hi greets you.'''
    ...     found = cluster.find("configmap/hi")
    ...     if found is None:
    ...         return not_started("there is no ConfigMap hi")
    ...     return passed() if found.data.to == "you" else not_yet(f"it greets {found.data.to}")
    >>> greeting.goal
    'A ConfigMap named hi greets you.'

    Raises:
        BadInput: the name is malformed or taken, there is no goal, no hint, or fewer than two wrong states.
    """

    def register(judge: Judge) -> Exercise:
        made = Exercise(
            name=name,
            goal=goal_of(judge),
            judge=judge,
            hints=tuple(hints),
            solve=solve,
            wrong=tuple(wrong),
            start=start,
            right=tuple(right),
            level=level,
            work=work,
            needs=tuple(needs),
        )
        _refuse_unsound(made)
        _KNOWN[name] = made
        return made

    return register


def goal_of(judge: Judge) -> str:
    """The goal that a check is about: the first line of its docstring; empty where it has none."""
    return (inspect.getdoc(judge) or "").split("\n")[0].strip()


def find(name: str, *, verb: str = "check") -> Exercise:
    """The exercise of that name; the file of its notebook is loaded if need be.

    Args:
        name: `nb05.scale`.
        verb: Who asks, for the error.

    Raises:
        BadInput: there is none, or none was named; names that it may be are in `seen`.
    """
    if is_no_name(name):
        raise nothing_named(verb, "an exercise", name, names)
    load_file_of(name)
    if name not in _KNOWN:
        near = difflib.get_close_matches(name, _KNOWN, n=3) or sorted(_KNOWN)
        raise BadInput(f"there is no exercise {name!r}", seen=f"known: {', '.join(near) or 'none'}")
    return _KNOWN[name]


def known(notebook: str | None = None) -> list[Exercise]:
    """The exercises loaded so far, of one notebook if one is named, in the order of their files."""
    return [one for one in _KNOWN.values() if notebook in (None, one.notebook)]


def names(notebook: str) -> list[str]:
    """The names of a notebook's exercises."""
    return [one.name for one in known(notebook)]


def is_no_name(given: object) -> bool:
    """Whether nothing is named: no text, or an empty one."""
    return not isinstance(given, str) or not given.strip()


def load_file_of(name: str) -> None:
    """Load the notebook's file that has the exercise or question of that name, if there is one."""
    match = NAME.fullmatch(name)
    if match:
        with suppress(NoSuchLesson):
            lesson_files.load(match["notebook"])


def nothing_named(verb: str, what: str, given: object, names_of: Callable[[str], list[str]]) -> BadInput:
    """The error for a verb without a name: it lists the names of the current notebook.

    Args:
        verb: `check`.
        what: What it takes the name of: `an exercise`.
        given: What it was given in its place.
        names_of: The names of a notebook, by its number.
    """
    number = session.current.notebook or FIRST
    lesson_files.load(number)
    names = names_of(number)
    but = "" if given == "" else f", and {given!r} is none"
    return BadInput(
        f"{verb}() takes the name of {what}{but}",
        seen=f"notebook {number} has {', '.join(names)}",
        try_next=f'{verb}("{names[0]}")',
    )


def notebook_of(name: str) -> str:
    """The notebook's number in the name of an exercise or a question.

    >>> notebook_of("nb05.scale")
    '05'
    """
    match = NAME.fullmatch(name)
    if not match:
        raise BadInput(f"{name!r} is no name of an exercise or a question", try_next='such as "nb05.scale"')
    return match["notebook"]


def _refuse_unsound(made: Exercise) -> None:
    notebook_of(made.name)
    before = _KNOWN.get(made.name)
    if before and before.judge.__module__ != made.judge.__module__:
        raise BadInput(f"{made.name} is taken", seen=f"by {before.judge.__module__}")
    if not made.goal:
        raise BadInput(f"{made.name} has no goal", try_next="say it in the first line of the docstring")
    if not made.hints:
        raise BadInput(f"{made.name} has no hint")
    if len(set(made.wrong)) < LEAST_WRONG:
        raise BadInput(
            f"{made.name} declares {len(set(made.wrong))} wrong states and needs {LEAST_WRONG} or more",
            try_next="wrong=(too_few, too_many)",
        )
