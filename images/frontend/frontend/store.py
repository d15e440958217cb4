"""The rows that are shown: one statement a page, one statement a look at what has changed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from common import database
from common.database import Status
from common.settings import DatabaseSettings

from frontend import statements
from frontend.core import STATUSES, Box, Photo, Query

Counts = dict[str, int]


@dataclass(frozen=True)
class Page:
    """Photos, newest first, whether there are more on either side, and the database's time."""

    photos: list[Photo]
    older: bool
    newer: bool
    counts: Counts
    moment: datetime


@dataclass(frozen=True)
class Changes:
    """Photos, the latest change last; counts only if there are any. are_all: False when some are left out."""

    photos: list[Photo]
    counts: Counts
    are_all: bool


class Store:
    """What the frontend reads of the database `kube`. Every question may raise DatabaseAway."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self.engine = database.engine(
            settings,
            isolation="AUTOCOMMIT",  # it only reads
            connect_args={"init_command": "SET time_zone = '+00:00'"},
        )

    def page(self, query: Query) -> Page:
        """The photos that `query` asks for."""
        rows = self._rows(statements.page(query))
        found = [_photo(row) for row in rows if row.id is not None]
        more = len(found) > query.limit
        if query.after is not None:
            photos, older, newer = found[-query.limit :], query.after > 0, more
        else:
            photos, older, newer = found[: query.limit], more, query.before is not None
        return Page(photos, older, newer, _counts(rows[0]), _in_utc(rows[0].now))

    def changes(self, since: datetime, most: int) -> Changes:
        """What changed after `since`; of more than `most` photos the latest."""
        rows = self._rows(statements.changes(since, most))
        photos = [_photo(row) for row in reversed(rows[:most])]
        return Changes(photos, _counts(rows[0]) if rows else {}, len(rows) <= most)

    def counts(self) -> Counts:
        """How many photos have each status, zeros included."""
        return _counts(self._rows(statements.counts())[0])

    def now(self) -> datetime:
        """The time by the database's clock, by which its rows are dated."""
        return _in_utc(self._rows(statements.now())[0].now)

    def ping(self) -> None:
        """Returns if the database and its tables answer."""
        self._rows(statements.ping())

    def close(self) -> None:
        """Gives every connection back."""
        self.engine.dispose()

    def _rows(self, statement: sa.Select[Any]) -> list[Any]:
        with database.answering(), self.engine.connect() as connection:
            return list(connection.execute(statement).all())


def _photo(row: Any) -> Photo:
    sides = (row.box_top, row.box_right, row.box_bottom, row.box_left)
    return Photo(
        id=row.id,
        path=row.path,
        status=Status(row.status).name,
        person=row.name,
        reason=row.reason,
        distance=row.distance,
        box=None if None in sides else Box(*sides),
        created_at=_in_utc(row.created_at),
        updated_at=_in_utc(row.updated_at),
    )


def _counts(row: Any) -> Counts:
    return {name: int(getattr(row, statements.count_of(name))) for name in STATUSES}


def _in_utc(time: datetime) -> datetime:
    """The session's time zone is UTC; the driver gives times without one."""
    return time.replace(tzinfo=UTC)
