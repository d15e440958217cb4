"""A lesson, a file or a folder as the course gives it, and the learner's put aside."""

from collections.abc import Callable

import pytest
from small_course import COURSE, FIRST, MANIFEST, notebook

from kubeface.editions import Folder
from kubeface.errors import BadInput

Content = Callable[[], dict[str, bytes]]
LESSON = "05-services-and-dns.ipynb"
LOST = "manifests/lessons/05-services-and-dns/lost.yaml"


@pytest.mark.parametrize("word", ["5", "05"])
def test_a_lesson_is_its_notebook_and_its_manifests(folder: Folder, content: Content, word: str) -> None:
    mine = dict.fromkeys((FIRST, LESSON, LOST, MANIFEST), b"mine")
    for name, data in mine.items():
        (folder.path / name).write_bytes(data)
    [said] = folder.restore(COURSE, [word])
    assert said.startswith("As the course gives it; what you had is below earlier/")
    assert said.endswith(f": {LESSON}, {LOST}")
    kept = {f"earlier/{name}": mine[name] for name in (LESSON, LOST)}
    assert content() == COURSE | {FIRST: b"mine", MANIFEST: b"mine"} | kept


@pytest.mark.parametrize("word", [MANIFEST, "manifests/receiver", "manifests/", "{folder}/manifests"])
def test_a_path_is_a_file_or_all_below_it(folder: Folder, content: Content, word: str) -> None:
    (folder.path / MANIFEST).write_bytes(b"mine")
    folder.restore(COURSE, [word.format(folder=folder.path)])
    assert content() == COURSE | {f"earlier/{MANIFEST}": b"mine"}


def test_what_is_as_it_was_given_is_said_to_be(folder: Folder, content: Content) -> None:
    assert folder.restore(COURSE, ["00"]) == [f"As the course gives it already: {FIRST}"]
    assert content() == COURSE


def test_a_notebook_that_was_only_run_is_put_aside_too(folder: Folder, content: Content) -> None:
    ran = notebook("1 + 1", ran=True)
    (folder.path / FIRST).write_bytes(ran)
    folder.restore(COURSE, [FIRST])
    assert content() == COURSE | {f"earlier/{FIRST}": ran}


def test_what_is_gone_is_given_again(folder: Folder, content: Content) -> None:
    (folder.path / LESSON).unlink()
    assert folder.restore(COURSE, ["05"])[0] == f"There again: {LESSON}"
    assert content() == COURSE


@pytest.mark.parametrize("word", ["16", "manifest", "receiver", "../glossary.md", ""])
def test_what_the_course_does_not_give_is_named_with_what_it_gives(folder: Folder, word: str) -> None:
    with pytest.raises(BadInput, match=r"(?s)The course gives nothing named .*it gives 00-start-here"):
        folder.restore(COURSE, [word])


def test_changed_files_are_known(folder: Folder) -> None:
    assert folder.changed("manifests/") == []
    (folder.path / MANIFEST).write_bytes(b"mine")
    (folder.path / LOST).unlink()
    (folder.path / FIRST).write_bytes(notebook("1 + 1", ran=True))
    assert folder.changed("manifests/") == [LOST, MANIFEST]
    assert folder.changed("0") == []
