"""The start barrier delays kube-proxy while somebody holds it, and no longer than that somebody lives."""

import subprocess
import sys
from pathlib import Path

import pytest

from kubeface.local.start_barrier import start_barrier


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def lets_through(lock: Path) -> bool:
    """Whether another process comes through."""
    command = ["flock", "--shared", "--nonblock", str(lock), "true"]
    return subprocess.run(command, check=False).returncode == 0


def test_it_holds_back_until_its_end(lock: Path) -> None:
    assert lets_through(lock)
    with start_barrier([lock]):
        assert not lets_through(lock)
    assert lets_through(lock)


def test_it_ends_with_a_failure_too(lock: Path) -> None:
    with pytest.raises(KeyError), start_barrier([lock]):
        raise KeyError
    assert lets_through(lock)


def test_two_may_hold_it_and_neither_waits_for_the_other(lock: Path) -> None:
    with start_barrier([lock]):
        with start_barrier([lock]):
            pass
        assert not lets_through(lock)
    assert lets_through(lock)


def test_it_ends_when_who_holds_it_is_killed(lock: Path) -> None:
    script = "import sys; from pathlib import Path; from kubeface.local.start_barrier import start_barrier\n"
    script += "with start_barrier([Path(sys.argv[1])]): print('closed', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "closed\n"
        assert not lets_through(lock)
        holder.kill()
    assert lets_through(lock)
