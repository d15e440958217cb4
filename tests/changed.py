"""What a change can have broken, tested at once: `make test-changed`, or since a commit: SINCE=main.

A test file is run when it, or a file that it imports, directly or through others, has changed. What is no
Python goes by its place: a notebook and what belongs to it by its number, a manifest to what reads manifests.
What takes a cluster and minutes is run where it was changed itself, and else left out, by name.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kubeface.util.process import foreground
from left_behind import end_in_order

ROOT = Path(__file__).parents[1]
#: With these, nothing is as it was.
EVERYTHING = ("pyproject.toml", "uv.lock", "tests/conftest.py")
SLOW = ("tests/cluster/", "tests/browser/", "tests/exercises/", "tests/notebooks/test_beginnings.py")
COURSE = "tests/notebooks/test_course.py"
OF_A_NOTEBOOK = re.compile(
    r"(?:notebooks/|manifests/lessons/|lib/kubeface/exercises/(?:own/)?nb)(\d\d)(?=[-._])"
)
#: What is imported by a name that is put together: a lesson by its number.
BY_NUMBER = {"lib/kubeface/exercises/course.py": "lib/kubeface/exercises/**/nb*.py"}
#: What the book is made of; its tests have an environment of their own.
OF_THE_BOOK = re.compile(
    r"docs/|tests/book/|notebooks/|manifests/|lib/|tests/rooms\.py|uv\.lock|.*\.md|Makefile|\.importlinter"
)
#: What is no Python, and the tests that read it.
READERS = {
    r"manifests/": ("tests/unit/manifests/",),
    r"images/": ("tests/unit/images/", "tests/services/"),
    r".*\.md|Makefile|\.ci/|\.github/": ("tests/unit/project/", "tests/notebooks/test_prose.py"),
    r"notebooks/": ("tests/notebooks/test_prose.py", COURSE),
}


@dataclass(frozen=True)
class Choice:
    """What to run.

    Args:
        files: Test files.
        notebooks: Numbers of notebooks to run live.
        left_out: Test files that may be broken too, and take a cluster and minutes.
        book: Whether the book can be another one.
    """

    files: list[str] = field(default_factory=list)
    notebooks: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    book: bool = False


def choose(changed: Iterable[str]) -> Choice:
    """The tests that a change of these files, named from the repository's root, can have broken."""
    changed = set(changed)
    tests = (str(path.relative_to(ROOT)) for path in ROOT.glob("tests/**/test_*.py"))
    every = sorted(test for test in tests if not test.startswith("tests/book/"))
    if changed & set(EVERYTHING):
        hit = set(every)
    else:
        hit = {test for test in every if changed & needed_by(test)}
        hit |= {test for test in every for place in _readers(changed) if test.startswith(place)}
    slow = {test for test in hit if test.startswith(SLOW) and test not in changed}
    found = (match[1] for name in changed if (match := OF_A_NOTEBOOK.match(name)))
    numbers = sorted(set(found) & {path.name[:2] for path in ROOT.glob("notebooks/[0-9][0-9]-*.ipynb")})
    return Choice(sorted(hit - slow), numbers, sorted(slow), any(map(OF_THE_BOOK.match, changed)))


def _readers(changed: set[str]) -> set[str]:
    plain = [name for name in changed if not name.endswith(".py")]
    return {
        one for start, tests in READERS.items() for one in tests if any(re.match(start, n) for n in plain)
    }


@cache
def needed_by(file: str) -> frozenset[str]:
    """A Python file, all that it imports, and the conftest.py files that stand above it."""
    seen: set[str] = set()
    above = [
        str(folder / "conftest.py")
        for folder in Path(file).parents
        if (ROOT / folder / "conftest.py").exists()
    ]
    todo = [file, *above]
    while todo:
        if (one := todo.pop()) not in seen:
            seen.add(one)
            todo += _imports(one)
    return frozenset(seen)


@cache
def _imports(file: str) -> tuple[str, ...]:
    folder = (ROOT / file).parent
    names = set(_imported(ast.parse((ROOT / file).read_text())))
    found = [path for name in names for path in _files(name, folder)]
    found += ROOT.glob(BY_NUMBER[file]) if file in BY_NUMBER else []
    return tuple(sorted({str(path.relative_to(ROOT)) for path in found}))


def _imported(tree: ast.AST) -> Iterator[str]:
    """The names that are imported, `a.b` for `from a import b`; not what is there for type checkers only."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{one.name}" for one in node.names)
        else:
            yield from _imported(node)


def _files(name: str, folder: Path) -> Iterator[Path]:
    """The files of this repository that importing a dotted name reads."""
    parts = _public().get(name, name).split(".")
    for root in (folder, *_roots()):
        for end in range(1, len(parts) + 1):
            place = root.joinpath(*parts[:end])
            if place.with_suffix(".py") in _python():
                yield place.with_suffix(".py")
            elif place / "__init__.py" in _python() and (end > 1 or parts == ["kubeface"]):
                yield place / "__init__.py"


@cache
def _roots() -> tuple[Path, ...]:
    """Where an import may begin."""
    return (ROOT / "lib", ROOT / "tests", *ROOT.glob("images/*"), *ROOT.glob("tests/*"))


@cache
def _python() -> frozenset[Path]:
    return frozenset(path for top in ("lib", "images", "tests") for path in (ROOT / top).rglob("*.py"))


@cache
def _public() -> dict[str, str]:
    """Where the names of `kubeface` are at home; the package itself imports them when they are asked for."""
    tree = ast.parse((ROOT / "lib/kubeface/__init__.py").read_text())
    checked = [node for node in tree.body if isinstance(node, ast.If)]
    return {
        f"kubeface.{one.asname or one.name}": f"{node.module}.{one.name}"
        for branch in checked
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for one in node.names
    }


def changed_since(commit: str) -> list[str]:
    """The files that differ from a commit, those that git does not know yet included."""
    known = _git("diff", "--name-only", commit, "--")
    return sorted({*known, *_git("ls-files", "--others", "--exclude-standard")})


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def main(since: str) -> int:
    changed = changed_since(since)
    choice = choose(changed)
    print(f"changed since {since}: {', '.join(changed) or 'nothing'}")
    for file in choice.left_out:
        print(
            f"left out, although it may be broken: {file} (it takes a cluster of its own; make test runs it)"
        )
    end_in_order()  # what runs has a cluster, and takes it down first
    os.chdir(ROOT)
    ends = [foreground(command) for command in _commands(choice)]
    return next((end for end in ends if end not in (0, 5)), 0)  # 5: nothing of a file is to be run


def _commands(choice: Choice) -> Iterator[list[str]]:
    pytest = [sys.executable, "-m", "pytest", "-q"]
    if choice.files:
        quick = "not cluster" if not any(file.startswith(SLOW) for file in choice.files) else ""
        yield [*pytest, *(["-m", quick] if quick else []), *choice.files]
    if choice.notebooks:
        wanted = " or ".join(f"[{number}- or [nb{number}." for number in choice.notebooks)
        yield [*pytest, "-m", "cluster", COURSE, "tests/exercises", "-k", wanted]
    if choice.book:
        yield ["make", "test-book"]


if __name__ == "__main__":
    sys.exit(main(os.environ.get("SINCE") or "HEAD"))
