"""Finds the benchmarks: every module of this package that has a list BENCHMARKS."""

import importlib
import pkgutil
from collections.abc import Sequence

import bench
from bench.benchmark import Benchmark


def find_all() -> list[Benchmark]:
    """All benchmarks, by topic, in the order of their module.

    Raises:
        ValueError: two have one name.
    """
    found: list[Benchmark] = []
    for module in sorted(info.name for info in pkgutil.iter_modules(bench.__path__)):
        if module != "__main__":
            found += getattr(importlib.import_module(f"bench.{module}"), "BENCHMARKS", [])
    names = [one.name for one in found]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"more than one benchmark is called {', '.join(sorted(repeated))}")
    return found


def pick(benchmarks: Sequence[Benchmark], only: str) -> list[Benchmark]:
    """Those that are named in "name,name"; all for "".

    Raises:
        LookupError: a sentence with the unknown names and the known ones.
    """
    wanted = {name.strip() for name in only.split(",") if name.strip()}
    known = [one.name for one in benchmarks]
    if unknown := wanted - set(known):
        raise LookupError(
            f"There is no benchmark {', '.join(sorted(unknown))}. There are {', '.join(sorted(known))}."
        )
    return [one for one in benchmarks if not wanted or one.name in wanted]
