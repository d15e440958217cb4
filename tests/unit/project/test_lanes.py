"""What `make test` runs: every lane, whatever fails in another, and nothing that outlives it."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tracked import ROOT

from kubeface.util.waiting import wait_until

pytestmark = pytest.mark.project

MAKEFILE = """
test-waiting:
\t@echo waiting $(SHARD); {waiting}
test-computing:
\t@echo computing; touch begun; {computing}
test-pythons:
\t@echo pythons; {pythons}
test-alone:
\t@echo alone
"""


def lanes(folder: Path, *settings: str, **lines: str) -> "subprocess.Popen[str]":
    said = {"waiting": ":", "computing": ":", "pythons": ":", **lines}
    (folder / "Makefile").write_text(MAKEFILE.format(**said))
    command = [sys.executable, str(ROOT / "tests" / "lanes.py"), *settings]
    return subprocess.Popen(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_every_lane_runs_and_is_told_which_part(tmp_path: Path) -> None:
    run = lanes(tmp_path, "SHARD=1/4")
    said = run.communicate(timeout=60)[0].splitlines()
    assert run.returncode == 0
    assert [line for line in said if "minutes" not in line] == [
        "waiting 1/4",
        "pythons",
        "computing",
        "alone",
    ]
    for line, what in zip(
        [line for line in said if "minutes" in line],
        ("test-waiting", "test-waiting, test-computing and test-pythons", "all"),
        strict=True,
    ):
        assert re.fullmatch(rf"{what}: \d+\.\d minutes since the start, processors \d+% busy", line)


def test_what_fails_in_one_lane_stops_no_other_and_is_not_forgotten(tmp_path: Path) -> None:
    for failing in ({"waiting": "false"}, {"computing": "false"}, {"pythons": "false"}):
        run = lanes(tmp_path, **failing)
        assert "alone" in run.communicate(timeout=60)[0]
        assert run.returncode != 0


def test_a_run_that_is_cut_off_ends_what_runs_in_every_lane(tmp_path: Path) -> None:
    run = lanes(tmp_path, waiting="exec sleep 61", computing="exec sleep 62", pythons="exec sleep 63")
    wait_until((tmp_path / "begun").exists, what="the lanes have not begun", timeout_s=60)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=60)  # whoever had its output still would keep us waiting
    assert run.returncode != 0
