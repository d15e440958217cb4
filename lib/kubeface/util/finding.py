"""One thing that was examined on a machine or on a cluster, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was examined.

    Args:
        subject: The thing.
        problem: Empty when it is well, else what is wrong and what to do.
        is_warning: The problem does not stop anything.
    """

    subject: str
    problem: str = ""
    is_warning: bool = False

    @property
    def stops(self) -> bool:
        """Whether nothing can go on before the problem is solved.

        >>> Finding("memory", "There is none.").stops, Finding("memory").stops
        (True, False)
        """
        return bool(self.problem) and not self.is_warning


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
