"""Run a notebook with the solutions carried out before their checks, and tell what the checks said."""

import re
import tempfile
from pathlib import Path

import nbformat
from live import CELL_TIMEOUT_S, environment
from nbclient import NotebookClient
from nbformat import NotebookNode

CHECK = re.compile(r"""^check\(["'](nb\d\d\.[a-z0-9-]+)["']\)""", re.MULTILINE)


def checked(notebook: NotebookNode) -> dict[str, str]:
    """Each exercise that the notebook checks, and what its cell says of it: "passed", "not started", …"""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and (match := CHECK.search(cell.source)):
            shown = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
            found[match[1]] = _verdict("".join(shown))
    return found


def solved(path: Path) -> dict[str, str]:
    """What each check of the notebook says in a run from top to bottom that solves every exercise.

    Raises:
        CellExecutionError: a cell failed.
    """
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=CELL_TIMEOUT_S, resources=resources)
    with tempfile.TemporaryDirectory() as profile:
        client.execute(env=environment(profile) | {"KUBEFACE_SOLVED": "1"})
    return checked(notebook)


def _verdict(text: str) -> str:
    """The word of a verdict: it stands between the mark and the colon."""
    mark, _, rest = text.partition(" ")
    return rest.partition(":")[0] if mark else ""
