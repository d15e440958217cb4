"""Each page of the book in Chromium: axe finds nothing serious, nothing is cut off, no host is asked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import chromium, faultless_page
from playwright.sync_api import BrowserContext, Page, Route

AXE = Axe()
TOO_WIDE = "document.scrollingElement.scrollWidth - window.innerWidth"


@dataclass(frozen=True)
class Look:
    """How the book is looked at.

    Args:
        width: Of the window, in CSS pixels.
        dark: Whether the reader prefers the dark.
        has_seen_colours: Whether another look has: they depend on no width, and cost most of the time.
    """

    width: int
    dark: bool = False
    has_seen_colours: bool = False


LOOKS = {
    "light": Look(1280),
    "dark": Look(1280, dark=True),
    "320 px": Look(320, has_seen_colours=True),
    "200 %": Look(640, has_seen_colours=True),  # a window of 1280 px
}


@pytest.fixture(scope="module", params=LOOKS)
def look(request: pytest.FixtureRequest) -> Look:
    """One after another."""
    return LOOKS[request.param]


@pytest.fixture(scope="module")
def window(look: Look) -> Iterator[BrowserContext]:
    """A browser that reaches the book and nobody else; whatever it asks of somebody else fails the test."""
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    with chromium(width=look.width, dark=look.dark) as window:
        window.route(re.compile(r"^\w+://(?!127\.0\.0\.1[:/])"), refuse)
        yield window
    assert asked == []


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    """An empty page; what its scripts complain of fails the test."""
    with faultless_page(window) as page:
        yield page


def test_nothing_serious_and_nothing_cut_off(look: Look, page: Page, address: str, site: Path) -> None:
    found = []
    for file in sorted(site.rglob("*.html")):
        name = str(file.relative_to(site))
        page.goto(f"{address}/{name}")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found += [f"{name}: {one}" for one in serious(page, colours=not look.has_seen_colours)]
        if (px := page.evaluate(TOO_WIDE)) > 0:
            found.append(f"{name}: {px} px wider than the window")
    assert found == []


def serious(page: Page, *, colours: bool) -> list[str]:
    """What axe calls serious or critical, a line for each passage."""
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": colours}}}
    return [
        f"{one['id']}: {node['target'][0]} {node['html'][:100]}"
        for one in AXE.run(page, options=options).response["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
