"""A person's home, in which their edition of a small course lies."""

from collections.abc import Callable
from pathlib import Path

import pytest
from small_course import COURSE

from kubeface.editions import Folder


@pytest.fixture(autouse=True)
def _signatures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A learner's own folder, with the course in it."""
    folder = Folder(tmp_path / "home of anna" / "kubeface")
    folder.renew(COURSE)
    return folder


@pytest.fixture
def content(folder: Folder) -> Callable[[], dict[str, bytes]]:
    """What the learner sees: every file by its path, with the day on which it was put aside left out."""

    def read() -> dict[str, bytes]:
        found = {}
        for path in folder.path.rglob("*"):
            parts = path.relative_to(folder.path).parts
            if path.is_file() and parts[0] != ".kubeface":
                found["/".join((*parts[:1], *parts[2:]) if parts[0] == "earlier" else parts)] = (
                    path.read_bytes()
                )
        return found

    return read
