"""The known people: encoded once, and fresh when the folder changes."""

import os
import shutil
from pathlib import Path

import photos
import pytest
from face_process import face_recognition
from face_recognition_service.core import identify
from face_recognition_service.known import KnownPeople
from face_recognition_service.models import ModelPool


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """known_people with Obama alone, in a photos folder of its own."""
    people = tmp_path / "known_people"
    people.mkdir()
    shutil.copy(photos.known("obama.jpg"), people)
    return people


def events(caplog: pytest.LogCaptureFixture, event: str) -> list[str]:
    return [record.photo for record in caplog.records if record.getMessage() == event]


def test_faceless_and_broken_known_photos_are_skipped_with_a_reason(tmp_path: Path) -> None:
    volume = photos.copy_photos(tmp_path / "photos")
    shutil.copy(photos.without_face(), volume / "known_people/cat.png")
    (volume / "known_people/notes.txt").write_text("no picture")
    with face_recognition(volume) as service:
        details = service.health_details()
        assert details.known_faces == 3
        assert details.skipped["cat.png"] == "no face was found in the picture"
        assert "it is no picture" in details.skipped["notes.txt"]
        assert service.identify("unknown_people/obama2.jpg").image_name == "obama.jpg"
        assert {line["photo"] for line in service.events("known photo skipped")} == {"cat.png", "notes.txt"}


def test_a_running_service_notices_a_new_known_photo(tmp_path: Path) -> None:
    volume = photos.copy_photos(tmp_path / "photos")
    (volume / "known_people/obama.jpg").rename(tmp_path / "obama.jpg")
    with face_recognition(volume) as service:
        assert service.identify("unknown_people/obama2.jpg").image_name == ""
        shutil.copy(tmp_path / "obama.jpg", volume / "known_people/barack.jpg")
        assert service.identify("unknown_people/obama2.jpg").image_name == "barack.jpg"


def test_nobody_is_known_where_there_is_no_folder(tmp_path: Path, models: ModelPool) -> None:
    known = KnownPeople(tmp_path / "missing", models).current()
    data = photos.unknown("obama2.jpg").read_bytes()
    match = models.run(lambda own: identify(data, known, own))
    assert (match.image_name, match.distance, match.faces_found) == ("", None, 1)


def test_a_removed_photo_is_forgotten(folder: Path, models: ModelPool) -> None:
    people = KnownPeople(folder.parent, models)
    assert people.current().names == ("obama.jpg",)
    (folder / "obama.jpg").unlink()
    assert people.current().names == ()


def test_a_replaced_photo_is_encoded_anew(folder: Path, models: ModelPool) -> None:
    people = KnownPeople(folder.parent, models)
    before = people.current().encodings
    shutil.copy(photos.known("biden.jpg"), folder / "obama.jpg")
    assert not (people.current().encodings == before).all()


def test_one_content_is_encoded_once(
    folder: Path, models: ModelPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = KnownPeople(folder.parent, models)
    first = people.current()
    monkeypatch.delattr("face_recognition_service.known.encode_clearest_face")  # whoever encodes again fails
    os.utime(folder / "obama.jpg", ns=(1, 1))
    shutil.copy(photos.known("obama.jpg"), folder / "again.jpg")
    assert people.current().names == ("again.jpg", "obama.jpg")
    assert (people.current().encodings == first.encodings).all()


def test_a_folder_that_did_not_change_is_not_read_again(
    folder: Path, models: ModelPool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    people = KnownPeople(folder.parent, models)
    assert people.current() is people.current()
    assert events(caplog, "known photo in use") == ["obama.jpg"]


def test_a_link_out_of_the_photos_folder_is_skipped_and_one_inside_is_followed(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, models: ModelPool
) -> None:
    outside = tmp_path_factory.mktemp("private") / "biden.jpg"
    shutil.copy(photos.known("biden.jpg"), outside)
    shutil.copy(photos.known("astronaut.png"), folder.parent / "elsewhere.png")
    (folder / "outside.jpg").symlink_to(outside)
    (folder / "inside.png").symlink_to("../elsewhere.png")
    (folder / "nothing.jpg").symlink_to("none.jpg")
    known = KnownPeople(folder.parent, models).current()
    assert known.names == ("inside.png", "obama.jpg")
    assert "leads out of the photos folder" in known.skipped["outside.jpg"]


def test_a_name_that_no_answer_could_hold_is_skipped(folder: Path, models: ModelPool) -> None:
    (folder / "obama.jpg").rename(folder / os.fsdecode(b"\xff.jpg"))
    known = KnownPeople(folder.parent, models).current()
    assert (known.names, list(known.skipped)) == ((), ["?.jpg"])


def test_names_that_differ_in_one_byte_are_different_names(folder: Path, models: ModelPool) -> None:
    names = ["OBAMA.jpg", "obama.jpg", "obama.jpg ", "óbama.jpg"]
    for name in names:
        shutil.copy(photos.known("obama.jpg"), folder / "new")
        (folder / "new").rename(folder / name)
    assert KnownPeople(folder.parent, models).current().names == tuple(names)
