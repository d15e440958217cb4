"""Every link of the book leads somewhere, and nothing is fetched from another host."""

from pathlib import Path

import pytest
from site_links import broken, fetched_elsewhere


def test_every_link_leads_somewhere(site: Path) -> None:
    assert broken(site) == []


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    assert fetched_elsewhere(site) == []


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("there.html", []),
        ("there.html#place", []),
        ("#here", []),
        ("https://example.org/nowhere", []),
        ("gone.html", ["a.html: gone.html leads to no file"]),
        ("there.html#gone", ["a.html: there.html#gone leads to no place in its page"]),
        ("#gone", ["a.html: #gone leads to no place in its page"]),
    ],
)
def test_a_link_that_leads_nowhere_is_told(tmp_path: Path, link: str, said: list[str]) -> None:
    (tmp_path / "there.html").write_text('<p id="place">')
    (tmp_path / "a.html").write_text(f'<p id="here"><a href="{link}">x</a>')
    assert broken(tmp_path) == said


def test_a_script_of_another_host_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<script src="https://example.org/x.js"></script><a href="https://example.org">'
    )
    assert fetched_elsewhere(tmp_path) == ["a.html: https://example.org/x.js"]
