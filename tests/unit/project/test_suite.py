"""The run of the tests itself: parts of it, what it tells at its end, and that it leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import shards
from kubeface.util.waiting import wait_until

pytestmark = pytest.mark.project

TESTS = Path(__file__).parents[2]
ROOT = TESTS.parent
FLAKY = """
from pathlib import Path
def test_waits_for_nobody():
    seen = Path(__file__).with_name("seen")
    was_seen = seen.exists()
    seen.touch()
    assert was_seen, "nobody was there"
def test_is_sound(): ...
"""
BUSY = """
import subprocess, sys
from pathlib import Path
def test_for_ever():
    child = subprocess.Popen(["sleep", "3600"], start_new_session=True)
    Path("child").write_text(str(child.pid))
    child.wait()
"""
GUARDED = """
from left_behind import Guard, end_in_order
def pytest_configure(config):
    end_in_order()
    config.guard = Guard()
def pytest_unconfigure(config):
    config.guard.end()
"""

HOLDING = f"""{GUARDED}
import pytest
from kubeface import places
@pytest.fixture(scope="session")
def course(request):
    with request.config.guard.alone(places.cache() / "tests.lock"), request.config.guard.holding("nobodys"):
        yield
"""
BUSY_AGAIN = f"""{FLAKY}
{BUSY}
def test_fails_first(course):
    test_waits_for_nobody()
    test_for_ever()
"""


class Item:
    """As much of a test as sharing out looks at."""

    def __init__(self, nodeid: str, group: str = "") -> None:
        self.nodeid = nodeid
        self._group = group

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        assert name == "together"
        return pytest.mark.together(self._group).mark if self._group else None


ITEMS = [Item(f"tests/{folder}/test_{n}.py::test_{n}") for folder in ("unit", "cluster") for n in range(9)]
ITEMS += [Item(f"tests/course.py::test_{n}[{k}]", f"notebook-{k}") for n in range(3) for k in range(16)]


@pytest.mark.parametrize("count", [1, 2, 4, 40])
def test_the_parts_are_all_tests_each_once_and_no_unit_is_parted(count: int) -> None:
    parts = [shards.part(ITEMS, number, count) for number in range(1, count + 1)]
    assert sorted(one.nodeid for part in parts for one in part) == sorted(one.nodeid for one in ITEMS)
    units = [{shards.unit(one) for one in part} for part in parts]
    assert sum(map(len, units)) == len(set().union(*units))


def test_each_of_four_machines_gets_some_of_every_folder() -> None:
    for number in range(1, 5):
        mine = [one.nodeid for one in shards.part(ITEMS, number, 4)]
        assert all(any(folder in name for name in mine) for folder in ("unit", "cluster", "course"))


def test_github_runs_what_ci_runs_in_all_parts_and_keeps_what_the_lock_files_pin() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    job = workflow["jobs"]["test"]
    parts = [shards.read(part) for part in job["strategy"]["matrix"]["shard"]]
    assert parts == [(number, len(parts)) for number in range(1, len(parts) + 1)]
    [run] = [step for step in job["steps"] if step.get("env") == {"SHARD": "${{ matrix.shard }}"}]
    assert run["run"].endswith(" .ci/run")
    [kept] = [step["with"] for step in job["steps"] if str(step.get("uses")).startswith("actions/cache@")]
    hashed = re.findall(r"'([^']+)'", kept["key"])
    assert hashed
    assert all(list(ROOT.glob(pattern)) for pattern in hashed)


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "a/b", "1/0", "-1/4"])
def test_a_part_that_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(pytest.UsageError, match="which of how many parts"):
        shards.read(text)


def test_what_needed_a_second_run_is_told_by_name_and_what_took_long_is_kept(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(FLAKY)
    done = run(
        tmp_path, "-p", "suite_report", "--reruns", "1", "--junitxml", "build/junit.xml"
    ).communicate()[0]
    assert "needed a second run: 1" in done
    assert "RERUN test_it.py::test_waits_for_nobody - AssertionError: nobody was there" in done
    assert "2 passed, 1 rerun in " in done.splitlines()[-1]
    assert (tmp_path / "build" / "junit.xml").exists()
    table = (tmp_path / "build" / "junit.slowest.md").read_text()
    assert "| test_it.py::test_is_sound |" in table


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_cut_off_leaves_no_process(tmp_path: Path, end: signal.Signals) -> None:
    (tmp_path / "conftest.py").write_text(GUARDED)
    (tmp_path / "test_it.py").write_text(BUSY)
    tests = run(tmp_path)
    child = tmp_path / "child"
    wait_until(lambda: child.exists() and child.read_text(), what="the test has not begun", timeout_s=60)
    tests.send_signal(end)
    said = tests.communicate()[0]
    assert "KeyboardInterrupt" in said or end is signal.SIGKILL
    wait_until(
        lambda: not Path(f"/proc/{child.read_text()}").exists(), what="its child lives on", timeout_s=30
    )


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_cut_off_in_a_second_run_ends_too(
    tmp_path: Path, end: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBEFACE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "conftest.py").write_text(HOLDING)
    (tmp_path / "test_it.py").write_text(BUSY_AGAIN)
    tests = run(tmp_path, "--reruns", "1", "-k", "fails_first")
    child = tmp_path / "child"
    wait_until(lambda: child.exists() and child.read_text(), what="the test has not begun", timeout_s=60)
    tests.send_signal(end)
    try:
        assert "1 rerun" in tests.communicate(timeout=60)[0]
    finally:
        tests.kill()


def run(folder: Path, *options: str) -> subprocess.Popen[str]:
    """A run of pytest in a folder, with this repository's plugins at hand."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--rootdir",
        ".",
        "-p",
        "no:cacheprovider",
        *options,
        "test_it.py",
    ]
    environment = os.environ | {"PYTHONPATH": str(TESTS), "COLUMNS": "200"}
    return subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def test_no_two_files_of_tests_have_the_same_name():
    """pytest imports them by name, from all folders of a run."""
    names = [path.name for path in ROOT.glob("tests/**/test_*.py")]
    assert sorted(names) == sorted(set(names))
