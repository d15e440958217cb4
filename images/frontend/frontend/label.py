"""Where the name stands at the box around a face. Pure; in the pixels of the picture."""

from dataclasses import dataclass

from frontend.core import Box
from frontend.picture import Picture

_SIZE = 0.06  # chosen: of the picture's longer side; 16 CSS pixels in a card
_WIDTH = 0.68  # measured: of the size, a bold letter of DejaVu Sans on average; other fonts are narrower
_GAP = 0.35  # chosen: of the size, between the box and the name


@dataclass(frozen=True)
class Label:
    """The words, where their baseline begins, and how high a line of them is."""

    text: str
    x: float
    y: float
    size: float


def place_label(text: str, box: Box, picture: Picture) -> Label:
    """Above the box; below it if there is no room; else in it. Cut to what fits into the picture."""
    size = _SIZE * max(picture.width, picture.height)
    letters = max(1, int(picture.width / (_WIDTH * size)))
    shown = text if len(text) <= letters else text[: letters - 1] + "…"
    x = max(0.0, min(float(box.left), picture.width - len(shown) * _WIDTH * size))
    if box.top >= size * (1 + _GAP):
        y = box.top - size * _GAP
    elif picture.height - box.bottom >= size * (1 + 2 * _GAP):
        y = box.bottom + size * (1 + _GAP)
    else:
        y = box.bottom - size * _GAP
    return Label(shown, round(x, 1), round(y, 1), round(size, 1))
