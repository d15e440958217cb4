"""Small notebooks, made for a test: sound ones, and ones with a single fault."""

from pathlib import Path

import nbformat
from execute import METADATA
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output


def printed(text: str) -> NotebookNode:
    """What a cell stores that printed this text."""
    return new_output("stream", name="stdout", text=text)


def shown(**data: str) -> NotebookNode:
    """What a cell stores that displayed this data; `image_png` stands for image/png."""
    return new_output("display_data", data={key.replace("_", "/"): value for key, value in data.items()})


def cell(
    source: str, *outputs: NotebookNode, count: int | None = 0, tags: tuple[str, ...] = ()
) -> NotebookNode:
    """A code cell; `count=None` is one that was never run, 0 one that `write` numbers."""
    metadata = {"tags": list(tags)} if tags else {}
    return new_code_cell(source, outputs=list(outputs), execution_count=count, metadata=metadata)


def write(folder: Path, *cells: NotebookNode, name: str = "00-small.ipynb") -> Path:
    """A notebook file of these cells, numbered as a run from top to bottom would."""
    for number, each in enumerate(cells, start=1):
        if each.cell_type == "code" and each.execution_count == 0:
            each.execution_count = number
        each.id = f"cell-{number}"
    path = folder / name
    nbformat.write(new_notebook(cells=list(cells), metadata=METADATA), path)
    return path
