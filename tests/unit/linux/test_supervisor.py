"""Programs under supervision, tested with shell one-liners."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kubeface.errors import Crashed, NotReady
from kubeface.linux.supervisor import Program, Supervisor
from kubeface.util.environment import PROXIES
from kubeface.util.waiting import wait_for_exit, wait_until

Start = Callable[..., Supervisor]
#: What people set for their own tools.
SETTINGS = (
    "GOFLAGS", "GOTOOLCHAIN", "GODEBUG", "PYTHONPATH", "PIP_TARGET", "BUILDAH_ISOLATION", "KUBECONFIG",
    "KUBECTL_EXTERNAL_DIFF", "LD_LIBRARY_PATH", "XDG_RUNTIME_DIR", "CDPATH", "MAKEFLAGS", "UV_PYTHON",
    "VIRTUAL_ENV", "JUPYTER_PATH", "NOTIFY_SOCKET", "ETCD_NAME", "CONTAINERD_ADDRESS",
)  # fmt: skip


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a supervisor over programs given as name="shell script"."""
    supervisor = Supervisor(tmp_path, tmp_path / "s")

    def run(**scripts: str) -> Supervisor:
        programs = [
            Program(name, ("/bin/sh", "-c", script), stop_signal="KILL") for name, script in scripts.items()
        ]
        supervisor.configure(programs)
        supervisor.start()
        return supervisor

    yield run
    supervisor.shut_down()
    assert not supervisor.answers()


def test_a_program_is_started_once_and_its_words_are_kept(start: Start, tmp_path: Path) -> None:
    supervisor = start(talker="echo 'it is %(here)s \"quoted\"'; exec cat /dev/zero > /dev/null")
    pid = supervisor.start_program("talker")
    assert supervisor.start_program("talker") == pid
    log = tmp_path / "logs/talker.log"
    wait_until(lambda: 'it is %(here)s "quoted"' in log.read_text(), what="nothing was said", timeout_s=5)


def test_a_killed_program_is_started_again(start: Start) -> None:
    supervisor = start(steady="exec tail -f /dev/null")
    pid = supervisor.start_program("steady")
    wait_until(lambda: _state(supervisor) == "RUNNING", what="not running", timeout_s=5)
    os.kill(pid, signal.SIGKILL)
    wait_for_exit([pid], timeout_s=5)
    wait_until(lambda: _state(supervisor) == "RUNNING", what="not started again", timeout_s=10)
    assert supervisor.programs()[0]["pid"] != pid


def test_a_crash_is_told_from_a_timeout_and_shows_the_last_words(start: Start) -> None:
    supervisor = start(
        faulty="echo 'no such disk'; read wait < /dev/zero; exit 3", slow="exec tail -f /dev/null"
    )
    with pytest.raises(NotReady, match=r"slow is not ready after 0.2 s"):
        supervisor.wait_ready("slow", lambda: False, timeout_s=0.2)
    pid = supervisor.start_program("faulty")
    log = supervisor.logs / "faulty.log"
    wait_until(lambda: "no such disk" in log.read_text(), what="nothing was said", timeout_s=10)
    with pytest.raises(Crashed, match=r"(?s)faulty is not ready: its process ended.*no such disk"):
        supervisor.wait_ready("faulty", lambda: _kill(pid), timeout_s=10)


def test_a_stopped_program_stays_stopped_even_if_it_ignores_sigterm(start: Start) -> None:
    supervisor = start(deaf="trap '' TERM; while :; do tail -f /dev/null; done")
    pid = supervisor.start_program("deaf")
    supervisor.stop_program("deaf")
    assert wait_for_exit([pid], timeout_s=5) == []
    assert _state(supervisor) == "STOPPED"


def test_a_program_that_cannot_be_started_says_why(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, tmp_path / "s")
    supervisor.configure([Program("lost", ("/nowhere/lost",))])
    supervisor.start()
    try:
        with pytest.raises(Crashed, match=r"(?s)lost cannot be started.*lost.*kubeface logs lost"):
            supervisor.start_program("lost")
        with pytest.raises(Crashed, match=r"(?s)unknown cannot be started.*BAD_NAME"):
            supervisor.start_program("unknown")
    finally:
        supervisor.shut_down()


def test_a_program_between_two_starts_has_no_process_to_signal(start: Start) -> None:
    supervisor = start(fragile="exit 3")
    supervisor._call("startProcess", "fragile", False)
    wait_until(lambda: _state(supervisor) == "BACKOFF", what="no second start is tried", timeout_s=10)
    with pytest.raises(NotReady, match=r"(?s)fragile does not run.*BACKOFF"):
        supervisor.pid("fragile")


def test_programs_know_nothing_of_a_person_s_settings(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*SETTINGS, *PROXIES):
        monkeypatch.setenv(name, "http://somewhere.example:1")
    supervisor = start(
        teller=f"env > {tmp_path}/told.new; mv {tmp_path}/told.new {tmp_path}/told; exec tail -f /dev/null"
    )
    supervisor.start_program("teller")
    wait_until((tmp_path / "told").exists, what="nothing was told", timeout_s=5)
    told = {line.partition("=")[0] for line in (tmp_path / "told").read_text().splitlines()}
    assert told.isdisjoint({*SETTINGS, *PROXIES})
    assert {"PATH", "GOGC"} <= told


def _state(supervisor: Supervisor) -> str:
    return str(supervisor.programs()[0]["statename"])


def _kill(pid: int) -> bool:
    """A health check at which the program dies: never healthy."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return False
