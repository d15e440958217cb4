"""From a path that somebody names to a file inside the photos folder, or why not."""

import errno
import os
import stat
from pathlib import Path

_NO_SUCH_NAME = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EILSEQ)


class PathRefused(Exception):
    """No file is meant by the path; the message is a sentence for people."""


class OutsideFolder(PathRefused):
    """The path leads out of the photos folder, by itself or through a link."""


class PhotoMissing(PathRefused):
    """There is no such file in the photos folder."""


class NotAFile(PhotoMissing):
    """There is something else: a folder, or a thing that would block its reader."""


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
    if not asked or "\0" in asked or ".." in asked.split("/"):
        raise OutsideFolder(f"{asked!r} is not a path inside the photos folder")
    try:
        found, mode = _follow(os.path.join(photos_dir, asked))  # noqa: PTH118 - a thousand paths a request
        if not found.startswith(f"{photos_dir}/"):  # the folder's own name may be a link, too
            folder, _ = _follow(photos_dir)
            if not f"{found}/".startswith(f"{folder.rstrip('/')}/"):
                raise OutsideFolder(f"{asked!r} leads out of the photos folder")
    except UnicodeEncodeError as error:  # half of a character: no file system could hold it
        raise PhotoMissing(f"there is no photo {asked!r}") from error
    except OSError as error:
        if error.errno in _NO_SUCH_NAME:
            raise PhotoMissing(f"there is no photo {asked!r}") from error
        raise
    if not stat.S_ISREG(mode):
        raise NotAFile(f"{asked!r} is not a file")
    return Path(found)


def _follow(path: str | Path) -> tuple[str, int]:
    """Where a path really leads, and the mode of what is there.

    The kernel follows the links and says where it arrived: some microseconds, where asking for each folder
    on the way takes ten times as long. O_PATH opens nothing for reading, so that a pipe does not block.
    """
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        return os.readlink(f"/proc/self/fd/{opened}"), os.fstat(opened).st_mode  # noqa: PTH115
    finally:
        os.close(opened)
