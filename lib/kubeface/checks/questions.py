"""A question whose answer is predicted: a number, a choice, or an order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kubeface.checks.registry import load_file_of, notebook_of
from kubeface.errors import BadInput

ORDER_SHOWN = " → "


@dataclass(frozen=True)
class Question:
    """What is asked, and what may be answered.

    Args:
        text: What is asked.
        kind: `number`, `choice` or `order`.
        options: The numbers or words to choose from, or those to be put in order.
        name: `nb05.pods`; None for a question that is kept nowhere.
        because: Why the answer is what it is; said after it is known.
        expect: The answer on the course's own cluster; a solved run commits it.
    """

    text: str
    kind: str
    options: tuple[Any, ...]
    name: str | None = None
    because: str = field(default="", compare=False)
    expect: Any = field(default=None, compare=False)

    @property
    def offers(self) -> str:
        """The options in words: `a number from 0 to 10`.

        >>> made("How many?", number=range(0, 11)).offers
        'a number from 0 to 10'
        """
        if self.kind == "number" and self.is_range:
            return f"a number from {self.options[0]} to {self.options[-1]}"
        words = ", ".join(map(str, self.options))
        return f"put in order: {words}" if self.kind == "order" else f"one of: {words}"

    @property
    def is_range(self) -> bool:
        """Whether the options are whole numbers without a gap."""
        first = self.options[0]
        return isinstance(first, int) and list(self.options) == list(range(first, first + len(self.options)))

    def read(self, given: Any) -> Any:
        """The option that is meant, or the order of all of them.

        Raises:
            BadInput: it is none of them.
        """
        if self.kind == "order":
            return self._order(given)
        for option in self.options:
            if not isinstance(given, bool) and (given == option or str(given) == str(option)):
                return option
        raise BadInput(f"{given!r} is none of the answers", seen=self.offers)

    def _order(self, given: Any) -> list[Any]:
        listed = list(given) if isinstance(given, (list, tuple)) else []
        if sorted(map(str, listed)) != sorted(map(str, self.options)):
            raise BadInput(f"{given!r} does not hold each of them once", seen=self.offers)
        return listed

    def is_right(self, predicted: Any, answer: Any) -> bool:
        """Whether a prediction is the answer."""
        if self.kind == "order":
            return list(predicted) == list(answer)
        return bool(predicted == answer or str(predicted) == str(answer))

    def in_words(self, answer: Any) -> str:
        """An answer as text."""
        is_listed = isinstance(answer, (list, tuple))
        return ORDER_SHOWN.join(map(str, answer)) if is_listed else str(answer)


_KNOWN: dict[str, Question] = {}


def question(name: str, text: str, *, because: str = "", expect: Any = None, **options: Any) -> Question:
    """Declare a question under a name, so that a notebook asks it with `predict(name)`.

    The explanation stands here and not in the notebook, where it would be read before the guess.

    >>> question("nb99.pods", "How many Pods will run?", number=range(0, 11), expect=9).name
    'nb99.pods'

    Args:
        name: `nb05.pods`.
        text: What is asked.
        because: Why the answer is what it is.
        expect: The answer on the course's own cluster.
        options: One of `number=`, `choice=`, `order=`.

    Raises:
        BadInput: the name or the options make no sense.
    """
    notebook_of(name)
    asked = made(text, name=name, because=because, expect=expect, **options)
    if expect is not None:
        asked.read(expect)
    _KNOWN[name] = asked
    return asked


def find(name: str) -> Question | None:
    """The question declared under that name, or None; the file of its notebook is loaded if need be."""
    load_file_of(name)
    return _KNOWN.get(name)


def known(notebook: str | None = None) -> list[Question]:
    """The questions declared so far, of one notebook if one is named."""
    return [one for name, one in _KNOWN.items() if notebook in (None, notebook_of(name))]


def names(notebook: str) -> list[str]:
    """The names of a notebook's questions."""
    return [name for name in _KNOWN if notebook_of(name) == notebook]


def made(
    text: str,
    *,
    number: Sequence[float] | None = None,
    choice: Sequence[str] | None = None,
    order: Sequence[str] | None = None,
    name: str | None = None,
    because: str = "",
    expect: Any = None,
) -> Question:
    """A question with one kind of options.

    Raises:
        BadInput: there is not exactly one kind, or it leaves no choice.
    """
    given = {"number": number, "choice": choice, "order": order}
    kinds = [(kind, tuple(options)) for kind, options in given.items() if options is not None]
    if len(kinds) != 1:
        raise BadInput(f"{text!r} needs one of number=, choice=, order=")
    kind, options = kinds[0]
    if len(options) < 2 or len(set(options)) < len(options):
        raise BadInput(f"{text!r} needs two or more different options", seen=repr(options))
    return Question(text, kind, options, name, because, expect)
