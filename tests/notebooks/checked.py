"""What a notebook says of its exercises: which cells show one, and what its check has stored."""

import re

from nbformat import NotebookNode

CHECK = re.compile(r"""^check\(["'](nb\d\d\.[a-z0-9-]+)["']\)""", re.MULTILINE)
ASKED = re.compile(r"""^(\w+) = predict\(\s*["'](nb\d\d\.[a-z0-9-]+)["']""", re.MULTILINE)
GRADED = re.compile(r"^(\w+)\.grade\(", re.MULTILINE)
ANSWER = re.compile(r"The answer is (.*)\.$", re.MULTILINE)


def checked(notebook: NotebookNode) -> dict[str, str]:
    """Each exercise that the notebook checks, and what its cell says of it: "passed", "not started", …"""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and (match := CHECK.search(cell.source)):
            shown = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
            found[match[1]] = _verdict("".join(shown))
    return found


def answered(notebook: NotebookNode) -> dict[str, str]:
    """Each question that the notebook asks and grades, and the answer that is stored, in words."""
    found, asked = {}, {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        asked |= dict(ASKED.findall(cell.source))
        names = [asked[name] for name in GRADED.findall(cell.source)]
        texts = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
        found |= dict(zip(names, ANSWER.findall("\n".join(texts)), strict=True))
    return found


def shown_by(notebook: NotebookNode, number: int) -> list[str]:
    """The exercises that a cell is the last to show, by its number among the code cells: from there on
    nothing that is stored is of their beginning."""
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    last = {
        name: max(place for place, source in enumerate(sources) if _names(source, name))
        for name in checked(notebook)
    }
    return [name for name, place in last.items() if place == number]


def _names(source: str, exercise: str) -> bool:
    return f'"{exercise}"' in source or f"'{exercise}'" in source


def _verdict(text: str) -> str:
    """The word of a verdict: it stands between the mark and the colon."""
    mark, _, rest = text.partition(" ")
    return rest.partition(":")[0] if mark else ""
