"""What the real course gives: every notebook as it stands, without what a run has left in it."""

import re
from pathlib import Path

import nbformat
import pytest

from kubeface import editions, places
from kubeface.editions import notebooks
from kubeface.model import gaps

PHOTO = b"\x89PNG"


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    photos = tmp_path_factory.mktemp("photos")
    (photos / "known_people").mkdir()
    (photos / "known_people" / "anna.png").write_bytes(PHOTO)
    (photos / "known_people" / ".anna.part").write_bytes(PHOTO)
    return editions.read(places.SOURCE, photos)


def test_every_notebook_is_there_with_its_text_and_nothing_of_a_run(given: dict[str, bytes]) -> None:
    record = sorted((places.SOURCE / "notebooks").glob("*.ipynb"))
    assert [name for name in given if notebooks.is_one(name)] == [path.name for path in record]
    for path in record:
        mine = nbformat.reads(given[path.name].decode(), as_version=4)
        stored = nbformat.read(path, as_version=4)
        assert [(one.cell_type, one.source) for one in mine.cells] == [
            (one.cell_type, gaps.gapped(one.source))
            for one in stored.cells
            if not notebooks.asks_for_a_solution(one)
        ]
        assert not notebooks.was_run(given[path.name])
        assert notebooks.was_run(path.read_bytes())


def test_no_cell_shows_a_solution_to_who_has_not_asked_for_it(given: dict[str, bytes]) -> None:
    stored = [nbformat.read(path, as_version=4) for path in (places.SOURCE / "notebooks").glob("*.ipynb")]
    assert sum(notebooks.asks_for_a_solution(cell) for one in stored for cell in one.cells) > len(stored)
    assert [name for name, text in _texts(given) if re.search(r"^\s*solution\(", text, re.MULTILINE)] == []


def test_what_is_the_learner_s_to_write_is_left_out_of_notebooks_and_manifests(
    given: dict[str, bytes],
) -> None:
    left_open = [name for name, text in _texts(given) if (gap := gaps.read(text)) and gap.is_open]
    marked = [name for name, text in _texts(given) if gaps.read(text)]
    assert left_open == marked
    assert {Path(name).suffix for name in marked} == {".ipynb", ".yaml"}
    assert b"Left out" not in b"".join(
        data for name, data in given.items() if name.endswith((".ipynb", ".yaml"))
    )


def _texts(given: dict[str, bytes]) -> list[tuple[str, str]]:
    """Each code cell and each manifest, with the name of its file."""
    cells = [
        (name, cell.source)
        for name in filter(notebooks.is_one, given)
        for cell in nbformat.reads(given[name].decode(), as_version=4).cells
        if cell.cell_type == "code"
    ]
    return [*cells, *((name, data.decode()) for name, data in given.items() if name.endswith(".yaml"))]


def test_manifests_glossary_and_photos_are_beside_them(given: dict[str, bytes]) -> None:
    manifests = [path for path in (places.SOURCE / "manifests").rglob("*") if path.is_file()]
    assert {str(path.relative_to(places.SOURCE)) for path in manifests} <= given.keys()
    assert given["glossary.md"] == (places.SOURCE / "notebooks" / "glossary.md").read_bytes()
    assert {name: data for name, data in given.items() if name.startswith("photos/")} == {
        "photos/known_people/anna.png": PHOTO
    }


def test_what_a_notebook_reads_and_links_to_is_in_the_learner_s_folder(given: dict[str, bytes]) -> None:
    """A path that leaves the notebooks' folder leads, in a learner's own, to nowhere."""
    for name in filter(notebooks.is_one, given):
        notebook = nbformat.reads(given[name].decode(), as_version=4)
        for cell in notebook.cells:
            assert "../" not in cell.source, name
            links = re.findall(r"\]\(([^)#\s:]+)\)", cell.source) if cell.cell_type == "markdown" else []
            assert [link for link in links if link not in given] == [], name
    assert "images/receiver/Dockerfile" in given


def test_links_from_other_texts_lead_somewhere(given: dict[str, bytes]) -> None:
    for name in (one for one in given if one.endswith(".md")):
        links = re.findall(r"\]\(([^)#\s:]+)\)", given[name].decode())
        assert [link for link in links if str(Path(name).parent / link) not in given] == [], name
