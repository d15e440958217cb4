"""What a browser has to know of a picture before it draws it. Its head is read, and no pixel."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from common.photos import open_photo
from common.pictures import NotAPicture, read_head

# What browsers show. Anything else, SVG with its scripts above all, is not sent.
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
}
MOST_PIXELS = 125_000_000  # chosen: more than a camera has; a browser takes four bytes for each


@dataclass(frozen=True)
class Picture:
    """width and height in pixels, as the browser shows it; media_type as in Content-Type."""

    width: int
    height: int
    media_type: str


def look_at(file: BinaryIO) -> Picture:
    """The picture in `file`; raises NotAPicture, whose message is a sentence for people."""
    head = read_head(file, most_pixels=MOST_PIXELS)
    return Picture(*head.shown, MEDIA_TYPES[head.kind])


def open_picture(photos_dir: Path, path: str) -> tuple[BinaryIO, Picture]:
    """A photo, open for reading, and what it is.

    Raises:
        NotAPicture: it is none that browsers show, or may not be read.
        PathRefused: the path means no photo.
        OSError: the storage did not answer.
    """
    try:
        file = open_photo(photos_dir, path)
    except PermissionError as error:
        raise NotAPicture("the file may not be read by this service") from error
    try:
        return file, look_at(file)
    except BaseException:
        file.close()
        raise
