"""Execute notebooks and store their outputs: what `make notebooks` runs.

A second run changes no byte: what differs from run to run is left out; an output that is the same after
sanitising (see sanitize.cfg) keeps its text; so does one that nbval ignores, while it is of the same
kind. `--fresh` stores everything anew. Photos are not ours to publish: a drawing stands in their place.
"""

import json
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import minutes
import nbformat
import own_space
from live import CELL_TIMEOUT_S, HERE, environment
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbval.plugin import get_sanitize_patterns
from rules import ignores_output

from kubeface.views import kubectl_text

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WIDGET = "application/vnd.jupyter.widget-view+json"  # a random id, and nothing to see without its kernel

PHOTO = re.compile(r"data:image/(?:jpeg|png);base64,[A-Za-z0-9+/=]+")
STAND_IN = "data:image/svg+xml," + quote(
    '<svg xmlns="http://www.w3.org/2000/svg" width="180" height="135">'
    '<rect width="180" height="135" fill="#777"/>'
    '<g fill="#fff" font-family="sans-serif" font-size="15" text-anchor="middle">'
    '<text x="90" y="62">a photo:</text><text x="90" y="84">run the cell to see it</text></g></svg>'
)


def execute(path: Path, *, fresh: bool = False) -> NotebookNode:
    """The notebook with the outputs of a run from top to bottom.

    Raises:
        CellExecutionError: a cell failed that is not tagged `raises-exception`; the file is untouched.
    """
    old = nbformat.read(path, as_version=4)
    new = nbformat.from_dict(old | {"metadata": METADATA})
    resources = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(new, timeout=CELL_TIMEOUT_S, resources=resources, record_timing=False)
    client.store_widget_state, client.coalesce_streams = False, True
    own_space.begin(new)
    with tempfile.TemporaryDirectory() as profile:
        client.execute(env=environment(profile))
    return steady(old, new, fresh=fresh)


def steady(old: NotebookNode, new: NotebookNode, *, fresh: bool) -> NotebookNode:
    """The new notebook without what varies, each cell with its old outputs where they mean the same."""
    new.metadata = nbformat.from_dict(METADATA)
    for before, after in zip(old.cells, new.cells, strict=True):
        after.metadata.pop("execution", None)
        if after.cell_type == "code":
            for output in after.outputs:
                _store_no_photo(output.get("data", {}))
            if not fresh and _meaning(before) == _meaning(after):
                after.outputs = before.outputs
    return new


def _store_no_photo(data: NotebookNode) -> None:
    """Take out what is a photo, or of no use without its kernel."""
    data.pop(WIDGET, None)
    if "text/html" in data:
        data["text/html"] = PHOTO.sub(STAND_IN, data["text/html"])


def _meaning(cell: NotebookNode) -> str:
    if ignores_output(cell):
        return str([(output.output_type, sorted(output.get("data", {}))) for output in cell.outputs])
    outputs = [steady_text(one) for one in cell.outputs] if "kubectl" in cell.source else cell.outputs
    text = json.dumps(outputs, sort_keys=True, ensure_ascii=False)
    for pattern, replacement in get_sanitize_patterns((HERE / "sanitize.cfg").read_text()):
        text = re.sub(pattern, replacement, text)
    return text


def steady_text(value: Any) -> Any:
    """An output of which each text is as `--nbval-kubectl` compares it."""
    if isinstance(value, dict):
        return {key: steady_text(one) for key, one in value.items()}
    if isinstance(value, list):
        return [steady_text(one) for one in value]
    return kubectl_text.steady(value) if isinstance(value, str) else value


def main(paths: list[Path], *, fresh: bool = False) -> None:
    """Execute each notebook in turn and write it back; a failing one stops the rest."""
    for path in paths:
        print(f"executing {path.name}", flush=True)
        if not _measure(path, fresh=fresh):
            _measure(path, fresh=True)  # once more: now its opening can say how long it takes


def _measure(path: Path, *, fresh: bool) -> bool:
    """Execute it, store it, and keep how long it took; False when that was not known before."""
    was_known = not minutes.is_lesson(path) or path.name[:2] in minutes.read(path.parent)
    begun = time.monotonic()
    notebook = execute(path, fresh=fresh)
    if minutes.is_lesson(path):
        minutes.keep(path, notebook, time.monotonic() - begun)
    nbformat.write(notebook, path)
    return was_known


if __name__ == "__main__":
    named = [argument for argument in sys.argv[1:] if argument != "--fresh"]
    main([Path(argument).resolve() for argument in named], fresh="--fresh" in sys.argv)
