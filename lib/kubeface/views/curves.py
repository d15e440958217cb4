"""Lines over time as an SVG: axes with units, each line told apart by dashes, marks and a label; pure.

It is shown as an image, as `kubeface.views.graph` is, and for the same reasons has a ground of its own.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 680, 260  # of the picture, in pixels
LEFT, RIGHT, TOP, BOTTOM = 48, 168, 34, 42  # around the lines, in pixels
SAMPLE = 30  # of a line, before its label, in pixels
APART = 18  # chosen: labels this far apart, in pixels, do not touch
LETTERS = 18  # chosen: of this many letters a label fits
MARKED = 12  # chosen: so many marks on a line are seen as such, and leave the line to be seen
TICKS = 5
DASHES = ("none", "7 4", "2 4", "11 4 2 4")
#: Around the origin, about 8 pixels wide: circle, square, triangle, diamond.
MARKS = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "M-4-4h8v8h-8z",
    "M0-5l5 9h-10z",
    "M0-5.5l5.5 5.5-5.5 5.5-5.5-5.5z",
)
#: Contrast of each line with the ground is above 4.5 in both themes (WCAG asks for 3).
STYLE = """
text{font-family:system-ui,sans-serif;font-size:12px;fill:#1b1b1b}
.ground{fill:#fbfbfb;stroke:#808080}.grid{stroke:#808080;stroke-opacity:.35}.axis{stroke:#808080}
.line{fill:none;stroke-width:2}
.a{stroke:#0b5394}.b{stroke:#a8410a}.c{stroke:#1e6b34}.d{stroke:#6b2f91}
.fa{fill:#0b5394}.fb{fill:#a8410a}.fc{fill:#1e6b34}.fd{fill:#6b2f91}
@media (prefers-color-scheme:dark){
text{fill:#f2f2f2}.ground{fill:#1e1e1e}
.a{stroke:#7fb8f0}.b{stroke:#f5a36b}.c{stroke:#7fd094}.d{stroke:#cfa0ee}
.fa{fill:#7fb8f0}.fb{fill:#f5a36b}.fc{fill:#7fd094}.fd{fill:#cfa0ee}
}
"""


@dataclass(frozen=True)
class Line:
    """What was measured of one thing: moments in seconds, and a value at each."""

    name: str
    points: tuple[tuple[float, float], ...]

    @property
    def values(self) -> list[float]:
        """The values alone."""
        return [value for _, value in self.points]


@dataclass(frozen=True)
class _Scale:
    """From seconds and values to pixels; the ticks are round numbers."""

    across: list[float]
    up: list[float]
    end: float

    def x(self, second: float) -> float:
        return LEFT + second / self.end * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - value / self.up[-1] * (HEIGHT - TOP - BOTTOM)


def svg(lines: Sequence[Line], *, unit: str, steps: bool, text: str) -> str:
    """The picture, as a file of its own.

    Args:
        lines: What to draw; a value below 0 is drawn at 0.
        unit: What the values count; the time is in seconds.
        steps: Whether a value holds until the next one is known; else they are joined.
        text: The same in words, for those who do not see the picture.
    """
    scale = _scale(lines)
    drawn = [*_axes(scale, unit)]
    for number, line in enumerate(lines):
        drawn.append(_curve(line, number, scale, steps=steps))
    drawn += _labels(lines, scale)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(text, quote=True)}" '
        f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"<title>{escape(unit)}, over time</title><desc>{escape(text)}</desc><style>{STYLE}</style>"
        f'<rect class="ground" x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="7"/>'
        f"{''.join(drawn)}</svg>"
    )


def ticks(most: float) -> list[float]:
    """Round numbers from 0 to the first one that is not below the largest value.

    >>> ticks(37), ticks(0.3)
    ([0.0, 10.0, 20.0, 30.0, 40.0], [0.0, 0.1, 0.2, 0.3])
    """
    if most <= 0:
        return [0, 1]
    rough = most / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= rough * 0.999)
    return [float(f"{number * step:.6g}") for number in range(math.ceil(most / step - 1e-9) + 1)]


def _scale(lines: Sequence[Line]) -> _Scale:
    end = max((second for line in lines for second, _ in line.points), default=0) or 1.0
    most = max((value for line in lines for value in line.values), default=0)
    return _Scale([one for one in ticks(end) if one <= end], ticks(most), end)


def _axes(scale: _Scale, unit: str) -> Iterator[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    yield f'<text x="{LEFT - 32}" y="20" font-weight="bold">{escape(unit)}</text>'
    for value in scale.up:
        y = scale.y(value)
        yield f'<path class="{"axis" if value == 0 else "grid"}" d="M{LEFT} {y:.1f}H{right}"/>'
        yield f'<text x="{LEFT - 7}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
    for second in scale.across:
        x = scale.x(second)
        yield f'<path class="axis" d="M{x:.1f} {bottom}v5"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 19}" text-anchor="middle">{second:g}</text>'
    yield f'<text x="{(LEFT + right) / 2:g}" y="{bottom + 35}" text-anchor="middle">seconds</text>'


def _curve(line: Line, number: int, scale: _Scale, *, steps: bool) -> str:
    places = [(scale.x(second), scale.y(max(0.0, value))) for second, value in line.points]
    if not places:
        return ""
    path = f"M{places[0][0]:.1f} {places[0][1]:.1f}"
    path += "".join(f"H{x:.1f}V{y:.1f}" if steps else f"L{x:.1f} {y:.1f}" for x, y in places[1:])
    every = math.ceil(len(places) / MARKED)
    marked = places[number % every :: every]  # not all lines at the same moment
    return _stroke(number, path) + "".join(_mark(number, x, y) for x, y in marked)


def _labels(lines: Sequence[Line], scale: _Scale) -> Iterator[str]:
    """Each line's name beside its end, with a piece of the line before it."""
    ends = {at: scale.y(max(0.0, line.values[-1])) for at, line in enumerate(lines) if line.points}
    x = WIDTH - RIGHT + 8
    for number, y in _apart(ends).items():
        yield _stroke(number, f"M{x} {y:.1f}h{SAMPLE}") + _mark(number, x + SAMPLE / 2, y)
        name = lines[number].name
        said = name if len(name) <= LETTERS else name[: LETTERS - 1] + "…"
        yield f'<text x="{x + SAMPLE + 6}" y="{y + 4:.1f}">{escape(said)}</text>'


def _apart(ends: dict[int, float]) -> dict[int, float]:
    """Heights of labels by line: each where its line ends, or above it where another one is."""
    placed: dict[int, float] = {}
    free = float(HEIGHT - BOTTOM)
    for number in sorted(ends, key=lambda one: -ends[one]):
        placed[number] = min(ends[number], free)
        free = placed[number] - APART
    return placed


def _stroke(number: int, path: str) -> str:
    dashes = DASHES[number % len(DASHES)]
    return f'<path class="line {_letter(number)}" stroke-dasharray="{dashes}" d="{path}"/>'


def _mark(number: int, x: float, y: float) -> str:
    mark = MARKS[(number + number // len(DASHES)) % len(MARKS)]  # the fifth line has another pair again
    return f'<path class="f{_letter(number)}" transform="translate({x:.1f} {y:.1f})" d="{mark}"/>'


def _letter(number: int) -> str:
    return "abcd"[number % 4]
