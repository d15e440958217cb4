"""How long it takes to compile all programs from nothing, and what stays on disk."""

import functools
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from bench.benchmark import Benchmark


def cold_build_s() -> float:
    """The time to fetch and compile every component into an empty cache."""
    return _build()[0]


def cold_build_mb() -> float:
    """What that leaves in the cache, in MB of 10⁶ bytes."""
    return _build()[1]


@functools.cache  # one build for both figures
def _build() -> tuple[float, float]:
    """Seconds, and MB; the cache is gone afterwards."""
    from kubeface.local.toolchain import Way, build

    with tempfile.TemporaryDirectory(prefix="kubeface-cold-", ignore_cleanup_errors=True) as folder:
        start = time.perf_counter()
        build(Path(folder), say=partial(print, file=sys.stderr), way=Way.BUILD)
        took = time.perf_counter() - start
        return took, kept_bytes(Path(folder)) / 1e6


def kept_bytes(folder: Path) -> int:
    """What all files below a folder take on the disk."""
    names = (Path(parent, file) for parent, _, files in os.walk(folder) for file in files)
    return sum(name.lstat().st_blocks * 512 for name in names)


_HOW = "every component fetched and compiled into an empty cache (15 minutes and 12 GB of disk meanwhile): "
BENCHMARKS = [
    Benchmark(
        name="cold_build_s",
        unit="s",
        goal="<= 720",
        how=f"{_HOW}the whole time, with as many cores as the machine has",
        measure=cold_build_s,
    ),
    Benchmark(
        name="cold_build_mb",
        unit="MB",
        goal="<= 1500",
        how=f"{_HOW}what is kept of it",
        measure=cold_build_mb,
    ),
]
