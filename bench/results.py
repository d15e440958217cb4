"""bench/results.json: the last figure of each benchmark."""

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path

from bench.benchmark import Figure
from kubeface.util import files

PATH = Path(__file__).with_name("results.json")


def read(path: Path = PATH) -> list[Figure]:
    """The figures of a file, by name; none when there is no such file.

    Raises:
        ValueError: it holds something else.
    """
    try:
        match json.loads(path.read_text()):
            case [*entries]:
                return [Figure(**entry) for entry in entries]
    except FileNotFoundError:
        return []
    except (TypeError, ValueError):
        pass
    raise ValueError(f"{path} does not hold figures; remove it and measure again")


def replace(name: str, figure: Figure | None, path: Path = PATH) -> None:
    """Keep this figure in place of the one called `name`, or none: a benchmark that failed has no figure."""
    others = [one for one in read(path) if one.name != name]
    _write([*others, figure] if figure else others, path)


def keep_only(names: Iterable[str], path: Path = PATH) -> None:
    """Forget the figures of benchmarks that are no more."""
    known = set(names)
    _write([one for one in read(path) if one.name in known], path)


def _write(figures: list[Figure], path: Path) -> None:
    entries = [dataclasses.asdict(one) for one in sorted(figures, key=lambda one: one.name)]
    files.write(path, json.dumps(entries, indent=1, ensure_ascii=False) + "\n", mode=0o644)
