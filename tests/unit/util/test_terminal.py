"""Printing never costs control: another alphabet, a reader that has gone, a full disk, closed streams."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

WORK = """
import sys
from pathlib import Path
from kubeface.util import terminal
terminal.be_steady()
for number in range(20000):
    print("✓ Starting etcd …")
print("✗ at its end", file=sys.stderr)
Path(sys.argv[1]).write_text("the work is done")
"""


def work(done: Path, **options: object) -> subprocess.CompletedProcess[bytes]:
    result = subprocess.run([sys.executable, "-c", WORK, str(done)], timeout=60, check=False, **options)
    assert done.read_text() == "the work is done"
    assert result.returncode == 0
    return result


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "✓ Starting etcd …"),
        ("iso-8859-1", "ok Starting etcd ..."),
        ("ascii", "ok Starting etcd ..."),
        ("cp1252", "ok Starting etcd …"),
        ("koi8-r", "ok Starting etcd ..."),
    ],
)
def test_a_terminal_of_fewer_letters_gets_others(tmp_path: Path, encoding: str, shown: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    result = work(tmp_path / "done", env=environment, capture_output=True)
    assert result.stdout.decode(encoding).splitlines()[0] == shown


@pytest.mark.parametrize("where", ["stdout", "stderr", "both"])
def test_a_reader_that_has_gone_misses_the_rest(tmp_path: Path, where: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    names = ["stdout", "stderr"] if where == "both" else [where]
    options = {name: writer if name in names else subprocess.PIPE for name in ("stdout", "stderr")}
    result = work(tmp_path / "done", **options)
    os.close(writer)
    assert (result.stderr or "✗ at its end\n".encode()).decode() == "✗ at its end\n"


def test_a_full_disk_below_the_output_misses_the_rest(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        work(tmp_path / "done", stdout=full, stderr=full)


def test_closed_streams_are_no_place_for_the_next_file(tmp_path: Path) -> None:
    script = f'"{sys.executable}" -c "$1" "$2" <&- >&- 2>&-'
    subprocess.run(["sh", "-c", script, "sh", WORK, str(tmp_path / "done")], timeout=60, check=True)
    assert (tmp_path / "done").read_text() == "the work is done"


def test_the_command_itself_speaks_any_letters_and_survives_a_closed_pipe() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = f'"{sys.executable}" -m kubeface --help | head -c 1; echo " ${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, check=True)
    assert done.stdout.split()[-1] == b"0"
    assert done.stderr == b""
