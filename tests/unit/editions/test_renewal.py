"""A learner's folder is renewed from a course that has changed, and nothing of the learner's is lost."""

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from small_course import COURSE, FIRST, MANIFEST, NEXT, notebook

from kubeface.editions import Folder

Content = Callable[[], dict[str, bytes]]
OTHERS = (MANIFEST, "glossary.md", "photos/known_people/anna.png")
FIRST_NEW = "00-start-here (new).ipynb"


def test_a_new_folder_has_the_course(folder: Folder, content: Content) -> None:
    assert content() == COURSE


def test_what_nobody_touched_is_renewed(folder: Folder, content: Content) -> None:
    said = folder.renew(COURSE | NEXT)
    assert content() == COURSE | NEXT
    assert said == [f"Renewed, since you had not changed it: {', '.join(NEXT)}"]


def test_what_has_not_changed_in_the_course_is_left_as_the_learner_has_it(
    folder: Folder, content: Content
) -> None:
    mine = {FIRST: notebook("1 + 1", "mine", ran=True), MANIFEST: b"mine"}
    write(folder, mine)
    assert folder.renew(COURSE) == []
    assert content() == COURSE | mine


def test_a_notebook_that_was_run_is_renewed_and_kept_below_earlier(folder: Folder, content: Content) -> None:
    ran = notebook("1 + 1", "", ran=True)  # Shift+Enter in the last cell has made an empty one
    write(folder, {FIRST: ran})
    said = folder.renew(COURSE | NEXT)
    assert content() == COURSE | NEXT | {f"earlier/{FIRST}": ran}
    assert "Renewed; as you ran it, it is below earlier/" in said[0]


def test_a_notebook_that_was_only_opened_is_renewed_and_not_kept(folder: Folder, content: Content) -> None:
    opened = nbformat.reads(COURSE[FIRST].decode(), as_version=4)
    opened.metadata.language_info = {"name": "python", "version": "3.11"}
    opened.cells[1].metadata.collapsed = True
    write(folder, {FIRST: nbformat.writes(opened).encode()})
    folder.renew(COURSE | NEXT)
    assert content() == COURSE | NEXT


def test_a_part_that_the_learner_has_written_is_an_edit(folder: Folder, content: Content) -> None:
    task = "# Your turn: add them.\n"
    given, written, new = (notebook(task + one) for one in ("...", "1 + 1", "...\n# Given: more.\n2"))
    folder.renew(COURSE | {FIRST: given})
    write(folder, {FIRST: written})
    folder.renew(COURSE | {FIRST: new})
    assert content() == COURSE | {FIRST: written, FIRST_NEW: new}


@pytest.mark.parametrize("ran", [False, True])
def test_a_notebook_that_was_edited_stays_and_the_new_one_is_beside_it(
    folder: Folder, content: Content, ran: bool
) -> None:
    mine = notebook("1 + 2", ran=ran)
    write(folder, {FIRST: mine})
    said = folder.renew(COURSE | NEXT)
    assert content() == COURSE | NEXT | {FIRST: mine, FIRST_NEW: NEXT[FIRST]}
    assert f"Changed by you and kept as it is; the course's new version is beside it: {FIRST_NEW}" in said


def test_a_picture_in_a_text_is_an_edit(folder: Folder, content: Content) -> None:
    mine = nbformat.reads(COURSE[FIRST].decode(), as_version=4)
    mine.cells[0].attachments = {"me.png": {"image/png": "aGk="}}
    write(folder, {FIRST: nbformat.writes(mine).encode()})
    folder.renew(COURSE | NEXT)
    assert "attachments" in content()[FIRST].decode()


@pytest.mark.parametrize("name", OTHERS)
def test_another_file_that_was_edited_stays_and_nothing_applies_the_new_one(
    folder: Folder, content: Content, name: str
) -> None:
    write(folder, {name: b"mine"})
    folder.renew(COURSE | NEXT)
    assert content() == COURSE | NEXT | {name: b"mine", f"{name}.new": NEXT[name]}


def test_a_new_version_beside_is_kept_too_once_the_learner_worked_in_it(
    folder: Folder, content: Content
) -> None:
    mine, there = notebook("1 + 2"), notebook("1 + 1", "'new'", "mine, too")
    write(folder, {FIRST: mine})
    folder.renew(COURSE | NEXT)
    write(folder, {FIRST_NEW: there})
    third = COURSE | {FIRST: notebook("'third'")}
    folder.renew(third)
    assert content()[FIRST] == mine
    assert content()[FIRST_NEW] == third[FIRST]
    assert content()[f"earlier/{FIRST_NEW}"] == there


@pytest.mark.parametrize("name", [FIRST, *OTHERS])
def test_what_was_deleted_is_given_again(folder: Folder, content: Content, name: str) -> None:
    (folder.path / name).unlink()
    assert folder.renew(COURSE) == [f"There again: {name}"]
    assert content() == COURSE


def test_a_new_version_beside_that_was_deleted_does_not_come_again(folder: Folder, content: Content) -> None:
    write(folder, {FIRST: notebook("mine")})
    folder.renew(COURSE | NEXT)
    (folder.path / FIRST_NEW).unlink()
    assert folder.renew(COURSE | NEXT) == []


def test_two_on_one_day_are_both_kept(folder: Folder, content: Content) -> None:
    runs = [notebook("1 + 1", ran=True), notebook("1 + 1", "'new'", ran=True)]
    for ran, course in zip(runs, [COURSE | NEXT, COURSE], strict=True):
        write(folder, {FIRST: ran})
        folder.renew(course)
    assert [content()[f"earlier/{name}"] for name in (FIRST, "00-start-here 2.ipynb")] == runs


ODD = COURSE[FIRST].replace(b'"code"', b'"novel"')  # JSON, and no notebook


@pytest.mark.parametrize("torn", [b"", COURSE[FIRST][:200], b"\xff\xfe", b"[]", b'{"cells": 1}', ODD])
def test_a_notebook_that_is_half_written_is_kept_and_a_fresh_one_is_there(
    folder: Folder, content: Content, torn: bytes
) -> None:
    write(folder, {FIRST: torn})
    [said] = folder.renew(COURSE)
    assert said.startswith("No notebook any more, perhaps written half; it is below earlier/")
    assert content() == COURSE | {f"earlier/{FIRST}": torn}


def test_what_the_course_has_no_more_is_put_aside_unless_the_learner_changed_it(
    folder: Folder, content: Content
) -> None:
    write(folder, {MANIFEST: b"mine"})
    said = folder.renew({FIRST: COURSE[FIRST]})
    assert content()[MANIFEST] == b"mine"
    assert "glossary.md" not in content()
    assert content()["earlier/glossary.md"] == COURSE["glossary.md"]
    assert any(line.startswith("Not part of the course any more; it is below earlier/") for line in said)


def test_a_file_of_the_learner_s_own_is_not_taken_for_the_course_s(folder: Folder, content: Content) -> None:
    write(folder, {"manifests/mine.yaml": b"mine", "notes.ipynb": notebook("mine")})
    folder.renew(COURSE | {"manifests/mine.yaml": b"the course's"})
    assert content()["manifests/mine.yaml"] == b"mine"
    assert content()["manifests/mine.yaml.new"] == b"the course's"
    assert content()["notes.ipynb"] == notebook("mine")


def test_a_link_to_a_file_stays_a_link_and_its_target_as_it_is(folder: Folder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.ipynb"
    (folder.path / FIRST).rename(elsewhere)
    (folder.path / FIRST).symlink_to(elsewhere)
    assert folder.renew(COURSE) == []
    said = folder.renew(COURSE | NEXT)
    assert (folder.path / FIRST).readlink() == elsewhere
    assert elsewhere.read_bytes() == COURSE[FIRST]
    assert (folder.path / FIRST_NEW).read_bytes() == NEXT[FIRST]
    assert any(FIRST_NEW in line for line in said)


def test_nothing_is_written_through_a_link_to_a_folder(folder: Folder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (folder.path / "manifests").rename(elsewhere)
    (folder.path / "manifests").symlink_to(elsewhere)
    said = folder.renew(COURSE | NEXT)
    assert (elsewhere / "receiver" / "service.yaml").read_bytes() == COURSE[MANIFEST]
    assert "Left alone, since a link, a file or a folder of yours is in its way: manifests" in said
    assert folder.restore(COURSE, [MANIFEST])[0].endswith("is in its way: manifests")


def test_a_file_in_a_folder_s_place_and_a_folder_in_a_file_s_stay(folder: Folder, tmp_path: Path) -> None:
    (folder.path / "manifests").rename(tmp_path / "away")
    (folder.path / "manifests").write_text("mine")
    (folder.path / "glossary.md").unlink()
    (folder.path / "glossary.md").mkdir()
    folder.renew(COURSE | NEXT)
    assert (folder.path / "manifests").read_text() == "mine"
    assert (folder.path / "glossary.md").is_dir()
    assert (folder.path / "glossary.md.new").read_bytes() == NEXT["glossary.md"]
    assert (folder.path / FIRST).read_bytes() == NEXT[FIRST]


def test_a_renewal_that_was_cut_off_before_its_record_goes_on(folder: Folder, content: Content) -> None:
    given = folder.path / ".kubeface" / "given.json"
    before = given.read_bytes()
    folder.renew(COURSE | NEXT)
    given.write_bytes(before)
    assert folder.renew(COURSE | NEXT) == []
    assert content() == COURSE | NEXT


def test_without_a_record_everything_counts_as_the_learner_s(folder: Folder, content: Content) -> None:
    for kept in ("{", "[]", json.dumps({})):
        (folder.path / ".kubeface" / "given.json").write_text(kept)
        folder.renew(COURSE)
        assert content() == COURSE
    (folder.path / ".kubeface" / "given.json").write_text("{")
    folder.renew(COURSE | NEXT)
    assert {name: content()[name] for name in COURSE} == COURSE
    assert content()[FIRST_NEW] == NEXT[FIRST]


def write(folder: Folder, contents: dict[str, bytes]) -> None:
    for name, data in contents.items():
        (folder.path / name).write_bytes(data)
