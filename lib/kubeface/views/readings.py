"""Readings of numbers, as lines over time: in words, as a picture, and as a table; pure."""

import base64
import itertools
from collections.abc import Callable, Iterable, Mapping
from html import escape

from kubeface.views.curves import Line, svg
from kubeface.views.view import View

#: Seconds since the first one, and what was measured then, by name.
Reading = tuple[float, Mapping[str, float]]
Measure = Callable[[], Mapping[str, float]]
ROWS = 9  # chosen: so many of the readings stand in the table
NOTHING = "(nothing was measured)"


class Plot(View):
    """Readings as lines: in words that stay the same from run to run, and as a picture with the numbers.

    Args:
        readings: In the order of time; a name that one lacks counts as 0.
        unit: What is counted.
        a_second: Whether the readings are counters, of which the growth a second is drawn.
        exact: Numbers in the words, too, although they differ in every run.
    """

    def __init__(
        self, readings: Iterable[Reading], unit: str, *, a_second: bool = False, exact: bool = False
    ) -> None:
        self._a_second, self._exact = a_second, exact
        self._unit = f"{unit} a second" if a_second else unit
        self._lines: list[Line] = []
        self.take(readings)

    def take(self, readings: Iterable[Reading]) -> None:
        """Draw these from now on."""
        self.readings = list(readings)
        self._lines = _grown(self.readings) if self._a_second else _levels(self.readings)

    def __repr__(self) -> str:
        if not any(line.points for line in self._lines):
            return NOTHING
        wide = max(len(line.name) for line in self._lines)
        said = [f"  {line.name:{wide}}   {self._words(line)}" for line in self._lines]
        return "\n".join([f"{self._unit}, over time", *said])

    def _repr_html_(self) -> str:
        if not any(line.points for line in self._lines):
            return f"<p>{NOTHING}</p>"
        picture = base64.b64encode(self.svg.encode()).decode()
        return (
            f'<img alt="{escape(repr(self), quote=True)}" style="max-width:100%" '
            f'src="data:image/svg+xml;base64,{picture}">'
            f"<details><summary>as numbers</summary>{self._table()}</details>"
        )

    @property
    def svg(self) -> str:
        """The picture alone, as an SVG file has it."""
        return svg(self._lines, unit=self._unit, steps=not self._a_second, text=repr(self))

    def _words(self, line: Line) -> str:
        said = self._presence(line) if self._a_second else _course(line)
        if not self._exact:
            return said
        at, most = max(line.points, key=lambda point: point[1])
        first, last = line.values[0], line.values[-1]
        return f"{said}: {first:.3g} → {last:.3g}, at most {most:.3g} after {at:.0f} s"

    def _presence(self, line: Line) -> str:
        """Whether there was any at first and in the end; moments without any of any line do not count."""
        told = [at for at in range(len(line.points)) if any(one.values[at] > 0 for one in self._lines)]
        if not told or not any(value > 0 for value in line.values):
            return "never any"
        first, last = line.values[told[0]] > 0, line.values[told[-1]] > 0
        return {
            (True, True): "at first, and in the end",
            (True, False): "at first, and not in the end",
            (False, True): "not at first, but in the end",
            (False, False): "only in between",
        }[first, last]

    def _table(self) -> str:
        """Some of the numbers; in a table that says of itself that it differs in every run."""
        moments = [second for second, _ in max(self._lines, key=lambda line: len(line.points)).points]
        gap = max(1, (len(moments) - 1) / (ROWS - 1))
        shown = sorted({round(row * gap) for row in range(ROWS) if round(row * gap) < len(moments)})
        heads = ["seconds", *(line.name for line in self._lines)]
        head = "".join(f'<th scope="col" style="text-align:right">{escape(word)}</th>' for word in heads)
        rows = [[f"{moments[at]:.1f}", *(f"{line.values[at]:.3g}" for line in self._lines)] for at in shown]
        cells = ("".join(f'<td style="text-align:right">{cell}</td>' for cell in row) for row in rows)
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        return f'<table class="readings"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _names(readings: list[Reading]) -> list[str]:
    return list(dict.fromkeys(name for _, told in readings for name in told))


def _levels(readings: list[Reading]) -> list[Line]:
    return [
        Line(name, tuple((second, float(told.get(name, 0))) for second, told in readings))
        for name in _names(readings)
    ]


def _grown(readings: list[Reading]) -> list[Line]:
    """How fast each counter grew from one reading to the next, told at the later one."""
    pairs = [pair for pair in itertools.pairwise(readings) if pair[1][0] > pair[0][0]]

    def speed(name: str, before: Reading, after: Reading) -> float:
        return (after[1].get(name, 0) - before[1].get(name, 0)) / (after[0] - before[0])

    return [
        Line(name, tuple((after[0], speed(name, before, after)) for before, after in pairs))
        for name in _names(readings)
    ]


def _course(line: Line) -> str:
    first, last = line.values[0], line.values[-1]
    if last > first:
        return "rises" if first else "rises from 0"
    if last < first:
        return "falls" if last else "falls to 0"
    return "ends as it began"
