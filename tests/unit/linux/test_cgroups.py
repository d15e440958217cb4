"""Groups of processes, in a folder that stands for the kernel's."""

import os
import shutil
from pathlib import Path

import pytest

from kubeface.linux import cgroups


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One hierarchy with a group of two others, each with one process."""
    for number, name in enumerate(("pods/going", "pods/staying"), start=1):
        (tmp_path / "v1" / name).mkdir(parents=True)
        (tmp_path / "v1" / name / "cgroup.procs").write_text(f"{number}\n")
    (tmp_path / "v1" / "pods" / "cgroup.procs").write_text("")
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    return tmp_path / "v1"


def test_the_processes_of_a_group_are_those_below_it_too(root: Path) -> None:
    assert cgroups.processes("pods") == [1, 2]
    assert cgroups.processes("nobody") == []


def test_a_group_may_go_while_its_processes_are_asked_for(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = os.scandir

    def just_too_late(folder: str | Path) -> object:
        if Path(folder) == root / "pods" / "going":
            monkeypatch.setattr(os, "scandir", look)
            shutil.rmtree(folder)
        return look(folder)

    monkeypatch.setattr(os, "scandir", just_too_late)
    assert cgroups.processes("pods") == [2]
