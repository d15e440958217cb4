"""From the file of a photo to RGB pixels, the right way up, never more of them than memory bears.

Its head says beforehand how much memory it takes; then only the parts that hold pixels are decoded, so that
a broken note, an odd profile or a book of text beside them changes nothing. Where the file ends too early,
what is there is used, as browsers show it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
from common.photos import open_photo
from common.pictures import (
    MAX_BYTES,
    MAX_PIXELS,
    NotAPicture,
    PictureTooLarge,
    jpeg_parts,
    png_parts,
    read_head,
)
from numpy.typing import NDArray
from PIL import Image, ImageFile

ImageFile.LOAD_TRUNCATED_IMAGES = True
Pixels = NDArray[np.uint8]
# Chosen: a progressive JPEG has some ten; each is a turn through all pixels.
MAX_SCANS = 100
MAX_CHUNKS = 100_000  # chosen: 50 MB in the smallest pieces that encoders write
_PNG_PIXELS = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
_JPEG_NOTES = {bytes([mark]) for mark in range(0xE1, 0xF0) if mark != 0xEE} | {
    b"\xfe"
}  # 0xEE: how colours are mixed
_SCAN = b"\xff\xda"
_TURNS = {  # specified by EXIF: what makes a stored picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_photo(photos_dir: Path, path: str) -> bytes:
    """The bytes of a photo whose head says that it can be decoded.

    Raises:
        PathRefused, NotAPicture: asking again will not help.
        OSError: the storage did not answer; asking again may help.
    """
    try:
        with open_photo(photos_dir, path) as file:
            read_head(file)
            file.seek(0)
            return file.read()
    except PermissionError as error:
        raise NotAPicture(f"{path!r} may not be read by this service") from error


def read_picture(data: bytes) -> Pixels:
    """RGB pixels, shape (height, width, 3), turned as the camera's EXIF note says.

    Raises:
        PictureTooLarge: more than MAX_PIXELS pixels; nothing has been decoded.
        NotAPicture: another kind of file, or one that holds no pixels.
    """
    with _opened(data) as (picture, orientation):
        return _upright(picture, orientation)


def read_draft(data: bytes, longest_side: int) -> tuple[Pixels, int]:
    """The pixels of a large JPEG at a half, a quarter or an eighth of its size, and how many times smaller.

    Decoding them so takes a part of the time. The longest side keeps `longest_side` pixels at least; a
    smaller picture, or one of another kind, comes in full size. Errors as in read_picture.
    """
    with _opened(data) as (picture, orientation):
        full = picture.width
        times = max(1, max(picture.size) // longest_side)
        picture.draft(None, (max(1, picture.width // times), max(1, picture.height // times)))
        return _upright(picture, orientation), max(1, round(full / picture.width))


def shrink(pixels: Pixels, longest_side: int) -> tuple[Pixels, float]:
    """The picture with its longest side at most `longest_side` pixels, and by how much it was shrunk."""
    height, width = pixels.shape[:2]
    factor = max(height, width) / longest_side
    if factor <= 1:
        return pixels, 1.0
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    small = Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(small), factor


@contextmanager
def _opened(data: bytes) -> Iterator[tuple[Image.Image, int]]:
    """The picture before it is decoded, and its orientation; what goes wrong with it is a refusal."""
    head = read_head(BytesIO(data))
    try:
        with Image.open(BytesIO(_bare(data, head.kind)), formats=(head.kind,)) as picture:
            if picture.width * picture.height > MAX_PIXELS:  # the first of a GIF's pictures may be larger
                sides = f"{picture.width} x {picture.height}"
                raise PictureTooLarge(f"the picture has {sides} pixels; at most {MAX_PIXELS:,} are read")
            yield picture, head.orientation
    except NotAPicture:
        raise
    except Exception as error:  # Pillow's decoders raise a dozen types for broken files
        raise NotAPicture(f"the {head.kind} cannot be decoded: {_words(error)}") from error


def _bare(data: bytes, kind: str) -> bytes:
    """The parts of the file that hold pixels, as the decoder takes them.

    A JPEG and a PNG have others beside them that it stumbles over; a WebP has to be as long as it says.
    """
    whole = memoryview(data)
    if kind == "JPEG":
        parts = [part for part in jpeg_parts(BytesIO(data)) if part.name not in _JPEG_NOTES]
        scans = sum(data.count(_SCAN, part.start - 4) for part in parts if part.name == b"\xda")
        if scans > MAX_SCANS:
            raise NotAPicture(f"the JPEG has {scans} scans; at most {MAX_SCANS} are decoded")
        return b"\xff\xd8" + b"".join(whole[part.start - 4 : part.start + part.length] for part in parts)
    if kind == "PNG":
        parts = [part for part in png_parts(BytesIO(data), MAX_CHUNKS) if part.name in _PNG_PIXELS]
        return data[:8] + b"".join(whole[part.start - 8 : part.start + part.length + 4] for part in parts)
    if kind == "WEBP":
        return data.ljust(min(8 + int.from_bytes(data[4:8], "little"), MAX_BYTES), b"\0")
    return data


def _upright(picture: Image.Image, orientation: int) -> Pixels:
    if picture.mode.startswith("I"):  # 16 bits of grey: to convert them would clip
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    picture = picture.convert("RGB")
    turn = _TURNS.get(orientation)
    return np.asarray(picture if turn is None else picture.transpose(turn))


def _words(error: Exception) -> str:
    """What Pillow said, without the address of the buffer it read from."""
    return "it is broken" if "BytesIO" in str(error) else str(error) or type(error).__name__
