"""How states are drawn: each has a sign, a border and a word; colour only repeats them.

Text takes the colour of the page around it and tints are see-through, so that all of it reads on light
and dark themes, and also where a code host strips the styles.
"""

from dataclasses import dataclass

from kubeface.model.objects import KubeObject, Raw
from kubeface.model.pods import has_failed, phase

BAR = 10  # chosen: cells of a bar
GREEN, AMBER, RED = "rgba(46, 160, 67, 0.16)", "rgba(210, 153, 34, 0.16)", "rgba(248, 81, 73, 0.16)"


@dataclass(frozen=True)
class Look:
    """How one state is drawn; the border is spelled as in CSS, without a colour: that is the text's."""

    sign: str
    word: str
    border: str
    tint: str

    @property
    def dashes(self) -> str:
        """The border's pattern, as SVG spells it."""
        return {"dashed": "7 4", "dotted": "2 3"}.get(self.border.split()[1], "none")


READY = Look("●", "ready", "2px solid", GREEN)
NOT_READY = Look("○", "not ready", "2px dashed", AMBER)
ENDED = Look("✓", "completed", "2px dotted", "transparent")
FAILED = Look("✕", "failed", "4px double", RED)
STATELESS = Look("·", "has no state", "1px solid", "transparent")

#: The states that a Pod can have, in the order of a legend.
STATES = (READY, NOT_READY, ENDED, FAILED)


def look_of(pod: Raw) -> Look:
    """How a Pod is drawn."""
    if phase(pod) == "Succeeded":
        return ENDED
    if has_failed(pod):
        return FAILED
    return READY if KubeObject(pod).is_ready else NOT_READY


def bar(share: float, cells: int = BAR) -> str:
    """A share as a bar; more than everything is a full bar with a sign after it.

    >>> bar(0.4), bar(1.5)
    ('■■■■□□□□□□', '■■■■■■■■■■▶')
    """
    full = min(cells, round(share * cells))
    return "■" * full + "□" * (cells - full) + ("▶" if share > 1 else "")


def legend() -> str:
    """What the signs of Pods mean, in one line."""
    return " · ".join(f"{look.sign} {look.word}" for look in STATES)
