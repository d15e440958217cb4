"""A page for each folder of manifests: its files as they are, comments and all."""

import re
from pathlib import Path

from lessons import Notebook, link_numbers

LANGUAGES = {".yaml": "yaml", ".sql": "sql", ".sh": "bash"}
IN_A_COMMENT = re.compile(r"#.*\b[Nn]otebooks? (\d\d)\b")


def pages(root: Path, lessons: list[Notebook]) -> dict[str, str]:
    """Every page, by its file from the repository's root, the first one with the list of the others."""
    folder = root / "manifests"
    parts = [one.name for one in sorted(folder.iterdir()) if one.is_dir()]
    components = [one for one in parts if one not in ("lessons", "overlays")]
    overlays = [f"overlays/{one.name}" for one in sorted((folder / "overlays").iterdir())]
    of_lessons = [f"lessons/{one.name}" for one in sorted((folder / "lessons").iterdir())]
    known = {one.number: one for one in lessons}
    titles = {
        **{one: one for one in components},
        **{one: f"overlay {Path(one).name}" for one in overlays},
        **{one: _of_lesson(Path(one).name, known) for one in of_lessons},
    }
    tree = "".join(f"{title} <{one}>\n" for one, title in titles.items())
    first = (folder / "README.md").read_text() + f"\n```{{toctree}}\n:hidden:\n\n{tree}```\n"
    listed = "\n\n## Pages\n\n" + "\n".join(f"- [{title}]({one}.md)" for one, title in titles.items()) + "\n"
    whole = (folder / "kustomization.yaml").read_text().rstrip("\n")
    return {
        "manifests/README.md": f"{first}{listed}\n## kustomization.yaml\n\n```yaml\n{whole}\n```\n",
        **{f"manifests/{one}.md": _page(root, one, title, lessons) for one, title in titles.items()},
    }


def _of_lesson(folder: str, known: dict[str, Notebook]) -> str:
    """What a folder of manifests is for: a lesson by its number, or the exam."""
    number = folder[:2]
    return f"lesson {number} {known[number].title}" if number in known else f"the {folder}"


def _page(root: Path, name: str, title: str, lessons: list[Notebook]) -> str:
    folder = root / "manifests" / name
    up = "../" * (name.count("/") + 1)
    files = [file for file in sorted(folder.rglob("*")) if file.suffix in LANGUAGES]
    heading = title[0].upper() + title[1:] if "/" in name else title
    blocks = [f"# {heading}", *_told(root, name, up)]
    numbers = sorted({number for file in files for number in IN_A_COMMENT.findall(file.read_text())})
    if numbers:
        told = ", ".join(f"notebook {number}" for number in numbers)
        blocks.append(f"The comments name {link_numbers(told, lessons, f'{up}notebooks/')}.")
    for file in files:
        text = file.read_text().rstrip("\n")
        blocks.append(f"## {file.relative_to(folder)}\n\n```{LANGUAGES[file.suffix]}\n{text}\n```")
    return "\n\n".join(blocks) + "\n"


def _told(root: Path, name: str, up: str) -> list[str]:
    image = "nsq" if name.startswith("nsq") else name
    if not (root / "images" / image / "README.md").exists():
        return []
    return [f"What runs here, its settings and its ends: [image {image}]({up}images/{image}/README.md)."]
