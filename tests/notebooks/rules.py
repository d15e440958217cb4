"""What a committed notebook must be, read from the file alone: the holes that nbval leaves open.

nbval runs the cells and compares outputs. It stays green when there is nothing to compare, when a cell was
never run, when a marker is misspelt, when a shell command fails. Each rule closes one such hole and says why.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

import kubeface
from kubeface.model import gaps

IGNORES = "nbval-ignore-output"
RAISES = "raises-exception"
NAME = re.compile(r"(\d\d-[a-z0-9-]+|exam)\.ipynb")
# IPython turns !cmd, !!cmd, %sx and %%bash into calls of these; their exit status is easily lost.
SHELL_CALLS = {"system", "getoutput", "getoutputs", "popen", "call", "getstatusoutput"}
SHELL_MAGICS = {"bash", "sh", "script", "system", "sx", "!", "cmd"}
PICTURES = {"image/png", "image/jpeg"}


def violations(path: Path) -> list[str]:
    """Every broken rule as one sentence, in the order of the cells; empty for a sound notebook."""
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [*_about_file(path, notebook), *_about_run(cells), *_about_tasks(cells)]
    for number, cell in enumerate(cells):
        found += [f"cell {number}: {sentence}" for rule in CELL_RULES for sentence in rule(cell)]
    return [f"{path.name}: {sentence}" for sentence in found]


def _about_file(path: Path, notebook: NotebookNode) -> Iterator[str]:
    if not NAME.fullmatch(path.name):
        yield "the name should look like 03-deploy-the-receiver.ipynb"
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "the kernel should be python3, which every environment has"


def _about_tasks(cells: list[NotebookNode]) -> Iterator[str]:
    tasks = [gap.sentence for gap in (gaps.read(cell.source) for cell in cells) if gap]
    yield from (
        f"the task {one!r} stands in two cells, so that nobody knows whose answer is meant"
        for one in sorted(set(tasks))
        if tasks.count(one) > 1
    )


def _about_run(cells: list[NotebookNode]) -> Iterator[str]:
    if [cell.execution_count for cell in cells] != list(range(1, len(cells) + 1)):
        yield "the cells were not run once each from top to bottom; run `make notebooks`"
    if not any(cell.outputs and not ignores_output(cell) for cell in cells):
        yield "no output is stored, so nothing is compared; run `make notebooks`"


def ignores_output(cell: NotebookNode) -> bool:
    """True when nbval will run this cell and compare nothing."""
    return IGNORES in cell.metadata.get("tags", [])


def _was_run(cell: NotebookNode) -> Iterator[str]:
    if not cell.source.strip():
        yield "is empty; remove it"
    elif cell.execution_count is None:
        yield "was never run, and nbval compares no output of such a cell"


def _markers(cell: NotebookNode) -> Iterator[str]:
    for line in cell.source.splitlines():
        if re.search("nbval|pytest_validate", line, re.IGNORECASE):
            yield f"has the test mark {line.strip()!r} in what a learner reads; tag the cell {IGNORES!r}"
    for tag in set(cell.metadata.get("tags", [])) - {RAISES, IGNORES}:
        yield f"has the tag {tag!r}; only {RAISES!r} and {IGNORES!r} have a meaning here"


def _errors(cell: NotebookNode) -> Iterator[str]:
    stored = [output.ename for output in cell.outputs if output.output_type == "error"]
    expected = RAISES in cell.metadata.get("tags", [])
    if stored and not expected:
        yield f"stores the error {stored[0]}; repair the cell, or tag it {RAISES!r} if the lesson wants it"
    if expected and not stored:
        yield f"is tagged {RAISES!r} but stores no error"
    if expected and ignores_output(cell):
        yield f"is tagged {RAISES!r} and ignores its output: any error at all would pass"


def _calls(cell: NotebookNode) -> Iterator[str]:
    for call in (node for node in ast.walk(_tree(cell)) if isinstance(node, ast.Call)):
        yield from _one_call(call)


def _is_python(cell: NotebookNode) -> Iterator[str]:
    try:
        ast.parse(TransformerManager().transform_cell(cell.source))
    except SyntaxError as error:
        yield f"is not Python: {error.msg}"


def _tree(cell: NotebookNode) -> ast.Module:
    """The cell as Python; without anything in it, when it is none."""
    try:
        return ast.parse(TransformerManager().transform_cell(cell.source))
    except SyntaxError:
        return ast.Module([], [])


def _imports(cell: NotebookNode) -> Iterator[str]:
    """What a learner copies keeps working: only public names do."""
    for node in ast.walk(_tree(cell)):
        if isinstance(node, ast.ImportFrom):
            yield from _private(node.module or "", [alias.name for alias in node.names])
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield from _private(alias.name, [])


def _private(home: str, names: list[str]) -> Iterator[str]:
    if home.startswith("kubeface."):
        yield f"imports from {home}, which is not public; use `from kubeface import ...`"
    if home == "kubeface":
        private = [name for name in names if name not in kubeface.__all__]
        yield from (f"imports {name}, no public name of kubeface" for name in private)


def _one_call(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
    magic = name in {"run_cell_magic", "run_line_magic"} and first in SHELL_MAGICS
    if magic or name in SHELL_CALLS:
        yield "runs a shell command whose failure nobody sees; use kubectl(...) from kubeface"
    elif name in {"run", "Popen"} and isinstance(call.func, ast.Attribute) and not _checks_status(call):
        yield "runs a program without check=True, so its failure passes unseen"
    elif name == "sleep":
        yield "sleeps; wait for what is meant to happen with wait(...)"


def _checks_status(call: ast.Call) -> bool:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if getattr(owner, "id", "") != "subprocess":
        return True
    return any(word.arg == "check" and getattr(word.value, "value", False) is True for word in call.keywords)


def _pictures(cell: NotebookNode) -> Iterator[str]:
    for output in cell.outputs:
        data = output.get("data", {})
        if re.search("data:image/(png|jpeg)", data.get("text/html", "")):
            yield "stores a photo, which is not ours to publish; run `make notebooks`"
        if PICTURES & data.keys() and data.get("text/plain", "<").startswith("<"):
            yield "shows a picture that says nothing as text; nbval does not compare pixels"


def _task(cell: NotebookNode) -> Iterator[str]:
    """What a learner is to write can be cut out by its marks, and what is left is a cell."""
    gap = gaps.read(cell.source)
    if gap is None:
        if re.search(r"^\s*# ?(your turn|left out|given:)", cell.source, re.IGNORECASE | re.MULTILINE):
            yield "has a mark of a task, and no task: it begins with `# Your turn: ` and says what to do"
        return
    yield from gap.faults
    if RAISES in cell.metadata.get("tags", []):
        yield f"has a task and is tagged {RAISES!r}: a notebook goes on after it, also while it is open"
    yield from _is_python(nbformat.from_dict({"source": gap.gapped}))


def _applies(cell: NotebookNode) -> Iterator[str]:
    for options in re.findall(r"\bapply (-.*)", cell.source):
        if "--server-side" not in options:
            yield "applies without --server-side: kubectl would warn of each object that the course has made"


CELL_RULES = (_was_run, _markers, _errors, _is_python, _calls, _imports, _pictures, _applies, _task)
