"""A machine that lacks something is told what, in one sentence each, and nothing is begun."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kubeface.embedded.cluster import Embedded
from kubeface.host import packages
from kubeface.host.process import find

HIDEABLE = [package for package in packages.PACKAGES if not package.tests_only and package.program != "mount"]


@pytest.mark.parametrize("package", [p for p in HIDEABLE if p.program != "unshare"], ids=lambda p: p.program)
def test_doctor_names_a_program_that_is_hidden(package: packages.Package) -> None:
    done = _kubeface("doctor", hidden=[package.program])
    assert done.returncode == 1
    problems = [line for line in done.stdout.splitlines() if line.startswith("✗")]
    assert len(problems) == 1
    assert package.sentence in problems[0]


def test_up_names_each_missing_thing_and_begins_nothing(tmp_path: Path) -> None:
    done = _kubeface("up", "--name", "lacking", hidden=["runc", "iptables"], cache=tmp_path)
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if line.startswith("- ")]
    assert len(said) == 3  # the two programs, and what has not been compiled
    assert [word for word in ("runc", "iptables", "Not compiled yet") if word not in done.stderr] == []
    assert not Path("/var/lib/kubeface/lacking").exists()


def test_an_unknown_node_or_program_is_answered_with_those_there_are(trial: Embedded) -> None:
    done = _kubeface("node", "stop", "node9", "--name", trial.spec.name)
    assert (done.returncode, "nodes: node1, node2" in done.stderr) == (1, True)
    done = _kubeface("logs", "kubelet", "--name", trial.spec.name)
    assert (done.returncode, "kube-apiserver" in done.stderr) == (1, True)


def _kubeface(
    *arguments: str, hidden: list[str] | None = None, cache: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command where some programs cannot be executed: /dev/null lies over them, for it alone."""
    hide = "".join(f"mount --bind /dev/null {find(program).resolve()}; " for program in hidden or ())
    command = f'{hide}exec "$@"'
    return subprocess.run(
        [
            find("unshare"),
            "--mount",
            "sh",
            "-ec",
            command,
            "sh",
            sys.executable,
            "-m",
            "kubeface",
            *arguments,
        ],
        capture_output=True,
        text=True,
        env={**os.environ, **({"KUBEFACE_CACHE": str(cache)} if cache else {})},
        timeout=120,
    )
