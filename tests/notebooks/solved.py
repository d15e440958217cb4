"""A pytest plugin for nbval: a live run of a notebook of the course solves its exercises, too.

Where a notebook has shown an exercise for the last time (its check, its hint, its solution), the solution is
carried out, its check is asked, and the next cells go on with it as a learner's would. What is found is no
failure of the cell: it is written to the file that KUBEFACE_SOLUTIONS names, a line of JSON an exercise.

Load it with `-p solved`, its folder on PYTHONPATH.
"""

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from checked import shown_by
from nbval.plugin import IPyNbCell

from kubeface.checks import registry
from kubeface.checks.harness import unsolved
from kubeface.exercises import load
from kubeface.lesson.context import connect


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Run the cell; where it held, solve the exercises that end with it."""
    result = yield
    if isinstance(item, IPyNbCell):
        for name in shown_by(item.parent.nb, item.cell_num):
            _write(name, _solve(name))
    return result


def _solve(name: str) -> list[str]:
    plan = load(registry.notebook_of(name))
    return unsolved(registry.find(name), connect(namespace=plan.namespace))


def _write(name: str, found: list[str]) -> None:
    with Path(os.environ["KUBEFACE_SOLUTIONS"]).open("a") as file:
        file.write(json.dumps([name, found]) + "\n")


def read(file: Path) -> dict[str, list[str]]:
    """What was found, by exercise; one that was not reached is missing."""
    return dict(json.loads(line) for line in file.read_text().splitlines()) if file.exists() else {}
