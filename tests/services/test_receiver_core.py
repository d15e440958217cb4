"""What the receiver takes for a photo's path. Real files, no server."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_servers import own_folder
from receiver.core import Refused, find_photo, read_path


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's leave to read every file, if the tests have it."""
    uid = os.geteuid()
    if uid == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(uid)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A photos folder with one photo, and with what should not be taken for one."""
    folder = tmp_path / "photos"
    (folder / "unknown_people").mkdir(parents=True)
    (folder / "unknown_people/x.jpg").write_bytes(b"\xff\xd8")
    (folder / "unknown_people/empty.jpg").touch()
    os.mkfifo(folder / "unknown_people/pipe.jpg")
    (tmp_path / "outside.jpg").write_bytes(b"\xff\xd8")
    (folder / "unknown_people/escape.jpg").symlink_to(tmp_path / "outside.jpg")
    (folder / "escape").symlink_to(tmp_path)
    (folder / "unknown_people/circle.jpg").symlink_to("circle.jpg")
    (folder / "unknown_people/inside.jpg").symlink_to("x.jpg")
    (folder / "unknown_people/dangling.jpg").symlink_to("gone.jpg")
    return folder


@pytest.mark.parametrize(
    "asked",
    [
        "unknown_people/x.jpg",
        "./unknown_people//x.jpg",
        "unknown_people/./x.jpg",
        "{photos}/unknown_people/x.jpg",
    ],
)
def test_every_spelling_of_a_photo_is_one_path(photos: Path, asked: str) -> None:
    assert find_photo(photos, asked.format(photos=photos)) == "unknown_people/x.jpg"


def test_a_link_to_a_photo_in_the_folder_is_a_photo(photos: Path) -> None:
    assert find_photo(photos, "unknown_people/inside.jpg") == "unknown_people/inside.jpg"


def test_a_folder_that_is_itself_a_link_is_fine(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "mounted").symlink_to(photos)
    assert find_photo(tmp_path / "mounted", "unknown_people/x.jpg") == "unknown_people/x.jpg"


def test_letters_of_any_language_are_fine(photos: Path) -> None:
    name = "unknown_people/Фото\u202f3 👩‍🚀.jpg"
    (photos / name).write_bytes(b"\xff\xd8")
    assert find_photo(photos, name) == name


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ("", 422, "empty"),
        (".", 422, "photos folder itself"),
        ("{photos}", 422, "photos folder itself"),
        ("unknown_people", 422, "not a file"),
        ("unknown_people/pipe.jpg", 422, "not a file"),
        ("unknown_people/empty.jpg", 422, "is empty"),
        ("unknown_people/circle.jpg", 404, "there is no file"),
        ("unknown_people/x.jpg ", 404, "there is no file"),
        ("unknown_people/x.jpg /", 404, "there is no file"),
        ("unknown_people/x\x00.jpg", 422, "character"),
        ("unknown_people/x\n.jpg", 422, "character"),
        ("unknown_people/\ud800.jpg", 422, "character"),
        ("a" * 300, 404, "there is no file"),
        ("a/" * 300, 422, "longer than 512"),
        ("unknown_people/gone.jpg", 404, "there is no file"),
        ("unknown_people/dangling.jpg", 404, "there is no file"),
        ("unknown_people/x.jpg/y.jpg", 404, "there is no file"),
        ("../outside.jpg", 403, "outside"),
        ("unknown_people/../unknown_people/x.jpg", 403, "outside"),
        ("{photos}/../outside.jpg", 403, "outside"),
        ("/etc/passwd", 403, "outside"),
        ("//etc/passwd", 403, "outside"),
        ("unknown_people/escape.jpg", 403, "outside"),
        ("escape/outside.jpg", 403, "outside"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_reason(photos: Path, asked: str, status: int, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        find_photo(photos, asked.format(photos=photos))
    assert refused.value.status == status


def test_a_photo_without_permission_is_refused() -> None:
    with own_folder("photos") as folder:
        folder.chmod(0o755)
        (folder / "x.jpg").write_bytes(b"\xff\xd8")
        (folder / "x.jpg").chmod(0)
        with as_nobody(), pytest.raises(Refused, match="cannot be read"):
            find_photo(folder, "x.jpg")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"path=x.jpg", 400),
        (b'{"path": "x.jpg"', 400),
        (b"\xff\xfe\xfd", 400),
        (b"[" * 60_000, 400),
        (b'{"path": ' + b"9" * 5_000 + b"}", 400),
        (b'"x.jpg"', 422),
        (b"[]", 422),
        (b"null", 422),
        (b"{}", 422),
        (b'{"path": null}', 422),
        (b'{"path": 7}', 422),
        (b'{"path": true}', 422),
        (b'{"path": ["x.jpg"]}', 422),
        (b'{"path": {"path": "x.jpg"}}', 422),
    ],
)
def test_a_body_of_another_shape_is_refused(body: bytes, status: int) -> None:
    with pytest.raises(Refused) as refused:
        read_path(body)
    assert (refused.value.status, bool(refused.value.try_next)) == (status, True)
