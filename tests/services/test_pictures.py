"""The heads of pictures: read without decoding, whatever the picture claims, and however odd the rest is."""

import resource
import subprocess
import sys
import tracemalloc
from io import BytesIO
from pathlib import Path

import bad_input
import photos
import pytest
from common.photos import NotAFile, OutsideFolder, PhotoMissing, open_photo
from common.pictures import Head, NotAPicture, PictureTooLarge, kind_of, read_head
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image
from real_servers import ROOT

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
FRONTEND_BYTES = 192 * 1024 * 1024  # what its manifest gives it
#: The smallest files on which a reader stumbled: found by the test of mutated files, or by hand.
SMALLEST = (
    b"\xff\xd8\xff",
    b"\xff\xd8\xff\xe1\x00\x00",
    b"\xff\xd8\xff\xe1\x00\x08Exif\0\0",
    b"\xff\xd8\xff" + b"\xff" * 100,
    b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR",
    b"RIFF\0\0\0\0WEBPVP8X",
    b"RIFF\0\0\0\0WEBPEXIF\xff\xff\xff\xff",
    b"GIF89a\1",
    b"BM" + bytes(12) + b"\x28\0\0\0" + b"\xff" * 8,
)


def picture(kind: str, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    data = BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(data, kind, **options)
    return data.getvalue()


def head(data: bytes) -> Head:
    return read_head(BytesIO(data))


@pytest.mark.parametrize("kind", KINDS)
def test_a_head_tells_kind_and_size(kind: str) -> None:
    assert head(picture(kind)) == Head(kind, 40, 30)


@pytest.mark.parametrize("options", [{"lossless": True}, {"lossless": False}, {"exif": b"MM\0*junk"}])
def test_each_kind_of_webp_tells_its_size(options: dict[str, object]) -> None:
    assert head(picture("WEBP", (301, 17), **options)) == Head("WEBP", 301, 17)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_how_the_camera_was_held_is_known(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    seen = head(picture(kind, exif=exif))
    assert seen == Head(kind, 40, 30, orientation)
    assert seen.shown == ((40, 30) if orientation < 5 else (30, 40))


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"II",
        b"II*\0\xff\xff\xff\xff",
        b"MM\0*\0\0\0\x08\xff\xff",
        b"II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x05\0\0\0wide\0\0\0\0",  # a text where a number stands
        b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x63\0\0\0",  # 99
        b"neither",
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_broken_note_says_nothing(kind: str, note: bytes) -> None:
    assert head(picture(kind, exif=b"Exif\0\0" + note if kind == "JPEG" else note or b"x")).orientation == 1


@pytest.mark.parametrize(
    ("begin", "named"),
    [
        (b"\0\0\0\x1cftypheic\0\0\0\0mif1heic", "a HEIC picture"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heic", "a HEIC picture"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", "an AVIF picture"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "an AVIF picture"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "a film or a sound"),
        (b"II*\0\x08\0\0\0", "a TIFF picture"),
        (b"MM\0*\0\0\0\x08", "a TIFF picture"),
        (b"\xff\x0a\xfa\x7f\x01", "a JPEG XL picture"),
        (b"  <svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG picture"),
        (b"%PDF-1.7", "a PDF file"),
        (b"--X\r\nContent-Disposition: form-data", "a form"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "no picture"),
        (b"", "no picture"),
    ],
)
def test_a_format_that_is_not_read_is_named(begin: bytes, named: str) -> None:
    with pytest.raises(NotAPicture, match=f"it is {named}.*JPEG, PNG, WebP, GIF and BMP"):
        kind_of(begin)


def test_a_picture_of_too_many_pixels_is_refused_by_its_head() -> None:
    with pytest.raises(PictureTooLarge, match="20000 x 20000 pixels; at most 25,000,000"):
        head(bad_input.bomb_png(20_000))


@pytest.mark.parametrize("kind", KINDS)
def test_to_read_a_head_takes_neither_the_file_nor_its_pixels(kind: str) -> None:
    data = BytesIO(picture(kind, (1500, 1000)))
    tracemalloc.start()
    try:
        read_head(data)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("chunk", [b"zTXt", b"iTXt", b"iCCP", b"eXIf"])
def test_a_png_with_many_notes_is_not_read_for_ever(chunk: bytes) -> None:
    plain = picture("PNG")
    note = (20).to_bytes(4) + chunk + bytes(24)
    data = BytesIO(plain[:33] + note * 400_000 + plain[33:])
    tracemalloc.start()
    try:
        assert read_head(data) == Head("PNG", 40, 30)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()
    assert data.tell() < 1_000_000


@pytest.mark.parametrize("data", SMALLEST)
def test_what_a_reader_once_stumbled_on_is_no_picture(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        head(data)


@given(
    kind=st.sampled_from(KINDS),
    places=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=12),
    cut=st.integers(0, 3000),
)
@example(kind="JPEG", places=[(4, 0), (5, 0)], cut=3000)  # a segment of no length
@example(kind="WEBP", places=[(16, 255), (17, 255), (18, 255), (19, 255)], cut=3000)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_mutated_file_is_a_picture_or_is_refused_in_words(
    kind: str, places: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(WHOLE[kind][:cut])
    for place, value in places:
        if place < len(data):
            data[place] = value
    try:
        seen = head(bytes(data))
    except NotAPicture:
        return
    assert (seen.width > 0, seen.height > 0, seen.orientation in range(1, 9)) == (True, True, True)


WHOLE = {kind: picture(kind) for kind in KINDS}


def test_the_frontend_looks_at_bombs_within_its_memory(tmp_path: Path) -> None:
    """As its page does: 24 photos, again and again, in a process that may have no more than its limit."""
    (tmp_path / "bomb.png").write_bytes(bad_input.bomb_png(20_000))
    Image.effect_noise((4000, 3000), 50).convert("RGB").save(tmp_path / "large.png", compress_level=0)
    visit = f"""
import sys, pathlib
sys.path[:0] = ["{ROOT}/images/common", "{ROOT}/images/frontend"]
from common.pictures import NotAPicture
from frontend.picture import open_picture
for name in ["bomb.png", "large.png"] * 24 * 4:
    try:
        file, picture = open_picture(pathlib.Path("{tmp_path}"), name)
        file.close()
        print(picture.width)
    except NotAPicture as error:
        print(error)
assert "PIL" not in sys.modules
"""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (FRONTEND_BYTES, FRONTEND_BYTES))

    done = subprocess.run(
        [sys.executable, "-c", visit], preexec_fn=limited, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.splitlines()) == {
        "4000",
        "the picture has 20000 x 20000 pixels; at most 125,000,000 are read",
    }


def test_the_file_that_was_judged_is_read_whoever_takes_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"first")
    with open_photo(tmp_path, "a.jpg") as file:
        (tmp_path / "new").write_bytes(b"second")
        (tmp_path / "new").rename(tmp_path / "a.jpg")
        assert file.read() == b"first"


def test_a_name_that_looks_deleted_is_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.jpg (deleted)").write_bytes(b"here")
    with open_photo(tmp_path, "a.jpg (deleted)") as file:
        assert file.read() == b"here"


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ("", OutsideFolder),
        ("../x", OutsideFolder),
        ("a\0", OutsideFolder),
        ("/etc/passwd", OutsideFolder),
        ("escape", OutsideFolder),
        ("none.jpg", PhotoMissing),
        ("\ud800.jpg", PhotoMissing),
        ("a.jpg/b", PhotoMissing),
        ("x" * 300, PhotoMissing),
        ("folder", NotAFile),
    ],
)
def test_a_path_that_means_no_photo_is_refused(tmp_path: Path, asked: str, refusal: type[Exception]) -> None:
    photos_dir = tmp_path / "photos"
    (photos_dir / "folder").mkdir(parents=True)
    (photos_dir / "a.jpg").write_bytes(photos.png_head(1, 1))
    (tmp_path / "photos-of-others").write_bytes(b"private")  # the folder's name is the beginning of its
    (photos_dir / "escape").symlink_to("../photos-of-others")
    with pytest.raises(refusal):
        open_photo(photos_dir, asked)


def test_a_photos_folder_behind_a_link_is_the_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/a.jpg").write_bytes(b"here")
    (tmp_path / "photos").symlink_to("real")
    with open_photo(tmp_path / "photos", "a.jpg") as file:
        assert file.read() == b"here"
