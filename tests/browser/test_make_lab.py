"""README's first commands as they are typed, in a fresh checkout, and what they print in a browser."""

import re
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from chromium import chromium
from lab import CELL_MS, address, choose, ends, on_a_terminal, without_a_terminal
from playwright.sync_api import Page, expect

from kubeface.editions.notebooks import was_run
from kubeface.errors import NotReady
from kubeface.util.waiting import wait_until

TYPED = "kubectl get pods; kubectl config view --minify; kubeface status; kubeface lesson restore 00"
BESIDE = ("manifests", "photos", "glossary.md")
TRIES, LISTENS_S = 3, 30  # chosen: a shell begins within seconds, on a machine under load too


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
        ends(command, url)
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
        ends(command, url)


def _run_the_first_cell(page: Page) -> None:
    expect(page.locator(".jp-OutputArea-output")).to_have_count(0)
    cell = page.locator(".jp-CodeCell").first
    outputs = cell.locator(".jp-OutputArea-output")
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(outputs.first).to_contain_text("The cluster is as this lesson needs it", timeout=CELL_MS)
    choose(page, "File", "Save Notebook")
    expect(page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)


def _typed_in_a_terminal(page: Page, line: str, home: Path) -> str:
    """What commands print in JupyterLab's terminal; it is a picture, so they write it to a file as well."""
    seen, done = home / "seen", home / "done"
    for file in (seen, done):
        file.unlink(missing_ok=True)
    choose(page, "File", "New", "Terminal")
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
