"""What the course gives a learner, read from its source."""

from collections.abc import Iterator
from pathlib import Path

from kubeface.editions import notebooks
from kubeface.model import gaps

#: What is read from the source, and where it lies in the learner's folder; `""` is its top.
_GIVEN = (
    ("notebooks", "[0-9][0-9]-*.ipynb", ""),
    ("notebooks", "exam.ipynb", ""),
    ("notebooks", "glossary.md", ""),
    ("notebooks", "pipeline.svg", ""),
    ("manifests", "**/*", "manifests"),
    ("images/receiver", "Dockerfile", "images/receiver"),
)


def read(source: Path, photos: Path) -> dict[str, bytes]:
    """The course's files for a learner, by their path in the learner's folder.

    Notebooks are without outputs, and notebooks and manifests have gaps where the learner is to write.

    Args:
        source: The folder that has notebooks/, manifests/ and images/; see `places.SOURCE`.
        photos: The folder of the course's photos.
    """
    found = {
        str(Path(place) / path.relative_to(source / folder)): path.read_bytes()
        for folder, pattern, place in _GIVEN
        for path in _files(source / folder, pattern)
    }
    for path in _files(photos, "*/*"):
        found[str(Path("photos") / path.relative_to(photos))] = path.read_bytes()
    return {name: _for_learners(name, data) for name, data in found.items()}


def _for_learners(name: str, data: bytes) -> bytes:
    if notebooks.is_one(name):
        return notebooks.cleared(data)
    return gaps.gapped(data.decode()).encode() if name.endswith(".yaml") else data


def _files(folder: Path, pattern: str) -> Iterator[Path]:
    for path in sorted(folder.glob(pattern)):
        hidden = any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path
