"""What `make figures` counts is what stands in the cells."""

import nbformat
from books import cell, write
from figures import Figures, figures, table


def test_what_asks_and_the_longest_stretch_that_does_not(tmp_path):
    path = write(
        tmp_path,
        cell("import yaml"),
        cell("%kubectl get pods\n%kubectl get nodes"),
        cell("guess = predict('nb00.pods')"),
        cell("guess.grade(3)"),
        cell("", tags=("yours",)),
        cell("check('nb00.note')"),
        cell("check('nb00.note')"),
    )
    expected = Figures(7, 4, 2, 1, 1, ("get",), ("yaml",))
    assert figures(nbformat.read(path, as_version=4)) == expected


def test_the_last_line_is_all_together(tmp_path):
    write(tmp_path, cell("guess = predict('nb00.a')"), cell("1"), name="00-a.ipynb")
    write(tmp_path, cell("1"), cell("2"), cell("%%kubectl apply -f -"), name="01-b.ipynb")
    assert table(tmp_path).splitlines()[-1] == "| all | 5 | 1 (20%) | 3 | 1 | 0 | apply | - |"
