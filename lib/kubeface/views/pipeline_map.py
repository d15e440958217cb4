"""The map of the pipeline: its seven programs, who speaks to whom, and the ones at hand marked; pure."""

import base64
from collections.abc import Collection, Iterator
from html import escape

from kubeface.errors import BadInput

WIDTH, HEIGHT = 150, 40  # of a box, in pixels
RIGHT, DOWN = 200, 74  # from box to box, in pixels
SIDE = 70  # for the words at the left and at the right, in pixels
#: Where each program stands: column and row.
PLACES = {
    "receiver": (0, 0),
    "mysql": (1, 0),
    "frontend": (2, 0),
    "nsqd": (0, 1),
    "image-processor": (1, 1),
    "face-recognition": (2, 1),
    "nsqlookupd": (0, 2),
}
#: Who begins to speak, and to whom.
ARROWS = (
    ("receiver", "mysql"),
    ("receiver", "nsqd"),
    ("frontend", "mysql"),
    ("image-processor", "nsqd"),
    ("image-processor", "mysql"),
    ("image-processor", "face-recognition"),
    ("image-processor", "nsqlookupd"),
    ("nsqd", "nsqlookupd"),
)
#: The same in words.
WORDS = (
    "A photo is posted to the receiver, which writes a row into mysql and sends a message to nsqd. "
    "The image-processor asks nsqlookupd where each nsqd is, takes the message from nsqd, "
    "asks face-recognition whose face it is, and writes the answer into mysql. "
    "The frontend reads mysql, and shows a page."
)
MARK = "▸"
STYLE = """
text{font-family:system-ui,sans-serif;font-size:13px;text-anchor:middle;fill:#1b1b1b}
.side{fill:#767676}.box{fill:#f1f1f1;stroke:#808080}.here{fill:#e0ecfa;stroke:#1b1b1b;stroke-width:4}
.line{fill:none;stroke:#808080;stroke-width:2;marker-end:url(#tip)}.tip{fill:#808080}
@media (prefers-color-scheme:dark){
text{fill:#f2f2f2}.side{fill:#909090}.box{fill:#303030}.here{fill:#1d3350;stroke:#f2f2f2}
}
"""


def svg(marked: Collection[str] = ()) -> str:
    """The map as a file of its own.

    Args:
        marked: The programs at hand; each has a thick border and a sign.

    Raises:
        BadInput: one of them is no part of the pipeline.

    >>> "▸ mysql" in svg(["mysql"]), "▸" in svg()
    (True, False)
    """
    _refuse_strangers(marked)
    width, height = 2 * SIDE + 2 * RIGHT + WIDTH + 8, 2 * DOWN + HEIGHT + 8
    drawn = [*_sides(), *map(_arrow, ARROWS), *(_box(name, name in marked) for name in PLACES)]
    tip = (
        '<defs><marker id="tip" viewBox="0 0 9 9" refX="8" refY="4.5" markerWidth="9" markerHeight="9" '
        'markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 0l9 4.5-9 4.5z"/></marker></defs>'
    )
    said = escape(words(marked), quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{said}" '
        f'width="{width}" height="{height}" viewBox="-4 -4 {width} {height}">'
        f"<style>{STYLE}</style>{tip}{''.join(drawn)}</svg>\n"
    )


def words(marked: Collection[str] = ()) -> str:
    """The map in words, for those who do not see it.

    >>> words(["mysql"]).endswith("Marked are: mysql.")
    True
    """
    named = [name for name in PLACES if name in marked]
    return f"{WORDS} Marked are: {', '.join(named)}." if named else WORDS


def html(marked: Collection[str]) -> str:
    """The map as an image in a page."""
    picture = base64.b64encode(svg(marked).encode()).decode()
    return (
        f'<img alt="{escape(words(marked), quote=True)}" style="max-width:100%" '
        f'src="data:image/svg+xml;base64,{picture}">'
    )


def _refuse_strangers(marked: Collection[str]) -> None:
    strangers = sorted(set(marked) - set(PLACES))
    if strangers:
        raise BadInput(
            f"no part of the pipeline is called {strangers[0]}", seen=f"parts: {', '.join(PLACES)}"
        )


def _corner(name: str) -> tuple[int, int]:
    column, row = PLACES[name]
    return SIDE + column * RIGHT, row * DOWN


def _box(name: str, is_marked: bool) -> str:
    x, y = _corner(name)
    style, said = ("box here", f"{MARK} {name}") if is_marked else ("box", name)
    bold = ' font-weight="bold"' if is_marked else ""
    return (
        f'<g><rect class="{style}" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="7"/>'
        f'<text x="{x + WIDTH // 2}" y="{y + 25}"{bold}>{escape(said)}</text></g>'
    )


def _sides() -> Iterator[str]:
    """What is no program: the photo that comes in, and who looks at the page."""
    end = SIDE + 2 * RIGHT + WIDTH
    middle = HEIGHT // 2
    yield f'<text class="side" x="{SIDE // 2 - 10}" y="{middle + 5}">photo</text>'
    yield f'<path class="line" d="M{SIDE - 20} {middle}H{SIDE}"/>'
    yield f'<text class="side" x="{end + SIDE // 2 + 12}" y="{middle + 5}">you</text>'
    yield f'<path class="line" d="M{end + SIDE // 2 - 6} {middle}H{end}"/>'


def _arrow(pair: tuple[str, str]) -> str:
    """From box to box: along a row, along a column, or down and then aside."""
    (x1, y1), (x2, y2) = map(_corner, pair)
    if y1 == y2:
        start, end = (x1 + WIDTH, x2) if x2 > x1 else (x1, x2 + WIDTH)
        return f'<path class="line" d="M{start} {y1 + HEIGHT // 2}H{end}"/>'
    down = y2 > y1
    start, end = (y1 + HEIGHT, y2) if down else (y1, y2 + HEIGHT)
    if x1 == x2:
        return f'<path class="line" d="M{x1 + WIDTH // 2} {start}V{end}"/>'
    return f'<path class="line" d="M{x1 + WIDTH // 2} {start}V{y2 + HEIGHT // 2}H{x2 + WIDTH}"/>'
