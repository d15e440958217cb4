"""`make` on the machine as it is: folders with a space in their name, a Python that is not there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tracked import ROOT

pytestmark = pytest.mark.project

NEEDED = ("bash", "env", "sh", "touch")
READY = ".venv/.synced"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a space in its name, and in it what `make` reads."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, folder)
    return folder


def make(checkout: Path, *programs: str | Path) -> subprocess.CompletedProcess[str]:
    """Prepare the checkout, in a home with a space in its name; only these programs are on the PATH."""
    path = checkout.parent / "bin"
    path.mkdir()
    for one in (*NEEDED, *programs):
        found = shutil.which(one)
        assert found, one
        (path / Path(one).name).symlink_to(found)
    home = checkout.parent / "home of anna"
    home.mkdir()
    program = shutil.which("make")
    assert program
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KUBEFACE", "MAKE"))}
    settings = {"PATH": str(path), "HOME": str(home), "PIP_NO_INDEX": "1"}
    return subprocess.run(
        [program, "-C", checkout, READY], env=kept | settings, capture_output=True, text=True, check=False
    )


def test_a_home_with_a_space_in_its_name_is_one_folder(checkout: Path) -> None:
    python = checkout.parent / "python3"
    python.symlink_to(getattr(sys, "_base_executable", sys.executable))
    mine = checkout.parent / "home" / "mine"
    mine.parent.mkdir()
    mine.touch()  # what was cleared in the place of "home of anna"
    done = make(checkout, python)
    assert mine.exists()
    assert (checkout.parent / "home of anna/.cache/kubeface/uv/bin/python").exists()
    assert "No matching distribution found for uv" in done.stderr  # what pip itself said stands there


def test_a_python_that_is_not_there_is_not_called_its_venv_module(checkout: Path) -> None:
    done = make(checkout)
    assert done.returncode == 2
    assert "Python does not start" in done.stderr
    assert "venv" not in done.stderr.split("make: ")[0]
