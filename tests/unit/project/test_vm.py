"""`make test-vm`: how the machine's words are read, with shells in the machine's place."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from tracked import ROOT

sys.path.insert(0, str(ROOT / "tests" / "vm"))

import machine

from kubeface.errors import Crashed, NotReady


def told(script: str, folder: Path, *, timeout_s: float = 20) -> list[str]:
    console = folder / "console.log"
    command = ["sh", "-c", script.replace("CONSOLE", str(console))]
    return list(machine.told(command, console=console, timeout_s=timeout_s, temporary=folder))


def test_each_line_is_passed_on_the_last_one_last(tmp_path: Path) -> None:
    assert told(r"printf 'one\r\ntwo\r\npassed\r\n'", tmp_path) == ["one", "two", "passed"]


def test_a_machine_without_an_end_is_ended_and_its_console_is_shown(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="not done after") as failure:
        told("echo Kernel panic > CONSOLE; echo one; exec sleep 60", tmp_path, timeout_s=1)
    assert "Kernel panic" in failure.value.seen
    assert "MINUTES=" in failure.value.try_next


def test_a_qemu_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(Crashed, match="exit code 3") as failure:
        told("echo no such option >&2; exit 3", tmp_path)
    assert "no such option" in failure.value.seen


def test_the_machine_reaches_nothing_and_nobody_reaches_it() -> None:
    words = machine.command(kernel=Path("k"), first_files=Path("i"), disks=[Path("d")], console=Path("c"))
    networks = [word for flag, word in pairwise(words) if flag in ("-netdev", "-nic")]
    assert networks == ["user,id=inside,restrict=on"]
    assert not {"-vnc", "-spice", "-monitor", "-qmp", "-gdb", "-s"} & set(words)


def test_a_missing_program_is_said_with_what_it_is_for() -> None:
    command = [sys.executable, str(ROOT / "tests" / "vm")]
    done = subprocess.run(command, env={"PATH": "/nonexistent"}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "qemu-system-x86_64 is missing: it runs the machine." in done.stderr
