"""The links of a static site: what each page has, where it leads, and what leads nowhere."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: What makes a browser fetch something; a link only does when it is clicked.
FETCHED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")}


@dataclass
class Page:
    """What a page has.

    Args:
        ids: What may stand behind the `#` of a link to it.
        links: What it leads to or fetches, as written.
        fetched: Those that a browser fetches at once.
    """

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.page.ids.add(value)
            if name in ("href", "src") and value:
                self.page.links.append(value)
                if (tag, name) in FETCHED:
                    self.page.fetched.append(value)


def read(file: Path) -> Page:
    """One page."""
    reader = _Reader()
    reader.feed(file.read_text())
    return reader.page


def broken(site: Path) -> list[str]:
    """Each link between files of the site that leads to no file, or to no place in it."""
    pages = {file: read(file) for file in sorted(site.rglob("*.html"))}
    found = []
    for file, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            to = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not to.is_file():
                found.append(f"{file.relative_to(site)}: {link} leads to no file")
            elif parts.fragment and to in pages and unquote(parts.fragment) not in pages[to].ids:
                found.append(f"{file.relative_to(site)}: {link} leads to no place in its page")
    return found


def fetched_elsewhere(site: Path) -> list[str]:
    """What a browser would fetch from another host."""
    return [
        f"{file.relative_to(site)}: {link}"
        for file in sorted(site.rglob("*.html"))
        for link in read(file).fetched
        if urlsplit(link).netloc
    ]
