"""From a path that somebody names to a file inside the photos folder, or why not."""

import errno
from pathlib import Path, PurePosixPath

_NO_SUCH_NAME = (errno.ENAMETOOLONG, errno.ELOOP, errno.EILSEQ)


class PathRefused(Exception):
    """No file is meant by the path; the message is a sentence for people."""


class OutsideFolder(PathRefused):
    """The path leads out of the photos folder, by itself or through a link."""


class PhotoMissing(PathRefused):
    """There is no such file in the photos folder."""


def locate(photos_dir: Path, asked: str) -> Path:
    """The regular file that a path means, every symbolic link followed.

    Args:
        photos_dir: The folder that holds all photos.
        asked: Relative to it ("unknown_people/photo.jpg"), or absolute and inside it.
    Raises:
        OutsideFolder: empty, with "..", with a NUL, or leading out of the folder, through a link too.
        PhotoMissing: there is nothing, or something that is not a regular file.
        OSError: the storage did not answer; asking again may help.
    """
    path = PurePosixPath(asked)
    if not asked or "\0" in asked or ".." in path.parts:
        raise OutsideFolder(f"{asked!r} is not a path inside the photos folder")
    try:
        found = (photos_dir / path).resolve(strict=True)
    except (FileNotFoundError, NotADirectoryError, RuntimeError) as error:  # RuntimeError: links in a circle
        raise PhotoMissing(f"there is no photo {asked!r}") from error
    except OSError as error:
        if error.errno in _NO_SUCH_NAME:
            raise PhotoMissing(f"there is no photo {asked!r}") from error
        raise
    if not found.is_relative_to(photos_dir.resolve()):
        raise OutsideFolder(f"{asked!r} leads out of the photos folder")
    if not found.is_file():
        raise PhotoMissing(f"{asked!r} is not a file")
    return found
