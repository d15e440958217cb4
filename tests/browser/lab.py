"""`make lab` as it is typed, and JupyterLab in a browser: menus, cells, and its end."""

import os
import pty
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from screenshot import scroll_to

from kubeface.util.waiting import wait_until

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S+")
START_S = 600.0  # chosen: packages linked, the cluster up, JupyterLab started, on a machine under load
END_S = 180  # chosen: JupyterLab ends its kernels first, on a machine with other things to do
CELL_MS = 300_000  # chosen: the first cell brings the lesson's state from whatever was there


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


def choose(page: Page, menu: str, *entries: str) -> None:
    """Choose an entry of a menu."""
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{menu}$")).click()
    for entry in entries:
        page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{entry}$")).click()


def run(page: Page, cell: str, source: str | None = None) -> Locator:
    """Run the first code cell with that text, with another source if there is one; where its output is."""
    scroll_to(page, cell)
    found = page.locator(".jp-CodeCell", has_text=cell).first
    found.locator(".cm-content").click()
    if source is not None:
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(source)
        found = page.locator(".jp-CodeCell", has_text=source.splitlines()[0]).first
    page.keyboard.press("Control+Enter")
    expect(found.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"), timeout=CELL_MS)
    return found.locator(".jp-OutputArea")


def ends(command: Command, url: str) -> None:
    """It goes when it is told to, and its port is free again."""
    command.process.terminate()
    command.process.wait(timeout=END_S)
    port = urlsplit(url).port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
