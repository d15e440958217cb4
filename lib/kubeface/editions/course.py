"""What the course gives a learner, read from its checkout."""

from collections.abc import Iterator
from pathlib import Path

from kubeface.editions import notebooks

#: What is read from the checkout, and where it lies in the learner's folder; `""` is its top.
_GIVEN = (
    ("notebooks", "[0-9][0-9]-*.ipynb", ""),
    ("notebooks", "glossary.md", ""),
    ("manifests", "**/*", "manifests"),
    ("images/receiver", "Dockerfile", "images/receiver"),
)


def read(checkout: Path, photos: Path) -> dict[str, bytes]:
    """The course's files for a learner, by their path in the learner's folder: notebooks without outputs.

    Args:
        checkout: Of the project.
        photos: The folder of the course's photos.
    """
    found = {
        str(Path(place) / path.relative_to(checkout / folder)): path.read_bytes()
        for folder, pattern, place in _GIVEN
        for path in _files(checkout / folder, pattern)
    }
    for path in _files(photos, "*/*"):
        found[str(Path("photos") / path.relative_to(photos))] = path.read_bytes()
    return {name: notebooks.cleared(data) if notebooks.is_one(name) else data for name, data in found.items()}


def _files(folder: Path, pattern: str) -> Iterator[Path]:
    for path in sorted(folder.glob(pattern)):
        hidden = any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path
