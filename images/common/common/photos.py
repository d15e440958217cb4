"""From a path that somebody names to the file inside the photos folder that it means, opened, or why not."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_NO_SUCH_NAME = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EILSEQ)


class PathRefused(Exception):
    """No file is meant by the path; the message is a sentence for people."""


class OutsideFolder(PathRefused):
    """The path leads out of the photos folder, by itself or through a link."""


class PhotoMissing(PathRefused):
    """There is no such file in the photos folder."""


class NotAFile(PhotoMissing):
    """There is something else: a folder, or a thing that would block its reader."""


def open_photo(photos_dir: Path, asked: str) -> BinaryIO:
    """The regular file that a path means, every symbolic link followed, open for reading.

    What is judged is what is read: whatever becomes of the name meanwhile, the file is the one that was
    found inside the folder, and it stays whole when another takes its name.

    Args:
        photos_dir: The folder that holds all photos.
        asked: Relative to it ("unknown_people/photo.jpg"), or absolute and inside it.
    Raises:
        OutsideFolder: empty, with "..", with a NUL, or leading out of the folder, through a link too.
        PhotoMissing: there is nothing.
        NotAFile: there is something that is not a regular file.
        PermissionError: it may not be read.
        OSError: the storage did not answer; asking again may help.
    """
    if not asked or "\0" in asked or ".." in asked.split("/"):
        raise OutsideFolder(f"{asked!r} is not a path inside the photos folder")
    try:
        found = _hold(os.path.join(photos_dir, asked))  # noqa: PTH118 - a thousand paths a request
        try:
            if not _is_inside(found, photos_dir):
                raise OutsideFolder(f"{asked!r} leads out of the photos folder")
            if not stat.S_ISREG(os.fstat(found).st_mode):
                raise NotAFile(f"{asked!r} is not a file")
            return open(_held(found), "rb")  # noqa: PTH123 - what is held, not what has its name by now
        finally:
            os.close(found)
    except UnicodeEncodeError as error:  # half of a character: no file system could hold it
        raise PhotoMissing(f"there is no photo {asked!r}") from error
    except OSError as error:
        if error.errno in _NO_SUCH_NAME:
            raise PhotoMissing(f"there is no photo {asked!r}") from error
        raise


def _is_inside(found: int, folder: Path) -> bool:
    """The kernel, which has followed the links, says where it arrived: in some microseconds."""
    where = _where(found)
    if where.startswith(f"{folder}/"):
        return True
    opened = _hold(folder)  # the folder's own name may be a link, too
    try:
        return where.startswith(f"{_where(opened).rstrip('/')}/")
    finally:
        os.close(opened)


def _hold(path: str | Path) -> int:
    """What a path leads to, not opened for reading, so that a pipe does not block."""
    return os.open(path, os.O_PATH | os.O_CLOEXEC)


def _held(descriptor: int) -> str:
    return f"/proc/self/fd/{descriptor}"


def _where(descriptor: int) -> str:
    """The path of what is held; " (deleted)" behind it when its name has gone since."""
    return os.readlink(_held(descriptor))  # noqa: PTH115
