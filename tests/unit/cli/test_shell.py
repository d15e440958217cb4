"""`kubeface shell`: every shell of a learner's finds the course's kubectl, kubeface and kubeconfig."""

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kubeface.cli import shell

SHELLS = ("bash", "sh", "zsh", "fish")
ASKED = 'echo "kubeconfig=$KUBECONFIG"; command -v kubectl; command -v kubeface'


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a space in its name, whose files put another kubectl first and name another kubeconfig."""
    home = tmp_path / "home of anna"
    other = home / "other bin"
    for folder in (other, home / ".cache" / "kubeface" / "bin"):
        folder.mkdir(parents=True)
        executable(folder / "kubectl")
    executable(other / "mine")
    said = f'export PATH="{other}:$PATH"\nexport KUBECONFIG=/somewhere/else\n'
    for name in (".bashrc", ".zshrc", ".shrc", ".config/fish/config.fish"):
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(said)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("ENV", str(home / ".shrc"))
    for name in ("KUBEFACE_CACHE", "KUBEFACE_KUBECONFIG", "KUBEFACE_CLUSTER", "KUBECONFIG", "ZDOTDIR"):
        monkeypatch.delenv(name, raising=False)
    return home


def executable(path: Path) -> None:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def typed(command: list[str], text: str, **environment: str) -> str:
    """What a program on a terminal of its own has said when it ended."""
    ours, theirs = pty.openpty()
    command = ["setsid", "--ctty", "--wait", *command]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ | environment):
        os.close(theirs)
        os.write(ours, text.encode())
        said = b""
        try:
            while more := os.read(ours, 4096):
                said += more
        except OSError:  # the terminal has nobody on its other side any more
            pass
    os.close(ours)
    return said.decode().replace("\r\n", "\n")


def kubeface(*words: str) -> list[str]:
    return [sys.executable, "-m", "kubeface", *words]


@pytest.mark.parametrize("name", SHELLS)
def test_the_courses_tools_come_first_whatever_the_users_files_say(home: Path, name: str) -> None:
    program = shutil.which(name)
    assert program, f"{name} is missing: kubeface setup --tests installs it"
    said = typed(kubeface("shell"), f"{ASKED}; command -v mine; exit\n", SHELL=program, TERM="dumb")
    assert f"kubeconfig={home}/.config/kubeface/kube-face-cluster.kubeconfig\n" in said
    assert f"{home}/.cache/kubeface/bin/kubectl\n" in said
    assert f"{Path(sys.executable).parent}/kubeface\n" in said
    assert f"{home}/other bin/mine\n" in said  # what is the user's stays


@pytest.mark.parametrize("named", ["/usr/sbin/nologin", "/nowhere/zsh", ""])
def test_who_has_no_shell_gets_one(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("SHELL", named)
    said = typed(kubeface("shell"), f"{ASKED}; command -v mine; exit\n", SHELL=named, TERM="dumb")
    assert "/kube-face-cluster.kubeconfig\n" in said


def test_one_command_runs_instead_with_its_options_and_its_exit_code() -> None:
    script = 'echo "$KUBECONFIG" "$KUBEFACE_CLUSTER" "$1"; exit 7'
    done = subprocess.run(
        kubeface("shell", "--name", "trial", "sh", "-c", script, "sh", "--name"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.endswith("/trial.kubeconfig trial --name\n")
    assert done.returncode == 7


def test_a_program_that_is_not_there_is_said() -> None:
    done = subprocess.run(kubeface("shell", "--", "kubektl"), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "There is no program kubektl" in done.stderr


@pytest.mark.parametrize("name", SHELLS)
def test_another_terminal_takes_the_settings_over(home: Path, name: str) -> None:
    ours = " ".join(f"'{word}'" for word in kubeface("shell", "--print"))
    line = f"{ours} | source" if name == "fish" else f'eval "$({ours})"'
    said = subprocess.run([name, "-c", f"{line}; {ASKED}"], capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[:2] == [
        f"kubeconfig={home}/.config/kubeface/kube-face-cluster.kubeconfig",
        str(home / ".cache" / "kubeface" / "bin" / "kubectl"),
    ]


def test_without_a_cluster_it_says_how_to_get_one_and_opens_all_the_same() -> None:
    done = subprocess.run(
        kubeface("shell", "--name", "trial", "true"), capture_output=True, text=True, check=True
    )
    assert done.stderr == "There is no cluster trial yet. To make it: kubeface up --name trial\n"


def test_in_such_a_shell_kubeface_means_the_same_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", "/a/kube-face-cluster.kubeconfig")
    inner = shell.environment("trial")
    assert (inner["KUBECONFIG"], inner["KUBEFACE_KUBECONFIG"]) == ("/a/trial.kubeconfig",) * 2
    for name, value in inner.items():
        monkeypatch.setenv(name, value)
    assert shell.environment("trial")["KUBECONFIG"] == "/a/trial.kubeconfig"
    assert shell.environment("face")["KUBECONFIG"] == "/a/kube-face-cluster.kubeconfig"
