"""What a visitor may ask for, and what a photo is. Knows no HTTP server and no SQL."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

STATUSES = ("PENDING", "PROCESSED", "FAILED", "PROCESSING")  # by images.status
DEFAULT_LIMIT = 24
MAX_LIMIT = 200  # chosen: what one page or one answer may cost
MAX_ID = 2**31 - 1  # images.id is an INT
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MOMENT_MS = 2**31 * 1000 - 1  # a TIMESTAMP of the database ends in 2038


class Refused(Exception):
    """A request that is answered with `status` (an HTTP error): what is wrong with it, and what to try."""

    def __init__(self, status: int, what: str, try_next: str) -> None:
        self.status = status
        self.what = what
        self.try_next = try_next
        super().__init__(what)


@dataclass(frozen=True)
class Query:
    """Which photos, newest first, at most `limit`: next below the id `before`, or next above `after`."""

    status: str | None = None
    limit: int = DEFAULT_LIMIT
    before: int | None = None
    after: int | None = None

    @property
    def is_newest(self) -> bool:
        """Whether a photo that is posted now belongs on top of the page."""
        return self.before is None and self.after is None


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
        Refused: 422, for a status that does not exist, a number out of range, and both before and after.
    """
    said = asked.get("status", "")
    status = said.upper() or None
    if status and not (said.isascii() and status in STATUSES):  # a long s becomes an S when it grows
        raise Refused(422, "there is no such status", f"one of {', '.join(STATUSES)}")
    before, after = _number(asked, "before", 1, MAX_ID), _number(asked, "after", 0, MAX_ID)
    if before is not None and after is not None:
        raise Refused(422, "a page is either before or after a photo", "leave one of them out")
    return Query(status, _number(asked, "limit", 1, MAX_LIMIT) or DEFAULT_LIMIT, before, after)


def read_moment(asked: Mapping[str, str], name: str) -> datetime | None:
    """The time that a visitor names in whole milliseconds since 1970, or None; raises Refused."""
    given = _number(asked, name, 0, _LAST_MOMENT_MS)
    return None if given is None else _EPOCH + timedelta(milliseconds=given)


def milliseconds(moment: datetime) -> int:
    """Since 1970: how a time is named in `?since=` and in the ids of events."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def as_json(photo: Photo) -> dict[str, object]:
    """A photo for programs; times as in "2026-01-31T12:00:00.000Z"."""
    plain = asdict(photo)
    return {name: _zulu(value) if isinstance(value, datetime) else value for name, value in plain.items()}


def _zulu(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number(asked: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    text = asked.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 13 and least <= int(text) <= most):
        raise Refused(422, f"{name} is not a number from {least} to {most}", f"leave {name} out")
    return int(text)
