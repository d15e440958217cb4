"""The known people: one photo each in a folder, encoded once, looked after when the folder changes."""

import hashlib
import logging
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from stat import S_ISREG

import numpy as np
from common.pictures import NotAPicture

from face_recognition_service.core import Known, encode_clearest_face
from face_recognition_service.models import ENCODING_LENGTH, Encodings, ModelPool, Models
from face_recognition_service.picture import read_photo
from face_recognition_service.refusals import REFUSALS

log = logging.getLogger(__name__)

FOLDER = "known_people"
Stamp = tuple[int, int, int]  # when changed (ns), size (bytes), inode: enough to see that a file is another


@dataclass(frozen=True)
class _Photo:
    """One file as it was last read: its encoding, or why there is none."""

    stamp: Stamp
    encoding: Encodings | None = None
    reason: str = ""


class KnownPeople:
    """The photos in known_people/. Safe to ask from many threads; a folder that is missing holds nobody.

    The folder is compared by file stamps each time it is asked for, since change events do not travel
    over network storage; only new and changed files are read, and only new contents are encoded.
    """

    def __init__(self, photos_dir: Path, models: ModelPool) -> None:
        self._photos_dir = photos_dir
        self._models = models
        self._lock = threading.Lock()
        self._photos: dict[str, _Photo] = {}
        self._by_content: dict[str, Encodings] = {}
        self._known = Known()

    def current(self) -> Known:
        """The known people as the folder is now; OSError when the storage does not answer."""
        with self._lock:
            stamps = _stamps(self._photos_dir / FOLDER)
            if stamps != {name: photo.stamp for name, photo in self._photos.items()}:
                self._photos = {name: self._look(name, stamp) for name, stamp in stamps.items()}
                self._known = _summary(self._photos)
            return self._known

    def _look(self, name: str, stamp: Stamp) -> _Photo:
        seen = self._photos.get(name)
        if seen and seen.stamp == stamp:
            return seen
        try:
            photo = _Photo(stamp, self._models.run(partial(self._encoding, name)))
            log.info("known photo in use", extra={"photo": name})
        except REFUSALS as error:
            photo = _Photo(stamp, reason=str(error))
            log.warning("known photo skipped", extra={"photo": name, "reason": str(error)})
        return photo

    def _encoding(self, name: str, models: Models) -> Encodings:
        if name != _spoken(name):
            raise NotAPicture("its name is not UTF-8, so that no answer could hold it")
        data = read_photo(self._photos_dir, f"{FOLDER}/{name}")
        content = hashlib.sha256(data).hexdigest()
        if content not in self._by_content:
            self._by_content[content] = encode_clearest_face(data, models)
        return self._by_content[content]


def _stamps(folder: Path) -> dict[str, Stamp]:
    """The stamp of each visible file, by name; folders and hidden files (unfinished copies) are left out."""
    if not folder.is_dir():
        return {}
    stamps = {path.name: _stamp(path) for path in sorted(folder.iterdir()) if not path.name.startswith(".")}
    return {name: stamp for name, stamp in stamps.items() if stamp}


def _stamp(path: Path) -> Stamp | None:
    try:
        seen = path.stat()
    except FileNotFoundError:  # it went meanwhile, or is a link to nothing
        return None
    return (seen.st_mtime_ns, seen.st_size, seen.st_ino) if S_ISREG(seen.st_mode) else None


def _spoken(name: str) -> str:
    """A name as it may stand in an answer: without bytes that are no UTF-8."""
    return name.encode(errors="replace").decode()


def _summary(photos: dict[str, _Photo]) -> Known:
    used = {name: photo.encoding for name, photo in photos.items() if photo.encoding is not None}
    rows = np.array(list(used.values()), dtype=np.float64).reshape(len(used), ENCODING_LENGTH)
    skipped = {_spoken(name): photo.reason for name, photo in photos.items() if photo.encoding is None}
    return Known(tuple(used), rows, skipped)
