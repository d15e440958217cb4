"""The exercises of the course are a ladder, and a notebook says of each on which rung it stands."""

import re
from collections import Counter

import nbformat
import pytest
from checked import CHECK
from figures import LESSONS
from ladder import ladder

from kubeface.checks import Level, Work, registry
from kubeface.exercises import load, notebooks

for number in notebooks():
    load(number)

#: Specified: how many exercises the course has, of how many kinds.
LEAST, LEAST_WRITTEN, LEAST_FOUND = 90, 30, 24


def said_before(cells, at):
    """The words between a check's cell and the check before it."""
    words = []
    for cell in reversed(cells[:at]):
        if cell.cell_type == "code" and CHECK.search(cell.source):
            break
        if cell.cell_type == "markdown":
            words.append(cell.source)
    return "\n".join(words)


def unlike_its_level(notebook):
    """The exercises of a notebook whose text does not say their level, or says another one."""
    cells = notebook.cells
    for at, cell in enumerate(cells):
        found = CHECK.search(cell.source) if cell.cell_type == "code" else None
        if found:
            told = re.findall(rf"\*({'|'.join(Level)})\.\*", said_before(cells, at), re.IGNORECASE)
            if [one.lower() for one in told] != [registry.find(found[1]).level]:
                yield found[1]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_notebook_says_the_level_of_each_exercise(path):
    assert list(unlike_its_level(nbformat.read(path, as_version=4))) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_notebook_has_every_exercise_of_its_lesson(path):
    code = "\n".join(
        cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"
    )
    assert set(CHECK.findall(code)) == {one.name for one in registry.known(path.name[:2])}


def test_the_ladder_is_long_enough_and_of_every_kind():
    every = registry.known()
    works = Counter(one.work for one in every)
    assert len(every) >= LEAST
    assert works[Work.WRITE] >= LEAST_WRITTEN
    assert works[Work.FIND] >= LEAST_FOUND


def test_its_last_line_counts_all():
    every = registry.known()
    assert ladder().splitlines()[-1].startswith(f"| all | {len(every)} | ")
