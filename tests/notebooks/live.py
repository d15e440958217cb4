"""Run notebooks with nbval in a process of its own, the same way in every test and on every machine."""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from solved import read as solved_in

HERE = Path(__file__).parent
COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # IPython colours its tracebacks whatever the terminal
CELL_TIMEOUT_S = (
    600  # chosen: longer than the longest deadline inside a cell, so that the cell explains itself
)


@dataclass(frozen=True)
class Run:
    """How a run of nbval ended.

    Args:
        green: Whether every cell passed.
        report: What pytest printed.
        solved: What was wrong with the solution of each exercise that was solved in it; see solved.py.
    """

    green: bool
    report: str
    solved: dict[str, list[str]]

    def failed(self, notebook: Path) -> bool:
        """True when a cell of this notebook, which was part of the run, failed."""
        return bool(re.search(rf"^(FAILED|ERROR) .*{re.escape(notebook.name)}", self.report, re.MULTILINE))


def run(*notebooks: Path, strict: bool = True, kubectl: bool = True, solve: bool = False) -> Run:
    """Execute the notebooks in a fresh kernel each and compare their outputs with the stored ones.

    Args:
        strict: also fail what plain nbval lets pass (see kubeface.nbval_strict).
        kubectl: compare what kubectl prints without what differs in every run (kubeface.views.kubectl_text).
        solve: also solve the notebooks' exercises, each where it stands (see solved.py).
    """
    command = [sys.executable, "-m", "pytest", "-c", HERE / "nbval.ini", "--rootdir", notebooks[0].parent]
    command += [f"--nbval-sanitize-with={HERE / 'sanitize.cfg'}", f"--nbval-cell-timeout={CELL_TIMEOUT_S}"]
    command += ["--nbval-strict"] if strict else []
    command += ["--nbval-kubectl"] if kubectl else []
    command += ["-p", "own_space", *(["-p", "solved"] if solve else [])]
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [*command, *notebooks],
            env=environment(profile) | {"KUBEFACE_SOLUTIONS": f"{profile}/solved.jsonl"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        solved = solved_in(Path(profile) / "solved.jsonl")
    return Run(done.returncode == 0, COLOURS.sub("", done.stdout + done.stderr), solved)


def environment(profile: str) -> dict[str, str]:
    """The environment of a kernel: this Python, nobody's profile or progress, plain text."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    fixed = {"IPYTHONDIR": profile, "PYTHONPATH": str(HERE), "PATH": path, "JUPYTER_PREFER_ENV_PATH": "1"}
    fixed |= {"XDG_STATE_HOME": profile, "KUBEFACE_STATIC": "1"}
    return os.environ | fixed | {"COLUMNS": "110", "NO_COLOR": "1", "PYTHONHASHSEED": "0"}
