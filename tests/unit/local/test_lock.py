"""One command at a time changes a cluster; the second waits, says for whom, and may be stopped."""

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kubeface.local import lock

HOLD = """
import sys
from pathlib import Path
from kubeface.local import lock
lock.RUN = Path(sys.argv[1])
with lock.cluster_lock(sys.argv[2], sys.argv[3], say=lambda line: print(line, flush=True)):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(lock, "RUN", tmp_path / "run")
    return tmp_path / "run"


def test_the_second_waits_and_says_for_whom(run: Path) -> None:
    with _command(run, "face", "up") as first, _command(run, "face", "node add", line="") as second:
        said = _line(second)
        assert said.startswith(
            f"Another kubeface command is working on cluster face (pid {first.pid}): up; waiting"
        )
        assert second.poll() is None
        _end(first)
        assert _line(second) == "held"
        _end(second)
    assert not run.exists()  # nothing of it is left


def test_other_clusters_are_not_waited_for(run: Path) -> None:
    with _command(run, "face", "up") as first, _command(run, "face-two", "up") as second:
        assert sorted(lock.names()) == ["face", "face-two"]
        _end(first)
        _end(second)


def test_control_c_ends_the_wait_and_the_first_goes_on(run: Path) -> None:
    with _command(run, "face", "up") as first, _command(run, "face", "down", line="") as second:
        assert "waiting" in _line(second)
        second.send_signal(signal.SIGINT)
        assert second.wait(timeout=20) != 0
        assert (run / "face.lock").exists()
        _end(first)


def test_whoever_is_killed_holds_nothing_back(run: Path) -> None:
    with _command(run, "face", "up") as first:
        first.kill()
        first.wait(timeout=20)
    assert (run / "face.lock").exists()
    with lock.cluster_lock("face", "up", say=lambda line: pytest.fail(line)):
        assert (run / "face.lock").read_text() == f"{os.getpid()} up"


def test_many_at_once_come_one_by_one(run: Path, tmp_path: Path) -> None:
    """Each reads a number and writes the next one: one at a time, or some are lost."""
    number = tmp_path / "number"
    number.write_text("0")
    several = [multiprocessing.get_context("fork").Process(target=_count, args=(number,)) for _ in range(6)]
    for one in several:
        one.start()
    for one in several:
        one.join(timeout=60)
    assert [one.exitcode for one in several] == [0] * 6
    assert number.read_text() == str(6 * 20)
    assert not run.exists()


def _count(number: Path) -> None:
    for _ in range(20):
        with lock.cluster_lock("face", "count", say=lambda line: None):
            number.write_text(str(int(number.read_text()) + 1))


def _command(run: Path, *words: str, line: str = "held") -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(run), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if line:
        assert _line(process) == line
    return process


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _end(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=30)
    assert process.returncode == 0
