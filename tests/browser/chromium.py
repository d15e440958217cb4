"""The system's Chromium, headless, with a profile of its own and no word to anybody but the page."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Page, sync_playwright

from kubeface.errors import Missing

PATIENCE_MS = 60_000  # chosen: whatever is waited for comes at once, but not on a machine under load
QUIET = (
    "--no-sandbox",  # root may not use it; the pages are our own
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
)


@contextmanager
def chromium(*, width: int = 1200, height: int = 900, dark: bool = False) -> Iterator[BrowserContext]:
    """A browser window of this size in CSS pixels; it and its profile are gone afterwards.

    Raises:
        Missing: there is no chromium on this machine.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise Missing("chromium is missing: it opens the pages that are tested.", try_next="make setup")
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        window = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=program,
            headless=True,
            args=list(QUIET),
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
        )
        window.set_default_timeout(PATIENCE_MS)
        try:
            yield window
        finally:
            window.close()


@contextmanager
def faultless_page(window: BrowserContext) -> Iterator[Page]:
    """An empty page; that a script of it has complained fails the test in the end."""
    page = window.new_page()
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    yield page
    page.close()
    assert failed == []


def failures(page: Page) -> list[str]:
    """The requests of the page that fail, as they do; the end of a live stream is none."""
    failed: list[str] = []

    def note(url: str, what: str) -> None:
        if "/events?" not in url:
            failed.append(f"{what} {url}")

    page.on("requestfailed", lambda request: note(request.url, str(request.failure)))
    page.on("response", lambda answer: None if answer.ok else failed.append(f"{answer.status} {answer.url}"))
    return failed
