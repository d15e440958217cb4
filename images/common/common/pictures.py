"""What the file of a picture says of itself. Only heads are read here: nothing is decoded or unpacked.

The parts of a file that show no pixels (notes, profiles, texts) are stepped over unread; of all of them
only the note on how the camera was held is looked at, and a broken one says nothing.
"""

import contextlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import SEEK_END
from typing import BinaryIO

MAX_BYTES = 50_000_000  # chosen: far above any photo of MAX_PIXELS
MAX_PIXELS = 25_000_000  # chosen: decoding and turning so many takes about 300 MB; phones take 12 million
KINDS = "JPEG, PNG, WebP, GIF and BMP"
HEAD_BYTES = 64  # what `kind_of` looks at, if there are so many
HEAD_PARTS = 1000  # chosen: a camera writes dozens; each costs microseconds
_ORIENTATION, _SHORT = 0x0112, 3  # specified: a tag of EXIF, and the kind of number that it is
_MAX_NOTE_BYTES = 64 * 1024  # specified: no EXIF note in a JPEG is longer

_STARTS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
)
_OTHER_STARTS = (
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"II+\0", "a TIFF picture"),
    (b"MM\0+", "a TIFF picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"\0\0\x01\0", "an ICO picture"),
    (b"8BPS", "a Photoshop picture"),
    (b"<svg", "an SVG picture"),
    (b"<?xml", "an XML file"),
    (b"<!DOCTYPE", "an HTML file"),
    (b"%PDF", "a PDF file"),
)
_BRANDS = (  # of files made of boxes; the first that is named counts
    ((b"avif", b"avis"), "an AVIF picture"),
    ((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "a HEIC picture"),
    ((b"crx ",), "a raw picture"),
)


class NotAPicture(Exception):
    """The file is no picture that is read here; the message is a sentence for people."""


class PictureTooLarge(NotAPicture):
    """More bytes or pixels than are read here; nothing has been decoded."""


@dataclass(frozen=True)
class Head:
    """width and height in pixels, as stored. orientation: 1 to 8, as EXIF says; 5 to 8 lie on their side."""

    kind: str  # "JPEG", "PNG", "WEBP", "GIF" or "BMP"
    width: int
    height: int
    orientation: int = 1

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height when it is turned as it should be."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


@dataclass(frozen=True)
class Part:
    """A piece of a file: its name, and where its content lies."""

    name: bytes
    start: int
    length: int


def kind_of(head: bytes) -> str:
    """The kind of a picture by its first bytes, whatever it is called: "JPEG", "PNG", "WEBP", "GIF", "BMP".

    >>> kind_of(b"GIF89a")
    'GIF'

    Raises:
        NotAPicture: names the format, if it is a known one that is not read here.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    raise NotAPicture(f"it is {_other_kind(head[:HEAD_BYTES])}; what is read here is {KINDS}")


def read_head(file: BinaryIO, *, most_pixels: int = MAX_PIXELS) -> Head:
    """What the head of a picture says, in some reads of some bytes.

    Raises:
        PictureTooLarge: more than MAX_BYTES, or more pixels than `most_pixels`.
        NotAPicture: another kind of file, or one that ends before it says how large the picture is.
        OSError: the file cannot be read.
    """
    size = file.seek(0, SEEK_END)
    if size > MAX_BYTES:
        raise PictureTooLarge(f"the picture has {size:,} bytes; at most {MAX_BYTES:,} are read")
    file.seek(0)
    kind = kind_of(file.read(HEAD_BYTES))
    head = _READERS[kind](file)
    if head is None or head.width < 1 or head.height < 1:
        raise NotAPicture(f"the {kind} ends before it says how large the picture is")
    if head.width * head.height > most_pixels:
        sides = f"{head.width} x {head.height}"
        raise PictureTooLarge(f"the picture has {sides} pixels; at most {most_pixels:,} are read")
    return head


def jpeg_parts(file: BinaryIO, most: int = HEAD_PARTS) -> Iterator[Part]:
    """The segments of a JPEG up to its first pixels; the last, b"\\xda", is the rest of the file."""
    end = file.seek(0, SEEK_END)
    file.seek(2)
    for _ in range(most):
        mark = file.read(2)
        while mark == b"\xff\xff":  # filled up
            mark = b"\xff" + file.read(1)
        if len(mark) < 2 or mark[0] != 0xFF:
            return
        name = mark[1:]
        if name == b"\x01" or b"\xd0" <= name <= b"\xd9":  # these stand alone
            continue
        length = int.from_bytes(file.read(2)) - 2
        start = file.tell()
        if length < 0 or start > end:
            return
        yield Part(name, start, end - start if name == b"\xda" else min(length, end - start))
        if name == b"\xda":
            return
        file.seek(start + length)


def png_parts(file: BinaryIO, most: int = HEAD_PARTS) -> Iterator[Part]:
    """The chunks of a PNG, the first `most` of them; the last may be cut off."""
    end = file.seek(0, SEEK_END)
    file.seek(8)
    for _ in range(most):
        said = file.read(8)
        if len(said) < 8:
            return
        length, start = int.from_bytes(said[:4]), file.tell()
        yield Part(said[4:], start, min(length, end - start))
        file.seek(start + length + 4)  # behind its checksum


def _jpeg(file: BinaryIO) -> Head | None:
    size, orientation = None, 1
    for part in jpeg_parts(file):
        file.seek(part.start)
        if part.name == b"\xe1" and file.read(6) == b"Exif\0\0":
            orientation = _orientation(file.read(min(part.length - 6, _MAX_NOTE_BYTES)))
        elif size is None and b"\xc0" <= part.name <= b"\xcf" and part.name not in b"\xc4\xc8\xcc":
            frame = file.read(5)
            size = int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3])
    return Head("JPEG", *size, orientation) if size else None


def _png(file: BinaryIO) -> Head | None:
    size, orientation = None, 1
    for part in png_parts(file):
        if part.name == b"IDAT":
            break
        file.seek(part.start)
        if size is None and part.name == b"IHDR":
            size = int.from_bytes(file.read(4)), int.from_bytes(file.read(4))
        elif part.name == b"eXIf":
            orientation = _orientation(file.read(min(part.length, _MAX_NOTE_BYTES)))
        file.seek(part.start)
    return Head("PNG", *size, orientation) if size else None


def _webp(file: BinaryIO) -> Head | None:
    size, orientation = None, 1
    file.seek(12)
    for _ in range(HEAD_PARTS):
        said = file.read(8)
        if len(said) < 8:
            break
        length = int.from_bytes(said[4:], "little")
        start = file.tell()
        if said[:4] == b"EXIF":
            orientation = _orientation(file.read(min(length, _MAX_NOTE_BYTES)).removeprefix(b"Exif\0\0"))
        elif size is None:
            size = _webp_size(said[:4], file.read(10))
        file.seek(start + length + length % 2)
    return Head("WEBP", *size, orientation) if size else None


def _webp_size(name: bytes, begin: bytes) -> tuple[int, int] | None:
    if len(begin) < 10:
        return None
    if name == b"VP8X":
        return int.from_bytes(begin[4:7], "little") + 1, int.from_bytes(begin[7:10], "little") + 1
    if name == b"VP8L":
        sides = int.from_bytes(begin[1:5], "little")
        return (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        return int.from_bytes(begin[6:8], "little") & 0x3FFF, int.from_bytes(begin[8:10], "little") & 0x3FFF
    return None


def _gif(file: BinaryIO) -> Head | None:
    file.seek(6)
    sides = file.read(4)
    return Head("GIF", int.from_bytes(sides[:2], "little"), int.from_bytes(sides[2:], "little"))


def _bmp(file: BinaryIO) -> Head | None:
    file.seek(14)
    begin = file.read(12)
    if int.from_bytes(begin[:4], "little") == 12:  # the oldest kind
        return Head("BMP", int.from_bytes(begin[4:6], "little"), int.from_bytes(begin[6:8], "little"))
    height = int.from_bytes(begin[8:12], "little", signed=True)  # negative: from the top down
    return Head("BMP", int.from_bytes(begin[4:8], "little", signed=True), abs(height))


_READERS = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "GIF": _gif, "BMP": _bmp}


def _orientation(note: bytes) -> int:
    """What an EXIF note says of how the camera was held; 1 when it says nothing, or nothing that can be."""
    order = {b"II": "<", b"MM": ">"}.get(note[:2])
    with contextlib.suppress(struct.error):  # it ends too early
        if order:
            (first,) = struct.unpack_from(f"{order}I", note, 4)
            (count,) = struct.unpack_from(f"{order}H", note, first)
            for at in range(first + 2, first + 2 + 12 * count, 12):
                tag, kind, numbers, said = struct.unpack_from(f"{order}HHIH", note, at)
                if tag == _ORIENTATION:
                    return int(said) if (kind, numbers) == (_SHORT, 1) and 1 <= said <= 8 else 1
    return 1


def _other_kind(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        brands = [head[at : at + 4] for at in (8, *range(16, len(head), 4))]
        return next((what for names, what in _BRANDS if set(names) & set(brands)), "a film or a sound")
    begin = head.lstrip()
    if begin.startswith(b"--"):
        return "a form, not the picture itself"
    return next((what for start, what in _OTHER_STARTS if begin.startswith(start)), "no picture")
