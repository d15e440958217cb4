"""What a browser has to know of a picture before it draws it. Reads the file's header only."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image

# What browsers show. Anything else, SVG with its scripts above all, is not sent.
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a JPEG with a second picture behind it, as some cameras write
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
}
_READERS = tuple(name for name in MEDIA_TYPES if name != "MPO")  # the reader of JPEG finds that out itself
_ORIENTATION = 0x0112  # EXIF; 5 to 8: the camera lay on its side
Image.MAX_IMAGE_PIXELS = None  # no pixel is decoded here
MAX_BYTES = 50_000_000  # chosen: what a browser is sent for one picture; to look at a WebP reads all of it


@dataclass(frozen=True)
class Picture:
    """width and height in pixels, as the browser shows it; media_type as in Content-Type."""

    width: int
    height: int
    media_type: str


class NotAPicture(Exception):
    """The file is not a picture that browsers show; the message is a sentence for people."""


def look_at(file: Path) -> Picture:
    """The picture in `file`; raises NotAPicture, also for a file that cannot be read."""
    try:
        seen = file.stat()
        if seen.st_size > MAX_BYTES:
            raise NotAPicture(f"the picture is larger than {MAX_BYTES // 1_000_000} MB")
        return _look_at(file, seen.st_mtime_ns, seen.st_size)
    except (OSError, ValueError, SyntaxError) as error:  # Pillow says "no picture" in each of these ways
        raise NotAPicture("the file is not a picture that browsers show") from error


@lru_cache(maxsize=10_000)
def _look_at(file: Path, mtime_ns: int, size: int) -> Picture:
    """Remembered until the file changes."""
    with Image.open(file, formats=_READERS) as image:
        width, height = image.size
        if _is_on_its_side(image):
            width, height = height, width
        return Picture(width, height, MEDIA_TYPES[image.format or "JPEG"])


def _is_on_its_side(image: Image.Image) -> bool:
    try:
        return image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
    except (ValueError, SyntaxError, KeyError):  # a broken note: browsers ignore it too
        return False
