"""A notebook as the learner gets it, and what the learner did with it. Pure."""

import hashlib
import json
import re
import warnings

import nbformat
from nbformat import NotebookNode

from kubeface.model import gaps

SUFFIX = ".ipynb"
_SOLUTION = re.compile(r'solution\("[^"]+"\)')
#: What nbformat raises for a text that is no notebook.
_NONE = (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError)


def is_one(name: str) -> bool:
    """Whether a file of this name is to be a notebook."""
    return name.endswith(SUFFIX)


def read(data: bytes) -> NotebookNode | None:
    """The notebook; None where it is none, a half-written one for instance."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a cell without an id gets one
            notebook: NotebookNode = nbformat.reads(data.decode(), as_version=4)
            nbformat.validate(notebook)
    except _NONE:
        return None
    return notebook


def cleared(data: bytes) -> bytes:
    """The notebook without outputs, counts and solutions, and with gaps where the learner is to write.

    A cell that only asks for a solution is the record's: a learner asks when she wants one.

    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> run = new_notebook(cells=[new_code_cell("1 + 1", execution_count=7)])
    >>> b'"execution_count": null' in cleared(nbformat.writes(run).encode())
    True
    """
    notebook = nbformat.reads(data.decode(), as_version=4)
    notebook.cells = [cell for cell in notebook.cells if not asks_for_a_solution(cell)]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.source = gaps.gapped(cell.source)
    return f"{nbformat.writes(notebook)}\n".encode()


def asks_for_a_solution(cell: NotebookNode) -> bool:
    """Whether that is all that it does.

    >>> from nbformat.v4 import new_code_cell
    >>> asks_for_a_solution(new_code_cell('solution("nb05.scale")'))
    True
    """
    return cell.cell_type == "code" and _SOLUTION.fullmatch(cell.source.strip()) is not None


def was_run(data: bytes) -> bool:
    """Whether a cell of it has an output or a count."""
    notebook = read(data)
    cells = notebook.cells if notebook else []
    return any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def fingerprint(name: str, data: bytes) -> str:
    """What tells a file that somebody has edited from one that nobody has.

    Of a notebook it is what people write: the text of its cells, and pictures put into it. Running one leaves
    outputs, counts, metadata, and an empty cell at its end.

    >>> fingerprint("glossary.md", b"a") == fingerprint("glossary.md", b"a ")
    False
    """
    notebook = read(data) if is_one(name) else None
    if notebook is not None:
        cells = [
            [cell.cell_type, cell.source, cell.get("attachments") or {}]
            for cell in notebook.cells
            if cell.source.strip()
        ]
        data = json.dumps(cells, sort_keys=True).encode()
    return hashlib.sha256(data).hexdigest()
