"""The rooms of lib/kubeface: their size, who imports whom, and what goes in a circle: `make rooms`.

Drawn from the imports themselves. Another checkout's, to compare: make rooms OF=../another
"""

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp

PACKAGE = "kubeface"


def main(root: Path) -> None:
    """Print a table of the rooms, the arrows between them, and each circle of files."""
    graph = imports_of(root)
    arrows = arrows_of(graph)
    print("| room | files | lines | median file | median function | imports |\n|---|---|---|---|---|---|")
    for room in sorted(path.parent for path in (root / "lib" / PACKAGE).glob("*/__init__.py")):
        print(
            "| " + " | ".join([room.name, *size(room), ", ".join(sorted(arrows.get(room.name, ())))]) + " |"
        )
    rooms = {room for room in arrows if arrows[room]} | {room for told in arrows.values() for room in told}
    print(f"\n{len(rooms)} rooms, {sum(map(len, arrows.values()))} arrows.")
    print("\n".join(_circles(arrows)) or "No circle between rooms.")
    files = {one: graph.find_modules_directly_imported_by(one) for one in graph.modules}
    print("\n".join(_circles(files)) or "No circle between files.")


def imports_of(root: Path) -> grimp.ImportGraph:
    """Who imports whom in a checkout's library, file by file."""
    sys.path.insert(0, str(root / "lib"))
    return grimp.build_graph(PACKAGE, cache_dir=None)


def arrows_of(graph: grimp.ImportGraph) -> dict[str, set[str]]:
    """Each room with those that it imports."""
    found: dict[str, set[str]] = {}
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            here, there = (one.split(".")[1:2] for one in (importer, imported))
            if here and there and here != there:
                found.setdefault(here[0], set()).add(there[0])
    return found


def size(room: Path) -> tuple[str, ...]:
    """How many files and lines a room has, and the length of the file and the function in the middle."""
    texts = [path.read_text() for path in room.rglob("*.py")]
    lines = [len(text.splitlines()) for text in texts]
    functions = [length for text in texts for length in _functions(text)]
    middle = f"{statistics.median(functions):.0f}" if functions else "-"
    return str(len(lines)), f"{sum(lines):,}", f"{statistics.median(lines):.0f}", middle


def _functions(text: str) -> Iterator[int]:
    """The length of each function's body in lines, its docstring left out."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            yield (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _circles(imports: dict[str, set[str]]) -> list[str]:
    """Each group that reaches itself, as a line; every member of one reaches every other."""
    reached = {one: _reached(one, imports) for one in imports}
    groups = {
        frozenset(other for other in reached[one] if one in reached.get(other, ()))
        for one in imports
        if one in reached[one]
    }
    return [f"A circle: {' ↔ '.join(sorted(group))}" for group in sorted(groups, key=sorted)]


def _reached(start: str, imports: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    left = list(imports.get(start, ()))
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += imports.get(one, ())
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if sys.argv[1:] else Path(__file__).parents[1])
