"""README's first commands as they are typed, in a fresh checkout, and what they print in a browser."""

import os
import pty
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from chromium import chromium
from playwright.sync_api import Page, expect

from kubeface import places
from kubeface.editions.notebooks import was_run
from kubeface.errors import NotReady
from kubeface.util.waiting import wait_until

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S+")
START_S = 600.0  # chosen: packages linked, the cluster up, JupyterLab started, on a machine under load
END_S = 60  # chosen: JupyterLab ends its kernels first, on a machine with other things to do
TYPED = "kubectl get pods; kubectl config view --minify; kubeface status; kubeface lesson restore 00"
BESIDE = ("manifests", "photos", "glossary.md")
TRIES, LISTENS_S = 3, 30  # chosen: a shell begins within seconds, on a machine under load too
CELL_MS = 300_000  # chosen: the first cell brings the lesson's state from whatever was there


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's files as they are now, in a folder with a space in its name."""
    folder = tmp_path_factory.mktemp("fresh") / "a folder"
    told = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(told, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    identity = ("-c", "user.name=anna", "-c", "user.email=anna@example.org")
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        [*identity, "commit", "--quiet", "--message", "Fresh"],
    ):
        subprocess.run(["git", "-C", folder, *words], check=True)
    return folder


@pytest.fixture(scope="module")
def person(course: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of somebody who is new here, with a home of their own; the cluster is the tests'."""
    home = tmp_path_factory.mktemp("people") / "home of anna"
    home.mkdir()
    uv = subprocess.run([_uv(), "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()
    other = {
        "HOME": str(home),
        "KUBEFACE_CACHE": str(places.cache()),
        "UV_CACHE_DIR": uv,
        "SHELL": "/bin/bash",
    }
    other |= {"KUBEFACE_CLUSTER": course.stem, "KUBEFACE_KUBECONFIG": str(course), "BROWSER": "true"}
    left = {
        name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "MAKE", "XDG"))
    }
    return left | other


def _uv() -> str:
    return shutil.which("uv") or str(places.cache() / "uv" / "bin" / "uv")


@dataclass
class Command:
    """Something that was typed, and what it has said so far."""

    process: subprocess.Popen[bytes]
    said: str = ""


@contextmanager
def on_a_terminal(line: str, folder: Path, environment: dict[str, str]) -> Iterator[Command]:
    ours, theirs = pty.openpty()
    with _typed(["setsid", "--ctty", "sh", "-c", line], folder, environment, theirs, ours) as command:
        yield command


@contextmanager
def without_a_terminal(line: str, folder: Path, environment: dict[str, str]) -> Iterator[Command]:
    """As a service, or by nohup: nobody is at its input, and its output is a pipe."""
    ours, theirs = os.pipe()
    with _typed(["setsid", "sh", "-c", line], folder, environment, theirs, ours) as command:
        yield command


@contextmanager
def _typed(
    words: list[str], folder: Path, environment: dict[str, str], out: int, ours: int
) -> Iterator[Command]:
    stdin = out if words[1] == "--ctty" else subprocess.DEVNULL
    with subprocess.Popen(words, cwd=folder, env=environment, stdin=stdin, stdout=out, stderr=out) as process:
        os.close(out)
        command = Command(process)
        reader = Thread(target=_read, args=(ours, command))
        reader.start()
        try:
            yield command
        finally:
            for end in (signal.SIGTERM, signal.SIGKILL):
                with suppress(subprocess.TimeoutExpired):
                    if process.poll() is None:
                        os.killpg(process.pid, end)
                    process.wait(timeout=END_S)
            reader.join()
            os.close(ours)


def _read(descriptor: int, command: Command) -> None:
    try:
        while more := os.read(descriptor, 4096):
            command.said += more.decode(errors="replace").replace("\r\n", "\n")
    except OSError:  # the terminal has nobody on its other side any more
        pass


def address(command: Command) -> str:
    """The URL that was printed last: the one that the reader sees."""
    wait_until(
        lambda: ADDRESS.search(command.said) is not None,
        what="no address of the course was printed",
        timeout_s=START_S,
        pid=command.process.pid,
        evidence=lambda: command.said[-3000:],
    )
    return ADDRESS.findall(command.said)[-1]


@pytest.fixture(params=[on_a_terminal, without_a_terminal], ids=["terminal", "service"])
def typed(request: pytest.FixtureRequest) -> Callable[..., object]:
    return request.param


def test_make_lab_opens_notebook_00_and_its_terminal_has_the_course(
    typed: Callable[..., object], checkout: Path, person: dict[str, str], tmp_path: Path
) -> None:
    own = Path(person["HOME"]) / "kubeface" / "00-start-here.ipynb"
    with typed("exec make lab", checkout, person) as command, chromium(width=1360, height=900) as window:
        page = window.new_page()
        url = address(command)
        page.goto(url)
        expect(page.get_by_role("tab", name="00-start-here.ipynb")).to_be_visible()
        expect(page.get_by_text("| Idle").first).to_be_visible(timeout=CELL_MS)
        for name in ("00-start-here.ipynb", "15-clean-up-and-where-next.ipynb", *BESIDE):
            expect(page.locator(".jp-DirListing-item", has_text=name)).to_be_visible()
        expect(page.get_by_title(re.compile("^Notebook trusted"))).to_be_visible()
        assert not was_run(own.read_bytes())
        _run_the_first_cell(page)
        assert was_run(own.read_bytes())
        expect(page.get_by_text("official Jupyter news")).to_have_count(0)
        page.screenshot(path=tmp_path / "first-cell.png")
        said = _typed_in_a_terminal(page, TYPED, Path(person["HOME"]))
        page.screenshot(path=tmp_path / "terminal.png")
        assert "No resources found in face namespace." in said
        assert "namespace: face" in said
        assert f"Cluster {person['KUBEFACE_CLUSTER']}: running" in said
        assert "As the course gives it; what you had is below earlier/" in said
        assert not was_run(own.read_bytes())
        _ends(command, url)
    assert _changed(checkout) == ""


def test_what_is_advised_after_kubeface_no_browser_works_as_it_stands(
    checkout: Path, person: dict[str, str]
) -> None:
    asked = person | {"KUBEFACE_NO_BROWSER": "1"}
    done = subprocess.run(
        ["make", "lab"], cwd=checkout, env=asked, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    advised = done.stdout.splitlines()[-1].partition("Open the course with: ")[2]
    with on_a_terminal(f"exec {advised}", Path("/"), person) as command, chromium() as window:
        page = window.new_page()
        url = address(command)
        page.goto(url)
        expect(page.get_by_role("tab", name="00-start-here.ipynb")).to_be_visible()
        expect(page.get_by_text("| Idle").first).to_be_visible(timeout=CELL_MS)
        _ends(command, url)


def _run_the_first_cell(page: Page) -> None:
    expect(page.locator(".jp-OutputArea-output")).to_have_count(0)
    cell = page.locator(".jp-CodeCell").first
    outputs = cell.locator(".jp-OutputArea-output")
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(outputs.first).to_contain_text("The cluster is as this lesson needs it", timeout=CELL_MS)
    _choose(page, "File", "Save Notebook")
    expect(page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)


def _typed_in_a_terminal(page: Page, line: str, home: Path) -> str:
    """What commands print in JupyterLab's terminal; it is a picture, so they write it to a file as well."""
    seen, done = home / "seen", home / "done"
    for file in (seen, done):
        file.unlink(missing_ok=True)
    _choose(page, "File", "New", "Terminal")
    for _ in range(TRIES):  # what is typed before the shell listens is lost
        page.locator(".jp-Terminal .xterm-helper-textarea").last.focus()  # an earlier one may be open still
        page.keyboard.type(f"({line}) 2>&1 | tee ~/seen; touch ~/done\n")
        with suppress(NotReady):
            wait_until(seen.exists, what="nothing was typed", timeout_s=LISTENS_S)
            break
    wait_until(
        done.exists,
        what="the commands have not ended",
        timeout_s=CELL_MS / 1000,
        evidence=lambda: seen.read_text() if seen.exists() else "",
    )
    return seen.read_text()


def _changed(checkout: Path) -> str:
    told = ["git", "-C", checkout, "status", "--porcelain"]
    return subprocess.run(told, capture_output=True, text=True, check=True).stdout


def _choose(page: Page, menu: str, *entries: str) -> None:
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{menu}$")).click()
    for entry in entries:
        page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{entry}$")).click()


def _ends(command: Command, url: str) -> None:
    """It goes when it is told to, and its port is free again."""
    command.process.terminate()
    command.process.wait(timeout=END_S)
    port = urlsplit(url).port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
