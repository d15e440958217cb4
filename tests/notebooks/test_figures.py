"""What `make figures` counts is what stands in the cells."""

import re

import nbformat
import pytest
from books import cell, write
from figures import COURSE, LESSONS, Figures, figures, table

from kubeface.model import gaps

#: What every lesson keeps: the share of its code cells that ask for something, and the longest stretch
#: without one.
SHARE, STRETCH = 0.4, 6


def test_what_asks_and_the_longest_stretch_that_does_not(tmp_path):
    path = write(
        tmp_path,
        cell("import yaml"),
        cell("%kubectl get pods\n%kubectl get nodes"),
        cell("guess = predict('nb00.pods')"),
        cell("guess.grade(3)"),
        cell("# Your turn: add them.\n1 + 1"),
        cell("check('nb00.note')"),
        cell("check('nb00.note')"),
    )
    expected = Figures(7, 4, 2, 1, 1, ("get",), ("yaml",))
    assert figures(nbformat.read(path, as_version=4)) == expected


def test_the_last_line_is_all_together(tmp_path):
    write(tmp_path, cell("guess = predict('nb00.a')"), cell("1"), name="00-a.ipynb")
    write(tmp_path, cell("1"), cell("2"), cell("%%kubectl apply -f -"), name="01-b.ipynb")
    assert table(tmp_path).splitlines()[-1] == "| all | 5 | 1 (20%) | 3 | 1 | 0 | apply | - |"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_in_a_lesson_the_learner_has_something_to_do_again_and_again(path):
    found = figures(nbformat.read(path, as_version=4))
    assert found.asking >= SHARE * found.cells
    assert found.stretch <= STRETCH


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_names_a_manifest_to_complete_and_has_a_step_in_the_terminal(path):
    notebook = nbformat.read(path, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    named = [COURSE.parent / name for name in re.findall(r"`(manifests/[\w./-]+)`", text)]
    files = [file for one in named for file in (one.glob("*.yaml") if one.is_dir() else [one])]
    gaps_in = [gap for file in files if file.suffix == ".yaml" and (gap := gaps.read(file.read_text()))]
    assert gaps_in
    assert not any(gap.faults for gap in gaps_in)
    assert re.search(r"terminal[^.]*\(?File, New, Terminal", text)
