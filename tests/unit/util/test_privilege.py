"""What a program that sudo starts still knows of the user."""

import os
import re
import subprocess
from pathlib import Path
from subprocess import PIPE

import pytest

from kubeface.errors import Missing
from kubeface.linux import supervisor
from kubeface.util import privilege, process

SOURCE = Path(privilege.__file__).parents[1]


class Became(Exception):
    """execv does not come back."""


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary user, with sudo in /usr/bin and a PATH like Debian's."""

    def become(program: str, arguments: list[str]) -> None:
        raise Became(program, arguments)

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "execv", become)
    monkeypatch.setattr(privilege.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", "/usr/local/bin:/usr/bin:/bin")
    monkeypatch.setenv("KUBEFACE_CACHE", "/somewhere/cache")


@pytest.mark.usefixtures("person")
def test_the_cache_stays_the_user_s_and_administrators_programs_are_found() -> None:
    with pytest.raises(Became) as seen:
        privilege.become_root(["up"])
    program, arguments = seen.value.args
    assert program == "/usr/bin/sudo"
    assert "KUBEFACE_CACHE=/somewhere/cache" in arguments
    assert "PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin" in arguments
    assert arguments[-6:] == ["-P", "-m", "kubeface", "--asked-by", str(os.getpid()), "up"]


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "PIP_INDEX_URL", "GOPROXY", "ALL_PROXY"])
def test_no_password_stands_on_a_command_line(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "http://anna:secret@proxy.example:3128")
    with pytest.raises(Became) as seen:
        privilege.become_root(["up"])
    assert "secret" not in str(seen.value)


def test_root_knows_how_the_person_reaches_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    network = {"https_proxy": "http://a=b@proxy:1", "GOPROXY": "https://go.example"}
    told = {**network, "PYTHONPATH": "/tmp", "A": "b"}
    monkeypatch.setattr(os, "environ", {"KUBEFACE_CACHE": "/somewhere"})
    with subprocess.Popen(["/usr/bin/cat"], env=told, stdin=PIPE, stdout=PIPE) as asked:
        assert asked.stdin is not None
        assert asked.stdout is not None
        asked.stdin.write(b"Is your environment there?\n")
        asked.stdin.flush()
        asked.stdout.readline()  # whoever answers has become the program; until then it may have none
        left = privilege.take_over(["--asked-by", str(asked.pid), "up", "--name", "x"])
        asked.kill()
    assert left == ["up", "--name", "x"]
    assert os.environ == {"KUBEFACE_CACHE": "/somewhere", **network}


@pytest.mark.parametrize(
    "command",
    [
        process.python("-m", "kubeface", "--help"),
        supervisor.command(Path("/nothing"), foreground=True),
        process.python("-m", "kubeface.local.simulated_start", "/nothing", "true"),
        process.python("-m", "venv", "--help"),
    ],
    ids=["kubeface", "supervisord", "kwok", "venv"],
)
def test_nothing_is_imported_from_the_folder_that_a_command_is_given_in(
    tmp_path: Path, command: list[str]
) -> None:
    for module in ("typer", "supervisor", "yaml", "venv", "signal", "subprocess", "kubernetes"):
        (tmp_path / f"{module}.py").write_text("open('imported', 'w').close(); raise SystemExit(66)")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert not (tmp_path / "imported").exists()
    assert done.returncode != 66


def test_every_module_that_we_run_is_run_so() -> None:
    runs = re.compile(r'sys\.executable\b.*"-m"|"-m",? "?(venv|pip|kubeface)\b')
    lines = [line.strip() for path in SOURCE.rglob("*.py") for line in path.read_text().splitlines()]
    found = [line for line in lines if runs.search(line) and "python(" not in line]
    assert [line for line in found if "jupyter" not in line] == []


@pytest.mark.usefixtures("person")
def test_what_root_would_not_find_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privilege.site, "getusersitepackages", lambda: str(SOURCE.parent))
    with pytest.raises(Missing, match="for your account alone"):
        privilege.become_root(["up"])


@pytest.mark.usefixtures("person")
def test_without_sudo_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert privilege.can_become_root()
    monkeypatch.setattr(privilege.shutil, "which", lambda name: None)
    assert not privilege.can_become_root()
    with pytest.raises(Missing, match="no sudo"):
        privilege.become_root(["up"])
