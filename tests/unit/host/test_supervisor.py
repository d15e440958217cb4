"""Programs under supervision, tested with shell one-liners."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kubeface.errors import Crashed, NotReady
from kubeface.host.supervisor import Program, Supervisor
from kubeface.host.waiting import wait_for_exit, wait_until

Start = Callable[..., Supervisor]


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
    with pytest.raises(Crashed, match=r"(?s)faulty is not ready: its process ended.*no such disk"):
        supervisor.wait_ready("faulty", lambda: _kill(pid), timeout_s=10)


def test_a_stopped_program_stays_stopped_even_if_it_ignores_sigterm(start: Start) -> None:
    supervisor = start(deaf="trap '' TERM; while :; do tail -f /dev/null; done")
    pid = supervisor.start_program("deaf")
    supervisor.stop_program("deaf")
    assert wait_for_exit([pid], timeout_s=5) == []
    assert _state(supervisor) == "STOPPED"


def _state(supervisor: Supervisor) -> str:
    return str(supervisor.programs()[0]["statename"])


def _kill(pid: int) -> bool:
    """A health check at which the program dies: never healthy."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return False
