"""A node that starts again finds its cgroup as it was the first time."""

import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubeface.local.node_boot import make_as_new


@pytest.fixture
def group() -> Iterator[Path]:
    """A group of a v2 hierarchy: the only one of this machine, or the one beside those of v1."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    places = [Path(mount[1]) for mount in mounts if mount[2] == "cgroup2"]
    if not places:
        pytest.skip("this machine has no cgroup v2")
    made = places[0] / f"kubeface-test-{uuid.uuid4().hex[:8]}"
    try:
        made.mkdir()
    except OSError:
        pytest.skip("no groups may be made here")
    yield made
    made.rmdir()


def test_groups_below_it_go_even_while_a_killed_process_is_still_ending(group: Path) -> None:
    (group / "kubepods" / "pod").mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"]) as process:
        (group / "kubepods" / "pod" / "cgroup.procs").write_text(str(process.pid))
        process.kill()
        make_as_new(group)
    assert [path for path in group.iterdir() if path.is_dir()] == []


def test_a_process_that_lives_on_is_said(group: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        (group / "cgroup.procs").write_text(str(process.pid))
        with pytest.raises(TimeoutError, match="do not end"):
            make_as_new(group, timeout_s=0.1)
        process.kill()


def test_controllers_are_handed_out_no_longer(tmp_path: Path) -> None:
    (tmp_path / "cgroup.events").write_text("populated 0\nfrozen 0\n")
    (tmp_path / "cgroup.subtree_control").write_text("memory\n")
    make_as_new(tmp_path)
    assert (tmp_path / "cgroup.subtree_control").read_text() == "-memory"
