"""Storing outputs: what is stored keeps the rules, a second run changes nothing, a failure stores nothing."""

from pathlib import Path

import nbformat
import pytest
from books import cell, write
from execute import main
from nbclient.exceptions import CellExecutionError
from rules import IGNORES, violations

CELLS = (
    ("import os, time\nprint(f'this took {time.perf_counter():.6f} s')", ()),
    ("time.time_ns()", (IGNORES,)),
    ("'the same each time'", ()),
)


def test_a_second_run_changes_no_byte(tmp_path: Path) -> None:
    path = write(tmp_path, *(cell(source, count=None, tags=tags) for source, tags in CELLS))
    main([path])
    first = path.read_bytes()
    assert violations(path) == []
    main([path])
    assert path.read_bytes() == first
    main([path], fresh=True)
    assert path.read_bytes() != first


def test_a_changed_result_is_stored(tmp_path: Path) -> None:
    path = write(tmp_path, cell("1 + 1", count=None))
    main([path])
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source = "1 + 2"
    nbformat.write(notebook, path)
    main([path])
    assert nbformat.read(path, as_version=4).cells[0].outputs[0].data["text/plain"] == "3"


def test_a_cell_that_fails_leaves_the_file_alone(tmp_path: Path) -> None:
    path = write(tmp_path, cell("print('stored')"), cell("1 / 0"))
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="division by zero"):
        main([path])
    assert path.read_bytes() == before
