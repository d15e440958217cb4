"""What a visitor may ask the frontend for, and what it takes for a picture."""

from pathlib import Path

import pytest
from common.pictures import NotAPicture
from frontend.core import Box, Query, Refused, read_query
from frontend.label import place_label
from frontend.picture import Picture, open_picture
from PIL import Image


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        ({}, Query()),
        ({"status": "", "limit": "", "before": ""}, Query()),
        ({"status": "failed"}, Query(status="FAILED")),
        ({"limit": "200", "before": "7"}, Query(limit=200, before=7)),
        ({"after": "0"}, Query(after=0)),
        ({"unknown": "1"}, Query()),
    ],
)
def test_a_query_is_read(asked: dict[str, str], query: Query) -> None:
    assert read_query(asked) == query


@pytest.mark.parametrize(
    "asked",
    [
        {"status": "DONE"},
        {"status": "1"},
        {"status": "PROCEſſED"},
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "201"},
        {"limit": "1e2"},
        {"limit": "٣"},
        {"before": "9" * 5000},
        {"before": "2147483648"},
        {"before": "1; DROP TABLE images"},
        {"before": "0"},
        {"before": "7", "after": "3"},
    ],
)
def test_a_query_without_sense_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        read_query(asked)
    assert refused.value.status == 422


def look_at(file: Path) -> Picture:
    opened, picture = open_picture(file.parent, file.name)
    opened.close()
    return picture


def test_a_picture_is_as_large_as_the_browser_shows_it(tmp_path: Path) -> None:
    on_its_side = Image.Exif()
    on_its_side[0x0112] = 6
    Image.new("RGB", (40, 30)).save(tmp_path / "x.jpg", exif=on_its_side)
    seen = look_at(tmp_path / "x.jpg")
    assert (seen.width, seen.height, seen.media_type) == (30, 40, "image/jpeg")


def test_a_picture_is_known_by_its_bytes_and_looked_at_again_when_they_change(tmp_path: Path) -> None:
    file = tmp_path / "x.jpg"
    Image.new("RGB", (40, 30)).save(file, format="PNG")
    assert look_at(file).media_type == "image/png"
    Image.new("RGB", (400, 30)).save(file, format="PNG")
    assert look_at(file).width == 400


@pytest.mark.parametrize("content", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_what_is_no_picture_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jpg").write_bytes(content)
    with pytest.raises(NotAPicture):
        look_at(tmp_path / "x.jpg")


def test_a_jpeg_with_a_second_picture_behind_it_is_a_jpeg(tmp_path: Path) -> None:
    one, other = Image.new("RGB", (40, 30)), Image.new("RGB", (20, 15))
    one.save(tmp_path / "x.jpg", format="MPO", save_all=True, append_images=[other])
    assert look_at(tmp_path / "x.jpg").media_type == "image/jpeg"


@pytest.mark.parametrize(
    ("box", "place"),
    [
        (Box(100, 300, 300, 100), (100, "above")),
        (Box(5, 300, 300, 100), (100, "below")),
        (Box(5, 300, 495, 100), (100, "in")),
        (Box(100, 500, 300, 480), (398, "above")),  # moved to the left, so that all of it can be read
    ],
)
def test_a_name_stands_at_its_box_inside_the_picture(box: Box, place: tuple[int, str]) -> None:
    label = place_label("Alan", box, Picture(480, 500, "image/jpeg"))
    where = "above" if label.y < box.top else "below" if label.y - label.size > box.bottom else "in"
    assert (round(label.x), where) == place
    assert label.size <= label.y <= 500


def test_a_name_that_is_too_long_is_cut() -> None:
    label = place_label("x" * 300, Box(100, 300, 300, 100), Picture(500, 500, "image/jpeg"))
    assert (len(label.text), label.text[-1]) == (24, "…")
