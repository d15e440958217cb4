"""Files whole or not at all; programs that fail say how."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from kubeface.errors import CommandFailed, Missing, NotReady
from kubeface.host import files
from kubeface.host.process import find, run
from kubeface.host.waiting import wait_for_exit, wait_until


def test_a_file_is_written_once_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "deep/er/file"
    assert files.write(path, "text", mode=0o640)
    assert not files.write(path, "text", mode=0o640)
    assert files.write(path, "text", mode=0o600)
    assert (path.read_text(), path.stat().st_mode & 0o777, len(list(path.parent.iterdir()))) == (
        "text",
        0o600,
        1,
    )


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    files.write(path, "old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match=r"No space"):
        files.write(path, "new")
    assert (path.read_text(), list(tmp_path.iterdir())) == ("old", [path])


def test_the_tail_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {number}\n" for number in range(10_000)))
    assert files.tail(log, 2) == "line 9998\nline 9999"
    assert "No such file" in files.tail(tmp_path / "none")


def test_a_failed_program_shows_its_exit_code_and_words() -> None:
    with pytest.raises(CommandFailed, match=r"(?s)Trying failed \(exit code 3\).*out of luck"):
        run(["sh", "-c", "echo out of luck >&2; exit 3"], what="Trying")


def test_a_program_that_hangs_is_stopped() -> None:
    with pytest.raises(CommandFailed, match=r"did not end within"):
        run(["tail", "-f", "/dev/null"], what="Trying", timeout_s=0.2)


def test_a_program_that_is_not_there_is_missing() -> None:
    with pytest.raises(Missing, match=r"no-such-program"):
        find("no-such-program")
    with pytest.raises(Missing, match=r"no-such-program"):
        run(["no-such-program"], what="Trying")


def test_a_wait_ends_with_the_condition_the_deadline_or_the_process() -> None:
    answers = iter([False, False, True])
    assert wait_until(lambda: next(answers), what="never", timeout_s=5) < 5
    with pytest.raises(NotReady, match=r"It is not so after 0.1 s"):
        wait_until(lambda: False, what="It is not so", timeout_s=0.1)


def test_waiting_for_an_exit_tells_who_still_lives() -> None:
    with subprocess.Popen(["tail", "-f", "/dev/null"]) as process:
        assert wait_for_exit([process.pid], timeout_s=0.1) == [process.pid]
        process.send_signal(signal.SIGKILL)
        assert wait_for_exit([process.pid], timeout_s=5) == []


def test_the_disk_that_a_folder_takes_counts_each_file_once(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"x" * 100_000)
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    (tmp_path / "hole").touch()
    os.truncate(tmp_path / "hole", 10_000_000)
    assert 100_000 <= files.disk_bytes(tmp_path) < 1_000_000
    assert files.disk_bytes(tmp_path / "none") == 0
