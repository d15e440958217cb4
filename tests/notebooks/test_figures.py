"""What `make figures` counts is what stands in the cells."""

import nbformat
import pytest
from books import cell, write
from figures import COURSE, Figures, figures, table

#: What every lesson keeps: the share of its code cells that ask for something, and the longest stretch
#: without one.
SHARE, STRETCH = 0.4, 6
#: Lessons that do not yet, and are to be given tasks.
TO_DO = {"00", "01", "02", "03", "04", "05"}
LESSONS = sorted(COURSE.glob("[0-9][0-9]-*.ipynb"))


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


@pytest.mark.parametrize(
    "path", [path for path in LESSONS if path.name[:2] not in TO_DO], ids=lambda path: path.stem
)
def test_in_a_lesson_the_learner_has_something_to_do_again_and_again(path):
    found = figures(nbformat.read(path, as_version=4))
    assert found.asking >= SHARE * found.cells
    assert found.stretch <= STRETCH
