"""From the bytes of a photo to RGB pixels, the right way up, never more of them than memory bears."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from face_recognition_service.refusals import NotAPicture, PictureTooLarge

Pixels = NDArray[np.uint8]

# Chosen: decoding and turning so many takes about 300 MB, and phones take photos of 12 million.
MAX_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


def read_picture(data: bytes) -> Pixels:
    """RGB pixels, shape (height, width, 3), turned as the camera's EXIF note says.

    Raises:
        PictureTooLarge: more than MAX_PIXELS pixels; nothing has been decoded.
        NotAPicture: another kind of file, or a broken one.
    """
    with _opened(data) as picture:
        return _upright(picture)


def read_draft(data: bytes, longest_side: int) -> tuple[Pixels, int]:
    """The pixels of a large JPEG at a half, a quarter or an eighth of its size, and how many times smaller.

    Decoding them so takes a part of the time. The longest side keeps `longest_side` pixels at least; a
    smaller picture, or one of another kind, comes in full size. Errors as in read_picture.
    """
    with _opened(data) as picture:
        full = picture.width
        times = max(1, max(picture.size) // longest_side)
        picture.draft(None, (max(1, picture.width // times), max(1, picture.height // times)))
        return _upright(picture), max(1, round(full / picture.width))


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """The picture before it is decoded; what goes wrong until it is closed becomes a refusal."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            _check_size(*picture.size)
            yield picture
    except PictureTooLarge:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLarge(f"more than {MAX_PIXELS:,} pixels: {error}") from error
    except Exception as error:  # Pillow's decoders raise a dozen types for broken files
        raise NotAPicture(f"not a picture that can be read: {_words(error)}") from error


def _upright(picture: Image.Image) -> Pixels:
    return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))


def shrink(pixels: Pixels, longest_side: int) -> tuple[Pixels, float]:
    """The picture with its longest side at most `longest_side` pixels, and by how much it was shrunk."""
    height, width = pixels.shape[:2]
    factor = max(height, width) / longest_side
    if factor <= 1:
        return pixels, 1.0
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    small = Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(small), factor


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PictureTooLarge(f"{width} x {height} pixels; at most {MAX_PIXELS:,} are decoded")


def _words(error: Exception) -> str:
    """What Pillow said, without the address of the buffer it read from."""
    return "unknown kind of file" if "BytesIO" in str(error) else str(error) or type(error).__name__
