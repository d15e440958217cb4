"""Stores a picture that is sent: whole under its name, or not at all."""

import contextlib
import errno
import hashlib
import math
import os
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from common import pictures

from receiver.core import Refused, StorageAway

MAX_PICTURE_BYTES = 16 * 1024 * 1024  # specified
FOLDER = "unknown_people/uploads"
PARTIAL = ".part"  # the ending of what is not whole yet; such names begin with a dot
LEFT_BEHIND_S = 3600.0  # chosen: no upload takes so long; a receiver was killed in the middle of it
HEAD_BYTES = 12  # what `kind_of` has to see
_ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "BMP": "bmp"}


LOOK_EVERY_S = 1.0  # chosen: another receiver's uploads are seen so soon
KEEP_FREE_BYTES = 64 * 1024 * 1024  # chosen: of the disk behind the volume, for all others who write there


class StorageFull(Exception):
    """The photos volume has no room for the picture; nothing of it is left there."""


class Room:
    """How much uploads may take: a claim's size is what was asked for, and many volumes do not enforce it.

    Used by several threads; several receivers see each other's files.
    """

    def __init__(self, photos_dir: Path, most_bytes: int) -> None:
        self._photos_dir = photos_dir
        self._most = most_bytes
        self._lock = threading.Lock()
        self._used = 0
        self._looked_at = -math.inf

    def take(self, more: int) -> None:
        """Counts so many bytes more; raises StorageFull if they are too many."""
        with self._lock:
            if time.monotonic() - self._looked_at > LOOK_EVERY_S or not self._has(more):
                self._look()
            if not self._has(more):
                sweep(self._photos_dir)
                raise StorageFull(f"uploads take {self._used:,} of {self._most:,} bytes")
            self._used += more

    def _has(self, more: int) -> bool:
        return self._used + more <= self._most

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        self._used = 0
        disk = os.statvfs(self._photos_dir)
        if disk.f_bavail * disk.f_frsize < KEEP_FREE_BYTES:
            raise StorageFull("the disk behind it is full")
        with contextlib.suppress(FileNotFoundError), os.scandir(self._photos_dir / FOLDER) as files:
            for file in files:
                with contextlib.suppress(FileNotFoundError):  # it was renamed meanwhile
                    self._used += file.stat(follow_symlinks=False).st_size


def kind_of(head: bytes) -> str:
    """What a picture is, as the ending of its name: by its first HEAD_BYTES bytes, not by what a client says.

    Raises:
        Refused: 415 for anything but JPEG, PNG, WebP, GIF and BMP.
    """
    try:
        return _ENDINGS[pictures.kind_of(head)]
    except pictures.NotAPicture as error:
        form = head.startswith(b"--")
        try_next = "send the picture itself, not a form" if form else "convert it to JPEG"
        raise Refused(415, f"the body is not taken: {error}", try_next) from error


class Incoming:
    """A picture on its way into the photos folder: hidden until `keep`, and gone after `close` without it.

    Raises, in every method:
        StorageFull, or StorageAway when the folder takes nothing: it is read-only, or missing.
    """

    def __init__(self, photos_dir: Path, kind: str, room: Room) -> None:
        self._kind = kind
        self._room = room
        self._sha256 = hashlib.sha256()
        self._hidden = f".{secrets.token_hex(16)}{PARTIAL}"
        self._is_kept = False
        with _storing():
            self._folder = _open_folder(photos_dir)
        try:
            with _storing():
                flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
                self._file = os.open(self._hidden, flags, 0o600, dir_fd=self._folder)
        except BaseException:
            os.close(self._folder)
            raise

    def write(self, piece: bytes) -> None:
        """The next bytes of it."""
        self._sha256.update(piece)
        with _storing():
            self._room.take(len(piece))
        left = memoryview(piece)
        with _storing():
            while left:
                left = left[os.write(self._file, left) :]

    def keep(self) -> str:
        """Its path in the photos folder, by its content: the same picture has the same path.

        It is on the disk when this returns, not only on its way there.
        """
        name = f"{self._sha256.hexdigest()[:16]}.{self._kind}"
        with _storing():
            os.fchmod(self._file, 0o644)  # whatever the umask: face-recognition and the frontend read it
            os.fsync(self._file)
            os.rename(self._hidden, name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
            self._is_kept = True
            os.fsync(self._folder)
        return f"{FOLDER}/{name}"

    def close(self) -> None:
        """Nothing hidden is left."""
        os.close(self._file)
        if not self._is_kept:
            with contextlib.suppress(OSError):
                os.unlink(self._hidden, dir_fd=self._folder)
        os.close(self._folder)


def sweep(photos_dir: Path, older_than_s: float = LEFT_BEHIND_S) -> int:
    """Remove the partial uploads that a killed receiver left, not those that are being written; how many."""
    removed = 0
    for partial in (photos_dir / FOLDER).glob(f".*{PARTIAL}"):
        with contextlib.suppress(OSError):  # another receiver swept it, or the folder is read-only
            if time.time() - partial.stat().st_mtime > older_than_s:
                partial.unlink()
                removed += 1
    return removed


def _open_folder(photos_dir: Path) -> int:
    """The uploads folder; whatever happens to its name later, files go into this one."""
    folder = photos_dir / FOLDER
    if photos_dir.is_dir():  # else it would be made beside the volume that is not mounted
        folder.mkdir(parents=True, exist_ok=True)
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    if not Path(f"/proc/self/fd/{opened}").resolve().is_relative_to(photos_dir.resolve()):
        os.close(opened)
        raise StorageAway(f"{FOLDER} leads out of the photos folder")
    return opened


@contextlib.contextmanager
def _storing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(str(error.strerror)) from error
        raise StorageAway(f"{FOLDER}: {error.strerror}") from error
