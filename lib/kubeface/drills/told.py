"""What a drill answers: a sentence with a mark, for a notebook and for a terminal."""

from dataclasses import dataclass

from kubeface import notebook
from kubeface.checks.shown import as_html, as_text


@dataclass(frozen=True)
class Told:
    """An answer of a drill.

    Args:
        mark: One letter; the word says the same.
        word: How the drill is, in a word or two.
        sentence: What is to be said.
        lines: What follows it.
        is_over: Whether no drill is in progress any more.
    """

    mark: str
    word: str
    sentence: str
    lines: tuple[str, ...] = ()
    is_over: bool = False

    def __repr__(self) -> str:
        return as_text(self.mark, self.word, self.sentence, self.lines)

    def _repr_html_(self) -> str:
        return as_html(self.mark, self.word, self.sentence, self.lines)


def call(what: str = "") -> str:
    """How a drill is asked for something: in a notebook by a call, in a terminal by a command.

    >>> call(), call("give_up")
    ('kubeface drill --status', 'kubeface drill --give-up')
    """
    if notebook.ipython() is None:
        return f"kubeface drill --{(what or 'status').replace('_', '-')}"
    return f"drill({what}=True)" if what else "drill()"


def duration(seconds: float) -> str:
    """A time in words.

    >>> duration(372), duration(9)
    ('6 min 12 s', '9 s')
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
