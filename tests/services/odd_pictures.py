"""Five hundred files that people may post, odd ones and even ones: the same ones each time."""

import random
import struct
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import NamedTuple

import bad_input
import photos
from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
UNREAD = ("TIFF", "PPM", "TGA")
NAMES = (
    "blank here.jpg",
    "Ünïcödé-写真-😀.png",
    "'; DROP TABLE images; --.jpg",
    "<script>alert(1)<\\script>.gif",
    "%2e%2e%2f.jpg",
    "-rf.jpg",
    "no ending",
    "CAPITALS.JPG",
    "e\u0301.jpg",
    "\u00e9.jpg",
    "trailing space.jpg ",
    ".hidden.jpg",
    "a" * 200 + ".jpg",
    "\udcff\udcfe.jpg",
)


class Odd(NamedTuple):
    """A file's name, its bytes, and who is in it: a person, "" for nobody, None where it may be either."""

    name: str
    data: bytes
    person: str | None


def make(count: int, seed: int = 7) -> list[Odd]:
    """So many of them; a tenth are pictures of a person as they should be."""
    chance = random.Random(seed)
    drawn = _small_portrait()
    kinds: list[Callable[[random.Random, Image.Image], Odd]] = [
        _even, _mutated, _mutated, _cut, _noted, _other_format, _text, _huge_head, _plain, _long_notes
    ]  # fmt: skip
    made = [kinds[number % len(kinds)](chance, drawn) for number in range(count)]
    named = [odd._replace(name=f"{number:03}-{odd.name}") for number, odd in enumerate(made)]
    return [*named[: -len(NAMES)], *_oddly_named(drawn)]


def _oddly_named(drawn: Image.Image) -> Iterator[Odd]:
    for number, name in enumerate(NAMES):
        yield Odd(name, _saved(drawn, "JPEG", quality=80 - number), "Barack Obama")


def _small_portrait() -> Image.Image:
    with Image.open(photos.known("obama.jpg")) as photo:
        small = photo.convert("RGB")
    small.thumbnail((360, 360))
    return small


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    data = BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def _even(chance: random.Random, drawn: Image.Image) -> Odd:
    kind = chance.choice(["JPEG", "PNG", "WEBP"])
    lit = drawn.point(lambda value: min(255, value + chance.randrange(8)))
    return Odd(f"even.{kind.lower()}", _saved(lit, kind), "Barack Obama")


def _mutated(chance: random.Random, drawn: Image.Image) -> Odd:
    data = bytearray(_saved(drawn.resize((90, 90)), chance.choice(FORMATS)))
    for _ in range(chance.randrange(1, 12)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return Odd("mutated.jpg", bytes(data), None)


def _cut(chance: random.Random, drawn: Image.Image) -> Odd:
    data = _saved(drawn.resize((120, 120)), chance.choice(FORMATS))
    return Odd("cut.jpg", data[: chance.randrange(len(data))], None)


def _noted(chance: random.Random, drawn: Image.Image) -> Odd:
    note = bytes(chance.randrange(256) for _ in range(chance.randrange(200)))
    return Odd("noted.jpg", _saved(drawn, "JPEG", exif=b"Exif\0\0" + note), "Barack Obama")


def _other_format(chance: random.Random, drawn: Image.Image) -> Odd:
    kind = chance.choice(UNREAD)
    return Odd(f"other.{kind.lower()}", _saved(drawn.resize((60, 60)), kind), "")


def _text(chance: random.Random, drawn: Image.Image) -> Odd:
    text = chance.choice([b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff"])
    return Odd("text.jpg", text, "")


def _huge_head(chance: random.Random, drawn: Image.Image) -> Odd:
    side = chance.choice([5001, 20_000, 2**31 - 1])
    data = bad_input.bomb_png(6000) if side == 20_000 else photos.png_head(side, side)
    return Odd("huge.png", data, "")


def _plain(chance: random.Random, drawn: Image.Image) -> Odd:
    size = chance.randrange(1, 300), chance.randrange(1, 300)
    color = tuple(chance.randrange(256) for _ in range(3))
    return Odd("plain.png", _saved(Image.new("RGB", size, color), chance.choice(FORMATS)), "")


def _long_notes(chance: random.Random, drawn: Image.Image) -> Odd:
    """A PNG with a book of text before its pixels."""
    data = _saved(drawn, "PNG")
    text = b"tEXtbook\0" + b"x" * chance.randrange(100_000)
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    return Odd("book.png", data[:33] + chunk + data[33:], "Barack Obama")
