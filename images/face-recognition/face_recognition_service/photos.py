"""From a path in a request to the bytes of a photo inside the photos folder."""

import errno
import os
import stat
from pathlib import Path, PurePosixPath

from face_recognition_service.refusals import NotAPicture, OutsideFolder, PhotoMissing, PictureTooLarge

MAX_BYTES = 64 * 1024 * 1024  # chosen: far above any photo of 25 million pixels
_MISSING = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)


def locate(photos_dir: Path, image_path: str) -> Path:
    """The file that a path means, with every symbolic link followed.

    Args:
        photos_dir: The folder that holds all photos.
        image_path: Relative to it ("unknown_people/photo.jpg"), or absolute and inside it.
    Raises:
        OutsideFolder: empty, with "..", or leading out of the folder, through a link too.
    """
    if not image_path or "\0" in image_path or ".." in PurePosixPath(image_path).parts:
        raise OutsideFolder(f"{image_path!r} is not a path inside the photos folder")
    found = Path(os.path.realpath(photos_dir / image_path))
    if not found.is_relative_to(os.path.realpath(photos_dir)):
        raise OutsideFolder(f"{image_path!r} leads out of the photos folder")
    return found


def read_photo(photos_dir: Path, image_path: str) -> bytes:
    """The bytes of one photo.

    Raises:
        OutsideFolder, PhotoMissing, NotAPicture, PictureTooLarge: asking again will not help.
        OSError: the storage did not answer; asking again may help.
    """
    path = locate(photos_dir, image_path)
    try:
        return read_bounded(path)
    except PermissionError as error:
        raise NotAPicture(f"{image_path!r} may not be read by this service") from error
    except OSError as error:
        if error.errno not in _MISSING:
            raise
        raise PhotoMissing(f"there is no photo {image_path!r}") from error


def read_bounded(path: Path) -> bytes:
    """The bytes of a regular file of at most MAX_BYTES; OSError when the system cannot give them."""
    seen = path.stat()
    if not stat.S_ISREG(seen.st_mode):
        raise NotAPicture(f"{path.name!r} is not a regular file")
    if seen.st_size > MAX_BYTES:
        raise PictureTooLarge(f"{path.name!r} has {seen.st_size:,} bytes; at most {MAX_BYTES:,} are read")
    return path.read_bytes()
