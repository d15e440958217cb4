"""A course of a few files, and its next version."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


def notebook(*sources: str, ran: bool = False) -> bytes:
    """A notebook of a heading and code cells; one that ran has counts and outputs."""
    cells = [new_markdown_cell("# 00 Start here", id="heading")]
    for number, source in enumerate(sources, start=1):
        cell = new_code_cell(source, id=f"cell-{number}")
        if ran:
            cell.execution_count = number
            cell.outputs = [new_output("stream", name="stdout", text="ran\n")]
        cells.append(cell)
    return f"{nbformat.writes(new_notebook(cells=cells))}\n".encode()


FIRST = "00-start-here.ipynb"
MANIFEST = "manifests/receiver/service.yaml"
COURSE = {
    FIRST: notebook("1 + 1"),
    "05-services-and-dns.ipynb": notebook("2 + 2"),
    MANIFEST: b"kind: Service\n",
    "manifests/lessons/05-services-and-dns/lost.yaml": b"kind: Lost\n",
    "glossary.md": b"Pod: what runs\n",
    "photos/known_people/anna.png": b"\x89PNG anna",
}
#: What the next version of the course has in the place of each.
NEXT = {
    FIRST: notebook("1 + 1", "'new'"),
    MANIFEST: b"kind: Service\n# new\n",
    "glossary.md": b"Pod: what runs; new\n",
    "photos/known_people/anna.png": b"\x89PNG anna, new",
}
