"""Files whole or not at all; programs that fail say how."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
from types import SimpleNamespace

import pytest

from kubeface.errors import CommandFailed, Missing, NotReady
from kubeface.util import files, waiting
from kubeface.util.locks import locked
from kubeface.util.process import find, run
from kubeface.util.waiting import attempts, wait_for_exit, wait_until


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


def test_a_wait_looks_once_more_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def pause(seconds: float) -> None:
        now[0] += seconds

    looks = [now[0] for _ in attempts(timeout_s=0.3, every_s=0.2, pause=pause)]
    assert looks == pytest.approx([0.0, 0.2, 0.3])
    assert len(list(attempts(timeout_s=0, every_s=60))) == 1


def test_one_process_at_a_time_holds_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "deep/er/work.lock"
    holding = (
        "import sys; from pathlib import Path; from kubeface.util.locks import locked\n"
        "with locked(Path(sys.argv[1])): print('held', flush=True); input()"
    )
    waited: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(path)], stdin=PIPE, stdout=PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"

        def when_held() -> None:
            waited.append("it is held")
            other.kill()  # however it ends

        with locked(path, when_held=when_held):
            assert waited == ["it is held"]
    with locked(path, when_held=lambda: waited.append("again")), locked(tmp_path):  # a folder, too
        assert waited == ["it is held"]


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


def test_a_program_gets_the_network_s_settings_and_none_of_the_person_s_tools(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs = (
        "GOFLAGS",
        "PYTHONPATH",
        "PIP_USER",
        "PIP_REQUIRE_VIRTUALENV",
        "BUILDAH_FORMAT",
        "LANG",
        "LC_TIME",
    )
    for name in theirs:
        monkeypatch.setenv(name, "theirs")
    monkeypatch.setenv("https_proxy", "http://proxy:1")
    monkeypatch.setenv("NO_PROXY", "10.0.0.0/8")
    monkeypatch.setenv("KUBEFACE_CACHE", "/ours")
    told = run(["env"], what="Asking", env={"GOFLAGS": "-ours"}).splitlines()
    assert {
        "https_proxy=http://proxy:1",
        "NO_PROXY=10.0.0.0/8",
        "KUBEFACE_CACHE=/ours",
        "GOFLAGS=-ours",
    } <= set(told)
    assert [line for line in told if line.endswith("=theirs")] == []


def test_a_program_that_does_not_end_in_time_ends_with_all_it_started(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    with pytest.raises(CommandFailed, match="did not end within"):
        run(["sh", "-c", f"tail -f /dev/null & echo $! > {pid}; wait"], what="Waiting", timeout_s=1)
    assert wait_for_exit([int(pid.read_text())], timeout_s=5) == []


def test_the_tail_of_a_log_has_as_many_lines_as_were_asked_for(tmp_path: Path) -> None:
    log = tmp_path / "log"
    lines = [f"line {number} " + "ü" * 400 for number in range(2000)]
    log.write_text("\n".join(lines) + "\n")
    for count in (1, 179, 1000, 1999, 2000, 5000):
        assert files.tail(log, count).splitlines() == lines[-count:]
    log.write_text("")
    assert files.tail(log, 10) == ""


@pytest.mark.parametrize("said", ["write /x: no space left on device", "tar: Disk quota exceeded"])
def test_a_full_disk_is_told_with_what_to_do(said: str) -> None:
    with pytest.raises(CommandFailed, match=r"(?s)Try: make room on the disk \(df -h"):
        run(["sh", "-c", f"echo '{said}' >&2; exit 1"], what="Copying")


def test_a_full_folder_for_temporary_files_is_named(tmp_path: Path) -> None:
    full = tmp_path / "t m p"
    full.mkdir()
    script = f"""
mount -t tmpfs -o size=64k tmpfs "$TMPDIR"
cp /dev/zero "$TMPDIR/all" 2>/dev/null || true
exec "{sys.executable}" -c 'from kubeface.util import process
process.run(["mktemp", "-d", "XXXX", "--tmpdir"], what="Making a folder")
process.run(["cp", "/bin/sh", "/proc/self/environ", "{full}"], what="Copying")'
"""
    done = subprocess.run(
        ["unshare", "--mount", "bash", "-c", script],
        env={**os.environ, "TMPDIR": str(full)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"Try: make room on {full}" in done.stderr
    assert "TMPDIR=/var/tmp" in done.stderr
