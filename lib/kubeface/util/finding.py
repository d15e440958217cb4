"""One thing that was looked at on somebody's cluster."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Args:
        subject: The thing.
        problem: Empty when it is well, else one sentence: what is wrong, and what to do.
        stops: Whether the pipeline cannot run before that is put right.
    """

    subject: str
    problem: str = ""
    stops: bool = False


def not_allowed(who: str, what: str, ask: str) -> str:
    """The sentence for a right that is missing.

    >>> not_allowed("jane", "list nodes", "`list` on nodes")
    'jane may not list nodes: ask an administrator for `list` on nodes.'
    """
    return f"{who} may not {what}: ask an administrator for {ask}."


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words as a sentence has them.

    >>> listed(["get", "list", "watch"], "or")
    'get, list or watch'
    """
    *first, final = words
    return f"{', '.join(first)} {last} {final}" if first else final
