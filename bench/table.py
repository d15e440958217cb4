"""Shows the figures as a table that grows while they come."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.benchmark import Benchmark, Figure

HEAD = ("benchmark", "value", "unit", "goal", "", "how")
WIDTHS = {"value": 8, "unit": 8, "goal": 7, "judgement": 7}
PLAIN_WIDTH = 140  # chosen: for a file or a pipe, which has no width of its own


class GrowingTable:
    """One row a figure, each printed as soon as it is known; `missed` and `failed` are said in words."""

    def __init__(self, benchmarks: Iterable[Benchmark], console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        if not self._console.is_terminal:
            self._console.width = PLAIN_WIDTH
        self._name_width = max(len(HEAD[0]), *(len(one.name) for one in benchmarks))

    def head(self) -> None:
        """Prints the names of the columns."""
        self._print(*HEAD, style="bold")

    def figure(self, figure: Figure) -> None:
        """Prints a figure, and whether it reaches its goal."""
        said = "met" if figure.is_met else "missed"
        self._print(figure.name, f"{figure.value:g}", figure.unit, figure.goal, said, figure.how)

    def failure(self, benchmark: Benchmark, error: Exception) -> None:
        """Prints that a benchmark has no figure, and why."""
        why = str(error) or type(error).__name__
        self._print(benchmark.name, "none", benchmark.unit, benchmark.goal, "failed", why)

    def _print(self, *cells: str, style: str = "") -> None:
        row = Table.grid(padding=(0, 2, 0, 0), expand=True)
        row.add_column(width=self._name_width, no_wrap=True)
        row.add_column(width=WIDTHS["value"], justify="right", no_wrap=True)
        for name in ("unit", "goal", "judgement"):
            row.add_column(width=WIDTHS[name], no_wrap=True)
        row.add_column(ratio=1)
        row.add_row(*(Text(cell) for cell in cells), style=style)  # Text: brackets in an error are no markup
        self._console.print(row)
