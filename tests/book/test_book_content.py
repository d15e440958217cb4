"""What the book has to show, held against what it is built from."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from site_links import read

import kubeface
from conftest import ROOT

NOTEBOOKS = sorted(ROOT.glob("notebooks/[0-9]*.ipynb"))
MINUTES = json.loads((ROOT / "notebooks/minutes.json").read_text())
MANIFESTS = sorted(file for file in ROOT.glob("manifests/**/*") if file.suffix in (".yaml", ".sql", ".sh"))
TERM = re.compile(r'class="reference internal" href="glossary\.html#(term-[^"]+)"')
FOLDED = re.compile(r"<details><summary>(?:The answer|One way to solve)")
TAG = re.compile(r"<[^>]+>")


def text_of(file: Path) -> str:
    """A page's text, as a reader sees it."""
    return unescape(TAG.sub("", file.read_text()))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda one: one.stem)
def test_answers_and_solutions_are_folded(site: Path, notebook: Path) -> None:
    cells = json.loads(notebook.read_text())["cells"]
    outputs = [one.get("data", {}) for cell in cells for one in cell.get("outputs", [])]
    told = ["".join(one.get("text/plain", "")) for one in outputs]
    asked = sum("The answer is" in one or one.startswith("# One way to solve") for one in told)
    page = (site / "notebooks" / f"{notebook.stem}.html").read_text()
    assert len(FOLDED.findall(page)) == asked > 0
    assert "<details open" not in page


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda one: one.stem)
def test_a_lesson_has_its_minutes_as_an_estimate(site: Path, notebook: Path) -> None:
    minutes = MINUTES[notebook.name[:2]]["minutes"]
    assert f"Time about {minutes} minutes, an estimate." in text_of(site / f"notebooks/{notebook.stem}.html")
    contents = (site / "index.html").read_text().partition("<table")[2]
    row = re.search(rf'href="notebooks/{notebook.stem}\.html".*?</tr>', contents, re.DOTALL)
    assert row
    assert f"<p>{minutes}</p>" in row[0]
    assert "minutes, an estimate" in contents


def test_a_prediction_is_shown_as_text(site: Path) -> None:
    page = text_of(site / "notebooks/00-start-here.html")
    assert "predict: Seven parts, three nodes: how many Pods will the application have?" in page


def test_words_lead_to_the_glossary_and_the_glossary_leads_back(site: Path) -> None:
    links = read(site / "notebooks/glossary.html")
    back = {link.partition("#")[0] for link in links.links if "#lesson-" in link}
    for notebook in NOTEBOOKS:
        page = (site / "notebooks" / f"{notebook.stem}.html").read_text()
        there = set(TERM.findall(page))
        assert there <= links.ids
        assert there
        assert f"{notebook.stem}.html" in back


def test_every_word_of_the_glossary_has_its_place_and_a_way_back(site: Path) -> None:
    page = (site / "notebooks/glossary.html").read_text()
    words = re.findall(r"^\| \*\*(.+?)\*\*", (ROOT / "notebooks/glossary.md").read_text(), re.M)
    entries = re.findall(r'<dt id="term-.*?</dd>', page, re.S)
    assert len(entries) == len(words)
    assert [entry for entry in entries if "Explained in" not in entry] == []


@pytest.mark.parametrize("name", kubeface.__all__)
def test_every_public_name_is_in_the_reference(site: Path, name: str) -> None:
    pages = [file for file in site.glob("reference/*.html") if f"kubeface.{name}" in read(file).ids]
    assert len(pages) == 1


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda one: str(one.relative_to(ROOT)))
def test_every_manifest_is_there_with_its_comments(site: Path, file: Path) -> None:
    pages = [text_of(page) for page in site.glob("manifests/**/*.html")]
    assert any(file.read_text().rstrip() in page for page in pages)


def test_the_drawing_of_the_rooms_has_words(site: Path) -> None:
    page = (site / "docs/book/architecture.html").read_text()
    drawn = re.search(
        r'<svg[^>]*role="img" aria-labelledby="rooms-title rooms-words">(.*?)</svg>', page, re.S
    )
    assert drawn
    for room in ("cli", "exercises", "kube", "errors"):
        assert f">{room}</text>" in drawn[1]
    assert "lesson looks into" in drawn[1]
    assert "importlinter" in page
