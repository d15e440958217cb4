"""Groups of processes, in a folder that stands for the kernel's."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubeface.linux import cgroups

#: What a container's root is, made by hand: a group of its own is the root of all that it sees.
CONTAINER = """
echo $$ > "$1/cgroup.procs"
exec unshare --cgroup --mount sh -ec 'mount -t cgroup2 cgroup2 /sys/fs/cgroup; exec "$@"' sh "$2" -c "$3"
"""
IN_IT = """
from pathlib import Path
from kubeface.linux import cgroups
assert Path("/proc/self/cgroup").read_text().splitlines()[-1] == "0::/"
cgroups.make("made/below")
cgroups.make("made/below")  # once more changes nothing
print(Path("/proc/self/cgroup").read_text().splitlines()[-1])
print((cgroups.ROOT / "made" / "cgroup.controllers").read_text())
"""


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


@pytest.fixture
def group() -> Iterator[Path]:
    """A group of the kernel's unified hierarchy that may limit something, as a container has it."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    tops = [Path(point) for _, point, kind, *_ in mounts if kind == "cgroup2"]
    if not tops or not (controllers := (tops[0] / "cgroup.controllers").read_text().split()):
        pytest.skip("this kernel has no controller in a hierarchy of version 2")
    handed_out = tops[0] / "cgroup.subtree_control"
    new = "" if controllers[-1] in handed_out.read_text().split() else controllers[-1]
    folder = tops[0] / f"container-{os.getpid()}"
    handed_out.write_text(f"+{controllers[-1]}")
    folder.mkdir()
    try:
        yield folder
    finally:
        for below, _, _ in os.walk(folder, topdown=False):
            Path(below).rmdir()
        if new:
            with contextlib.suppress(OSError):  # somebody hands it on meanwhile
                handed_out.write_text(f"-{new}")


@pytest.mark.skipif(os.geteuid() != 0, reason="groups are root's")
def test_in_a_container_the_processes_step_aside(group: Path) -> None:
    command = ["sh", "-ec", CONTAINER, "sh", group, sys.executable, IN_IT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    where, controllers = done.stdout.split("\n", 1)
    assert where == f"0::/{cgroups.ASIDE}"
    assert controllers.split()
    assert sorted(one.name for one in group.iterdir() if one.is_dir()) == [cgroups.ASIDE, "made"]
