"""A sentence with a mark, and lines under it: the shape in which checks and predictions answer."""

from collections.abc import Sequence
from html import escape

from kubeface import notebook

# The mark and the word carry the state; there is no colour that could be misread.
_BOX = "border-left:4px solid currentColor;padding:2px 12px;margin:4px 0"


def as_text(mark: str, word: str, sentence: str, lines: Sequence[str] = ()) -> str:
    """The answer as text.

    >>> print(as_text("✓", "passed", "Three Pods are Ready.", ["any route counts"]))
    ✓ passed: Three Pods are Ready.
      any route counts
    """
    indented = [f"  {line}" for said in lines for line in said.splitlines()]
    return "\n".join([f"{mark} {word}: {sentence}", *indented])


def as_html(
    mark: str, word: str, sentence: str, lines: Sequence[str] = (), *, folded: Sequence[str] = ()
) -> str:
    """The answer as HTML, for light and dark themes; what is folded is read by those who unfold it."""
    rest = "".join(f"<div>{escape(line)}</div>" for said in lines for line in said.splitlines())
    head = f'<span aria-hidden="true">{mark}</span> <b>{escape(word)}</b>: {escape(sentence)}'
    if folded:
        told = "".join(f"<div>{escape(line)}</div>" for said in folded for line in said.splitlines())
        rest += f"<details><summary>The answer (unfold to see it)</summary>{told}</details>"
    return f'<div role="status" style="{_BOX}"><div>{head}</div>{rest}</div>'


def show(thing: object) -> None:
    """Show something under the running cell; outside a notebook, print it."""
    if notebook.kernel() is None:
        print(thing)
    else:
        notebook.display(thing)
