"""`kubeface new lesson`: what it makes keeps the rules at once, and what cannot be made is refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kubeface.errors import KubefaceError
from kubeface.places import SOURCE

pytestmark = pytest.mark.project

FOLDERS = ("lib", "notebooks", "manifests", "tests")
#: What looks at each lesson without a cluster, and at those that there are.
RULES = (
    "tests/notebooks/test_course.py",
    "tests/notebooks/test_figures.py",
    "tests/unit/project/test_mutations.py",
)
NEW = "16-a-small-lesson"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout's folders."""
    for name in FOLDERS:
        shutil.copytree(SOURCE / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SOURCE / "Makefile", tmp_path)
    shutil.copy(SOURCE / "pyproject.toml", tmp_path)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    return tmp_path


def run(checkout: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """A Python module of this environment, with the library of that checkout."""
    environment = os.environ | {"PYTHONPATH": str(checkout / "lib"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True)


def new(checkout: Path, name: str) -> subprocess.CompletedProcess[str]:
    return run(checkout, "kubeface", "new", "lesson", name)


def test_a_new_lesson_keeps_the_rules_of_every_lesson(checkout: Path) -> None:
    made = new(checkout, NEW)
    assert made.returncode == 0, made.stderr
    assert "Made lib/kubeface/exercises/nb16.py" in made.stdout
    chosen = "16- or nb16 or contents or its_exercises or has_one or mutations"
    ruled = run(checkout, "pytest", *RULES, "-q", "-m", "not cluster", "-k", chosen, "-p", "no:cacheprovider")
    assert ruled.returncode == 0, ruled.stdout
    for check in (("ruff", "check", "lib"), ("ruff", "format", "--check", "lib")):
        styled = run(checkout, *check)
        assert styled.returncode == 0, styled.stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("05-again", "There is a lesson 05 already.\nnotebooks/05-services-and-dns.ipynb"),
        ("18-too-far", "the next one is 16.\nTry: kubeface new lesson 16-too-far"),
        ("Sixteen", "'Sixteen' names no lesson"),
        ("16", "'16' names no lesson"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_written(
    checkout: Path, name: str, said: str
) -> None:
    before = sorted(checkout.glob("notebooks/*"))
    refused = new(checkout, name)
    assert refused.returncode == 1
    assert said in refused.stderr
    assert sorted(checkout.glob("notebooks/*")) == before


def test_an_installed_package_makes_no_lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kubeface.cli.new import lesson

    monkeypatch.setattr("kubeface.places.SOURCE", tmp_path)
    with pytest.raises(KubefaceError, match="made in a checkout of the course"):
        lesson(NEW)
