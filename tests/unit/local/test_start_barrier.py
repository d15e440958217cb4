"""The gate in front of kube-proxy is open unless somebody holds it, and that somebody lives."""

import subprocess
import sys
from pathlib import Path

import pytest

from kubeface.local.start_barrier import StartBarrier


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def lets_through(lock: Path) -> bool:
    """Whether another process comes through."""
    command = ["flock", "--shared", "--nonblock", str(lock), "true"]
    return subprocess.run(command, check=False).returncode == 0


def test_it_is_closed_until_it_is_opened(lock: Path) -> None:
    gate = StartBarrier([lock])
    assert lets_through(lock)
    gate.close()
    assert not lets_through(lock)
    gate.open()
    assert lets_through(lock)
    gate.open()


def test_two_may_close_it_and_neither_waits_for_the_other(lock: Path) -> None:
    first, second = StartBarrier([lock]), StartBarrier([lock])
    first.close()
    second.close()
    second.open()
    assert not lets_through(lock)
    first.open()
    assert lets_through(lock)


def test_it_opens_when_who_closed_it_is_killed(lock: Path) -> None:
    script = "import sys; from pathlib import Path; from kubeface.local.start_barrier import StartBarrier\n"
    script += "barrier = StartBarrier([Path(sys.argv[1])]); barrier.close(); print('closed', flush=True)\n"
    script += "sys.stdin.read()"
    command = [sys.executable, "-c", script, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "closed\n"
        assert not lets_through(lock)
        holder.kill()
    assert lets_through(lock)
