"""A signal that asks us to end: what was begun is tidied up first, children and all, once."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kubeface.util.waiting import wait_for_exit, wait_until

#: A command of kubeface's whose work is `work`, in a process of its own.
COMMAND = """
import os, signal, subprocess, sys, threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from kubeface.cli import commands
from kubeface.cli.application import Application
from kubeface.linux import packages
from kubeface.util import process, signals
here = Path(sys.argv.pop())
packages.POLICY = here / "policy-rc.d"
def wait():
    print("begun", flush=True)
    threading.Event().wait(60)
{work}
commands.app = Application("A set of commands")
commands.app.command("work")(work)
commands.app.command("other")(wait)
sys.argv[1:] = ["work"]
commands.main()
"""
Begin = Callable[[str], subprocess.Popen[str]]
EVERY = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Start a command and wait until it says that it has begun."""
    with contextlib.ExitStack() as stack:

        def start(work: str, **options: object) -> subprocess.Popen[str]:
            command = [sys.executable, "-c", COMMAND.format(work=work), str(tmp_path)]
            streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
            started = stack.enter_context(subprocess.Popen(command, text=True, **streams, **options))
            stack.callback(started.kill)
            assert started.stdout.readline() == "begun\n", started.stderr.read()
            return started

        yield start


@EVERY
def test_no_service_stays_disabled(begin: Begin, tmp_path: Path, number: signal.Signals) -> None:
    command = begin("def work():\n with packages._services_left_off():\n  wait()")
    assert (tmp_path / "policy-rc.d").exists()
    command.send_signal(number)
    _, said = command.communicate(timeout=60)
    assert command.returncode == 128 + number
    assert said == f"kubeface: stopped ({number.name})\n"
    assert not (tmp_path / "policy-rc.d").exists()


@EVERY
def test_a_second_signal_waits_until_all_is_tidied_up(
    begin: Begin, tmp_path: Path, number: signal.Signals
) -> None:
    command = begin("""
def work():
    try:
        wait()
    finally:
        print("tidying", flush=True)
        sys.stdin.readline()
        process.run(["sh", "-c", "kill -s TERM $PPID; touch " + str(here / "tidy")], what="Tidying")
""")
    command.send_signal(number)
    assert command.stdout.readline() == "tidying\n"
    for again in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        command.send_signal(again)
    command.communicate("\n", timeout=60)
    assert command.returncode == 128 + number
    assert (tmp_path / "tidy").exists()


def test_an_ignored_hangup_stays_ignored_as_nohup_wants(begin: Begin) -> None:
    command = begin("def work():\n wait()", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    command.send_signal(signal.SIGHUP)
    command.send_signal(signal.SIGTERM)
    command.communicate(timeout=60)
    assert command.returncode == 128 + signal.SIGTERM


@EVERY
@pytest.mark.parametrize("where", ["here", "in a thread"])
def test_what_runs_for_us_ends_with_what_it_started(
    begin: Begin, tmp_path: Path, number: signal.Signals, where: str
) -> None:
    command = begin(f"""
script = f"tail -f /dev/null & echo $! > {{here}}/pid.new; mv {{here}}/pid.new {{here}}/pid; wait"
def child():
    process.run(["sh", "-c", script], what="Waiting", timeout_s=60)
def work():
    print("begun", flush=True)
    if {where == "here"}:
        child()
    with ThreadPoolExecutor(1) as pool:
        list(pool.map(lambda one: child(), range(3)))
""")
    wait_until((tmp_path / "pid").exists, what="nothing was started", timeout_s=10)
    grandchild = int((tmp_path / "pid").read_text())
    command.send_signal(number)
    command.communicate(timeout=60)
    assert command.returncode == 128 + number
    left = wait_for_exit([grandchild], timeout_s=5)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert left == []


@EVERY
@pytest.mark.parametrize("how", ["started", "held"])
def test_a_signal_between_a_fork_and_its_process_id_leaves_no_child(
    begin: Begin, tmp_path: Path, number: signal.Signals, how: str
) -> None:
    command = begin(f"""
def child():
    (here / "pid").write_text(str(os.getpid()))
    os.kill(os.getppid(), {number:d})  # the parent still waits for what exec says
    threading.Event().wait(0.2)
def work():
    print("begun", flush=True)
    tail = ["tail", "-f", "/dev/null"]
    if {how == "started"}:
        with process.started(tail, preexec_fn=child) as one:
            one.wait(60)
    with signals.held():
        ours = subprocess.Popen(tail, preexec_fn=child)
        ours.kill()
        ours.wait()
        (here / "known").touch()
    (here / "went on").touch()
""")
    command.communicate(timeout=60)
    assert command.returncode == 128 + number
    assert (tmp_path / "known").exists() == (how == "held")
    assert not (tmp_path / "went on").exists()
    left = wait_for_exit([int((tmp_path / "pid").read_text())], timeout_s=5)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert left == []


@EVERY
def test_a_signal_that_was_held_does_not_stop_what_tidies_up(
    begin: Begin, tmp_path: Path, number: signal.Signals
) -> None:
    command = begin(f"""
def work():
    print("begun", flush=True)
    try:
        with signals.held():
            os.kill(os.getpid(), {number:d})
    finally:
        process.run(["true"], what="Tidying")
        (here / "tidy").touch()
""")
    command.communicate(timeout=60)
    assert command.returncode == 128 + number
    assert (tmp_path / "tidy").exists()


@EVERY
def test_a_signal_after_the_work_is_too_late(begin: Begin, tmp_path: Path, number: signal.Signals) -> None:
    command = begin(f"""
import atexit
class Last:
    def __del__(self, kill=os.kill, pid=os.getpid()):
        kill(pid, {number:d})  # by now Python has put its handlers back
sys.last = Last()
def work():
    print("begun", flush=True)
    atexit.register(lambda: (os.kill(os.getpid(), {number:d}), (here / "tidied").touch()))
""")
    assert command.communicate(timeout=60)[1] == ""
    assert command.returncode == 0
    assert (tmp_path / "tidied").exists()


def test_an_error_of_the_machine_is_a_sentence(begin: Begin) -> None:
    command = begin("def work():\n print('begun')\n Path('/proc/nothing/there').read_text()")
    _, said = command.communicate(timeout=60)
    assert command.returncode == 1
    assert said.splitlines() == [
        "kubeface: The machine refused something: No such file or directory",
        "/proc/nothing/there",
        "Try: kubeface doctor",
    ]


def test_an_error_of_ours_is_shown_as_it_is(begin: Begin) -> None:
    command = begin("def work():\n print('begun')\n dict()['no such key']")
    _, said = command.communicate(timeout=60)
    assert "KeyError: 'no such key'" in said


FORKED = """def work():
 import os
 ours, theirs = os.pipe()
 child = os.fork()
 if child == 0:
  os.write(theirs, b"!")
  threading.Event().wait(60)
  os._exit(0)
 os.read(ours, 1)
 os.kill(child, signal.SIGTERM)
 ended = os.waitpid(child, 0)[1]
 print("begun", flush=True)
 print(os.waitstatus_to_exitcode(ended), flush=True)
"""


def test_a_forked_child_ends_at_once_and_tidies_nothing_of_its_parents(begin: Begin) -> None:
    assert begin(FORKED).stdout.read() == f"{-signal.SIGTERM}\n"
