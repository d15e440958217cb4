"""The book's sources, put together in one folder that is laid out as the repository is.

So a relative link between two committed files is the same link between two pages. A file that is linked and
is no page comes along, to be downloaded.
"""

import re
import shutil
from pathlib import Path

import drawing
import lessons
import manifests
import reference
from glossary import Glossary

#: Pages that the repository has already, as they are.
PAGES = ("README.md", "CONTRIBUTING.md", "DECISIONS.md", "CHANGELOG.md", "docs/**/*.md", "images/**/*.md")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)")


def assemble(root: Path, target: Path) -> None:
    """Write everything that Sphinx reads into `target`, which is made anew."""
    shutil.rmtree(target, ignore_errors=True)
    notebooks = lessons.read(root / "notebooks")
    first = root / "docs" / "book" / "index.md"  # its links are those of the site's root
    words = Glossary(root / "notebooks" / "glossary.md", notebooks)
    pages = {
        **{str(file.relative_to(root)): file.read_text() for file in _committed(root) if file != first},
        "images/README.md": _with_all(root / "images"),
        "index.md": first.read_text(),
        **{one.page: lessons.text(one, words, notebooks) for one in notebooks},
        "notebooks/exam.ipynb": lessons.text(lessons.exam(root / "notebooks"), words, notebooks),
        **manifests.pages(root, notebooks),
        **reference.pages(),
        "notebooks/README.md": lessons.record(root / "notebooks" / "README.md"),
        "notebooks/glossary.md": words.page(),
        "parts/lessons.txt": lessons.contents(notebooks),
        "parts/rooms.txt": drawing.rooms(root),
    }
    for name, text in pages.items():
        _write(target / name, text)
    for name, text in pages.items():
        _bring(root, target, Path(name).parent, text)


def _committed(root: Path) -> list[Path]:
    return [file for pattern in PAGES for file in sorted(root.glob(pattern))]


def _with_all(folder: Path) -> str:
    """A folder's page, with the list of those in the folders below it."""
    tree = "\n".join(str(file.relative_to(folder)) for file in sorted(folder.glob("*/README.md")))
    return f"{(folder / 'README.md').read_text()}\n```{{toctree}}\n:hidden:\n\n{tree}\n```\n"


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _bring(root: Path, target: Path, folder: Path, text: str) -> None:
    """What a page links to and the repository has, beside the pages."""
    for link in LINK.findall(text):
        file = (root / folder / link).resolve()
        if file.is_file() and root in file.parents:
            copy = target / file.relative_to(root)
            if not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
