"""What the course has given into a folder: by path, the fingerprint of its latest version."""

import json
from pathlib import Path

from kubeface.places import RECORD

FILE = "given.json"


def path(folder: Path) -> Path:
    """The file that keeps it."""
    return folder / RECORD / FILE


def read(folder: Path) -> dict[str, str]:
    """What was given; nothing where nobody can tell any more, so that every file counts as the learner's."""
    try:
        kept = json.loads(path(folder).read_text())
    except (OSError, ValueError):
        return {}
    return {str(name): str(mark) for name, mark in kept.items()} if isinstance(kept, dict) else {}


def as_bytes(given: dict[str, str]) -> bytes:
    """The content of the file."""
    return f"{json.dumps(given, indent=1, sort_keys=True)}\n".encode()
