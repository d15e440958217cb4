"""`python -m bench [name,name]`: measures, prints each figure as it comes, and keeps it."""

import sys
import traceback
from pathlib import Path

from bench import results, topics
from bench.benchmark import Benchmark, Figure
from bench.table import GrowingTable
from kubeface.errors import KubefaceError


def main(only: str = "", *, path: Path = results.PATH) -> int:
    """The exit code: 0 also when a goal is missed, 1 when a benchmark failed or has no such name.

    Args:
        only: Names with commas between them; "" means all.
        path: Where the figures are kept.
    """
    try:
        known = topics.find_all()
        chosen = topics.pick(known, only)
        results.read(path)  # before hours of measuring: can what is there be kept?
    except (LookupError, ValueError) as error:
        print(f"bench: {error.args[0]}", file=sys.stderr)
        return 1
    table = GrowingTable(chosen)
    table.head()
    figures = [_measure(one, table, path) for one in chosen]
    results.keep_only((one.name for one in known), path)
    _sum_up(figures)
    return 0 if all(figures) else 1


def _measure(benchmark: Benchmark, table: GrowingTable, path: Path) -> Figure | None:
    """The figure, printed and kept; None when the benchmark failed, which is printed too."""
    try:
        figure = benchmark.run()
    except Exception as error:  # whatever it was, the others are measured all the same
        if not isinstance(error, KubefaceError):  # those say what to do; this one we have to look into
            traceback.print_exc()
        results.replace(benchmark.name, None, path)
        table.failure(benchmark, error)
        return None
    results.replace(benchmark.name, figure, path)
    table.figure(figure)
    return figure


def _sum_up(figures: list[Figure | None]) -> None:
    measured = [figure for figure in figures if figure]
    missed = [figure.name for figure in measured if not figure.is_met]
    failed = len(figures) - len(measured)
    print(f"{len(measured) - len(missed)} met, {len(missed)} missed, {failed} failed")
    if missed:
        print(f"Missed: {', '.join(missed)}")


if __name__ == "__main__":
    try:
        sys.exit(main(",".join(sys.argv[1:])))
    except KeyboardInterrupt:
        sys.exit("bench: stopped; the figures so far are kept")
