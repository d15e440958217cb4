"""check, hint, solution: what a learner says about an exercise."""

from kubeface import notebook
from kubeface.checks import session, turns
from kubeface.checks.judging import JUDGE_S, in_time, judge
from kubeface.checks.progress import Progress
from kubeface.checks.registry import Exercise, Hint, find
from kubeface.checks.shown import as_html, as_text
from kubeface.checks.solutions import Solution, code_of
from kubeface.checks.verdicts import Outcome, Verdict
from kubeface.kube import Cluster


def check(name: str = "", *, cluster: Cluster | None = None) -> Verdict:
    """The verdict on an exercise, judged by the state of the cluster; it is kept as progress.

    Passed, not yet (because…), not started, or the check itself broke: then it is not the learner's fault.

    Args:
        name: `nb05.scale`.
        cluster: Where to look; without one, the lesson's cluster.

    Raises:
        BadInput: there is no exercise of that name, or none was named; those of the lesson are in `seen`.

    >>> from kubeface import check
    >>> check()
    Traceback (most recent call last):
    kubeface.errors.BadInput: check() takes the name of an exercise
    notebook 00 has nb00.three-receivers, nb00.note, ...
    Try: check("nb00.three-receivers")
    >>> check("nb00.note", cluster=cluster)
    ○ not started: there is no ConfigMap note
      Goal: A ConfigMap named note holds your name under the key author.
    """
    one = find(name)
    where = cluster or session.cluster()
    if notebook.is_solved():
        Solution(name, code_of(one.solve)).run(where)
    verdict = judge(one, where)
    Progress.of(where).keep_verdict(verdict)
    return verdict


def hint(name: str = "", *, cluster: Cluster | None = None) -> "Hinted":
    """The next hint that fits the state of the cluster; after the last one it begins again.

    Args:
        name: `nb05.scale`.
        cluster: Where to look; without one, the lesson's cluster.

    Raises:
        BadInput: there is no exercise of that name, or none was named.

    >>> from kubeface import hint
    >>> hint("nb00.note", cluster=cluster)
    → hint 1 of 2: A ConfigMap is an object of the cluster that holds texts under keys.
    """
    one = find(name, verb="hint")
    where = cluster or session.cluster()
    if judge(one, where).is_passed:
        return Hinted("nothing to hint at", f"{name} is passed.")
    progress = Progress.of(where)
    for number in range(progress.hints_seen(name), len(one.hints)):
        text = _asked(one.hints[number], where)
        if text:
            progress.keep_hints(name, number + 1)
            if number + 1 == len(one.hints):
                session.current.hinted.add(name)
            return Hinted(f"hint {number + 1} of {len(one.hints)}", text)
    progress.keep_hints(name, 0)
    session.current.hinted.add(name)
    return Hinted("that was the last hint", f'solution("{name}") shows one way; hint("{name}") begins again.')


def solution(name: str = "", *, now: bool = False) -> "Solution | Hinted":
    """One way to the goal: folded in a notebook, and code that runs.

    Somebody in a notebook has it after a first try, judged by `check`, or after the last hint. Without a
    name, it is of the cell that was run last of those with a part to write, or of the manifest that it used,
    once something is written there.

    Args:
        name: `nb05.scale`.
        now: Have it before that.

    Raises:
        BadInput: there is no exercise of that name; or none was named, and no such cell was run.

    >>> from kubeface import solution
    >>> solution("nb00.note")
    # One way to solve nb00.note
    from kubeface import kubectl
    <BLANKLINE>
    kubectl("create configmap note --from-literal author=me", cluster=cluster)
    """
    if not name and session.current.turn:
        return _answer(session.current.turn, now=now)
    one = find(name, verb="solution")
    if not now and _is_untried(one):
        told = f'check("{name}") says how far you are, hint("{name}") helps'
        return Hinted("try it first", f'{told}; solution("{name}", now=True) shows one way at once.')
    return solution_of(one)


def _answer(turn: session.Turn, *, now: bool) -> "Solution | Hinted":
    """What the course has where something is the learner's to write."""
    try:
        found = turns.answer(turn, now=now)
    except turns.NotWritten:
        where = f"{turn.file.name}, save it, and run the cell" if turn.file else "the cell, and run it"
        told = f"write something in {where}"
        return Hinted("try it first", f"{told}; solution(now=True) shows one way at once.")
    return (
        Solution("it", found.answered) if found else Hinted("nothing to show", "the course has no such task.")
    )


def _is_untried(one: Exercise) -> bool:
    """Whether somebody is there who has neither begun an exercise nor seen its last hint."""
    where = session.current.cluster
    if where is None or not notebook.is_watched():
        return False
    is_begun = Progress.of(where).outcome(one.name) is not Outcome.NOT_STARTED
    return not is_begun and one.name not in session.current.hinted


def solution_of(one: Exercise) -> Solution:
    """The solution of an exercise at hand."""
    return Solution(one.name, code_of(one.solve))


class Hinted:
    """A hint, shown in a line."""

    def __init__(self, title: str, text: str) -> None:
        self.title = title
        self.text = text

    def __repr__(self) -> str:
        return as_text("→", self.title, self.text)

    def _repr_html_(self) -> str:
        return as_html("→", self.title, self.text)


def _asked(one: Hint, cluster: Cluster) -> str | None:
    """A hint's text for the cluster as it is; a hint that fails is passed over: the next one may help."""
    if isinstance(one, str):
        return one
    try:
        return in_time(lambda: one(cluster), JUDGE_S)
    except Exception:
        return None
