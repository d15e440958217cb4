"""What a visitor may ask for, and what a photo is. Knows no HTTP server and no SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

STATUSES = ("PENDING", "PROCESSED", "FAILED", "PROCESSING")  # by images.status
DEFAULT_LIMIT = 24
MAX_LIMIT = 200  # chosen: what one page or one answer may cost
MAX_ID = 2**31 - 1  # images.id is an INT


class Refused(Exception):
    """A request that is answered with `status` (an HTTP 4xx): what is wrong with it, and what to try."""

    def __init__(self, status: int, what: str, try_next: str) -> None:
        self.status = status
        self.what = what
        self.try_next = try_next
        super().__init__(what)


@dataclass(frozen=True)
class Query:
    """Which photos: newest first, at most `limit`, with ids below `before`. None: no condition."""

    status: str | None = None
    limit: int = DEFAULT_LIMIT
    before: int | None = None


@dataclass(frozen=True)
class Box:
    """Where the face is, in pixels of the picture, from its top and its left edge."""

    top: int
    right: int
    bottom: int
    left: int


@dataclass(frozen=True)
class Photo:
    """One row. person: None while nobody is recognised. distance: no unit, smaller is more alike."""

    id: int
    path: str
    status: str
    person: str | None
    reason: str | None
    distance: float | None
    box: Box | None
    created_at: datetime
    updated_at: datetime

    @property
    def title(self) -> str:
        """The first words under the picture."""
        words = {"PENDING": "Waiting", "PROCESSING": "Being looked at", "FAILED": "No answer"}
        return self.person or words.get(self.status, "Unknown person")


def read_query(asked: Mapping[str, str]) -> Query:
    """The query in `?status=FAILED&limit=24&before=100`; an empty value counts as none.

    Raises:
        Refused: 422, for a status that does not exist and a number out of range.
    """
    status = asked.get("status", "").upper() or None
    if status and status not in STATUSES:
        raise Refused(422, "there is no such status", f"one of {', '.join(STATUSES)}")
    limit = _number(asked, "limit", MAX_LIMIT)
    return Query(status, limit or DEFAULT_LIMIT, _number(asked, "before", MAX_ID))


def find_file(photos_dir: Path, path: str) -> Path:
    """The file of a path in the database or in a URL, with its links followed.

    Raises:
        Refused: 403 outside the folder, 404 if there is no such file.
    """
    if ".." in PurePosixPath(path).parts or path.startswith("/"):
        raise Refused(403, "the path is outside the photos folder", "name a photo by its path in the folder")
    try:
        file = (photos_dir / path).resolve(strict=True)
        is_inside, is_file = file.is_relative_to(photos_dir.resolve()), file.is_file()
    except (OSError, ValueError, RuntimeError) as error:  # not there, a NUL in it, links in a circle
        raise Refused(404, "there is no such photo", "look at the list of photos") from error
    if not is_inside:
        raise Refused(403, "the path leads outside the photos folder", "copy the photo into the folder")
    if not is_file:
        raise Refused(404, "there is no such photo", "look at the list of photos")
    return file


def _number(asked: Mapping[str, str], name: str, most: int) -> int | None:
    text = asked.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 1 <= int(text) <= most):
        raise Refused(422, f"{name} is not a number from 1 to {most}", f"leave {name} out")
    return int(text)
