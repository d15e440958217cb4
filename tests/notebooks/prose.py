"""What a notebook's text promises, held against the repository: files, commands, links, terms, minutes."""

import ast
import builtins
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import minutes
import nbformat
import typer.main
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

import kubeface
from kubeface.cli.commands import app
from kubeface.kube import find_kubectl

ROOT = Path(__file__).parents[2]
GLOSSARY = "glossary.md"

SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
BOLD = re.compile(r"\*\*(?!\s)([^*\n]+?)(?<!\s)\*\*")
IN_REPOSITORY = re.compile(r"(?:manifests|images|lib|notebooks|tests|docs)/[\w./-]*\w/?")
#: Names that every notebook's kernel has from the beginning.
GIVEN = {"display", "get_ipython"}
#: What a learner says; a text that names one offers it, also without its parentheses.
VERBS = {"check", "hint", "predict", "solution", "wait", "Lesson"} & set(kubeface.__all__)
#: What is bold because it opens a paragraph of the frame, and is no term.
LABELS = {"what you will see", "what you saw", "you need", "time", "guess first", "goal"}


def broken_promises(path: Path) -> list[str]:
    """What the notebook's text says and the repository does not keep, one sentence each."""
    notebook = nbformat.read(path, as_version=4)
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    found: list[str] = []
    for text in texts:
        outside = FENCE.sub("", text)
        found += [*_links(path, outside), *_spans(outside), *_manifests(text), *_terms(path, outside)]
    return [*found, *_names(notebook), *_minutes(path, notebook)]


def _links(path: Path, text: str) -> Iterator[str]:
    for target in LINK.findall(text):
        file = target.partition("#")[0]
        if file and not re.match(r"https?:|data:|attachment:", target) and not (path.parent / file).exists():
            yield f"the link to {target} leads nowhere"


def _spans(text: str) -> Iterator[str]:
    for span in SPAN.findall(text):
        words = span.split()
        if IN_REPOSITORY.fullmatch(span) and not (ROOT / span).exists():
            yield f"there is no file {span}"
        elif words[0] == "kubeface" and len(words) > 1 and words[1] not in kubeface_commands():
            yield f"there is no command {span}"
        elif words[0] == "make" and len(words) == 2 and not re.search(rf"^{words[1]}:", _makefile(), re.M):
            yield f"there is no target {span}"
        elif words[0] in ("kubectl", "%kubectl") and len(words) > 1 and words[1] not in kubectl_verbs():
            yield f"kubectl knows no {words[1]!r}: {span}"
        elif words[:2] == ["kubectl", "apply"] and len(words) > 2 and "--server-side" not in words:
            yield f"kubectl would warn of what the course has made; --server-side is missing: {span}"


def _names(notebook: NotebookNode) -> Iterator[str]:
    """What the text offers to be called is there when it does, or after the next cell."""
    known = set(dir(builtins)) | GIVEN
    cells = notebook.cells
    for number, cell in enumerate(cells):
        if cell.cell_type != "markdown":
            continue
        code = [one.source for one in cells[: number + 1] if one.cell_type == "code"]
        code += [one.source for one in cells[number + 1 :] if one.cell_type == "code"][:1]
        there = known.union(*map(made_by, code))
        for span in SPAN.findall(FENCE.sub("", cell.source)):
            if (name := offered(span)) and name not in there:
                yield f"the text offers {span}, and the notebook has no {name}"


def offered(span: str) -> str:
    """The name that a piece of code in the text takes for granted; empty when it is no call and no verb."""
    try:
        code = ast.parse(span, mode="eval").body
    except SyntaxError:
        return ""
    if isinstance(code, ast.Name):
        return code.id if code.id in VERBS else ""
    if not any(isinstance(node, ast.Call) for node in ast.walk(code)):
        return ""
    while isinstance(code, (ast.Call, ast.Attribute, ast.Subscript)):
        code = code.func if isinstance(code, ast.Call) else code.value
    return code.id if isinstance(code, ast.Name) else ""


def made_by(source: str) -> set[str]:
    """The names that a cell's code makes."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(TransformerManager().transform_cell(source))):
        if isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
    return found


def missing_in(source: str) -> set[str]:
    """The names that a piece of code uses and does not make, but for `cluster`, which every notebook has."""
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    return used - made_by(source) - set(dir(builtins)) - {"cluster"}


def _manifests(text: str) -> Iterator[str]:
    """A manifest in the text is a part of one that is applied, to the letter."""
    for language, block in FENCE.findall(text):
        if language in ("yaml", "yml") and not any(block.strip() in held for held in _applied()):
            yield f"a manifest is shown that no file holds: {block.strip().splitlines()[0]} …"


def _terms(path: Path, text: str) -> Iterator[str]:
    known = terms(path.parent / GLOSSARY)
    for bold in BOLD.findall(text):
        term, is_label = plain(bold), bold.endswith((":", ".", "?"))
        if term not in LABELS and term not in known and not is_label:
            yield f"{bold!r} is bold and not in {GLOSSARY}"


def _minutes(path: Path, notebook: NotebookNode) -> Iterator[str]:
    if not minutes.is_lesson(path):
        return
    known = minutes.read(path.parent).get(path.name[:2])
    text = notebook.cells[0].source
    if known is None:
        yield "its minutes were never measured; run `make notebooks`"
    elif not minutes.TIME.search(text):
        yield "its first cell has no line such as **Time** 30 minutes."
    elif f"**Time** {known.minutes} minutes." not in text:
        yield f"it does not say the {known.minutes} minutes that were measured"


def terms(glossary: Path) -> dict[str, str]:
    """Each term of the glossary, in small letters and the singular, and what its line says."""
    lines = glossary.read_text().splitlines() if glossary.exists() else []
    split = (line.strip("| ").split(" | ", 1) for line in lines if line.startswith("| **"))
    return {plain(term.strip("* ")): said for term, said in split}


def plain(term: str) -> str:
    """A term as it is compared: small letters, no code marks, the singular."""
    word = term.replace("`", "").strip(" :.,")
    if word.endswith("ies"):
        word = f"{word[:-3]}y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word.lower()


@cache
def kubeface_commands() -> frozenset[str]:
    """The words that may follow `kubeface`."""
    return frozenset(typer.main.get_group(app).commands)


@cache
def kubectl_verbs() -> frozenset[str]:
    """The words that may follow `kubectl`, as it lists them itself."""
    said = subprocess.run([find_kubectl(), "help"], check=True, capture_output=True, text=True).stdout
    listed = re.findall(r"^  ([a-z-]+)  ", said, re.MULTILINE)
    return frozenset(listed) | {"kustomize", "help"}


@cache
def _makefile() -> str:
    return (ROOT / "Makefile").read_text()


@cache
def _applied() -> tuple[str, ...]:
    return tuple(file.read_text() for file in ROOT.glob("manifests/**/*.yaml"))
