"""The rows that are shown. One query a page, and one that counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.mysql import TIMESTAMP

from frontend.core import STATUSES, Box, Photo, Query
from frontend.settings import Settings

_tables = sa.MetaData()
person = sa.Table(
    "person",
    _tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(255)),
)
images = sa.Table(
    "images",
    _tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("path", sa.String(512)),
    sa.Column("status", sa.SmallInteger),
    sa.Column("person_id", sa.Integer, sa.ForeignKey("person.id")),
    sa.Column("reason", sa.String(512)),
    sa.Column("distance", sa.Double),
    *(sa.Column(f"box_{side}", sa.Integer) for side in ("top", "right", "bottom", "left")),
    sa.Column("created_at", TIMESTAMP(fsp=3)),
    sa.Column("updated_at", TIMESTAMP(fsp=3)),
)


class DatabaseAway(Exception):
    """The database did not answer, or not in time."""


@dataclass(frozen=True)
class Page:
    """Photos, newest first; `older` says whether there are more below the last."""

    photos: list[Photo]
    older: bool


class Store:
    """What the frontend reads of the database `kube`. Connects on first use, and again after a loss."""

    def __init__(self, settings: Settings) -> None:
        url = sa.URL.create(
            "mysql+pymysql",
            username=settings.mysql_user,
            password=settings.mysql_password,
            host=settings.mysql_host,
            port=settings.mysql_port,
            database=settings.mysql_database,
        )
        timeouts = {"connect_timeout": 3, "read_timeout": 10, "write_timeout": 10}
        self._engine = sa.create_engine(
            url,
            isolation_level="AUTOCOMMIT",  # it only reads
            pool_pre_ping=True,  # a connection that died with the last database Pod is replaced, not used
            pool_size=10,
            max_overflow=10,
            pool_timeout=5,
            connect_args={"init_command": "SET time_zone = '+00:00'", **timeouts},
        )

    def page(self, query: Query) -> Page:
        """The photos that `query` asks for; raises DatabaseAway."""
        rows = (
            sa.select(images, person.c.name)
            .select_from(images.outerjoin(person))
            .order_by(images.c.id.desc())
        )
        if query.status:
            rows = rows.where(images.c.status == STATUSES.index(query.status))
        if query.before:
            rows = rows.where(images.c.id < query.before)
        with _answering(), self._engine.connect() as connection:
            found = connection.execute(
                rows.limit(query.limit + 1)
            ).all()  # one more says whether there are older
        return Page([_photo(row) for row in found[: query.limit]], len(found) > query.limit)

    def counts(self) -> dict[str, int]:
        """How many photos have each status, zeros included; raises DatabaseAway."""
        rows = sa.select(images.c.status, sa.func.count()).group_by(images.c.status)
        with _answering(), self._engine.connect() as connection:
            counted = {row[0]: int(row[1]) for row in connection.execute(rows)}
        return {name: counted.get(status, 0) for status, name in enumerate(STATUSES)}

    def ping(self) -> None:
        """Returns if the database and its tables answer; else raises DatabaseAway."""
        with _answering(), self._engine.connect() as connection:
            connection.execute(sa.select(images.c.id).limit(1))

    def close(self) -> None:
        """Gives every connection back."""
        self._engine.dispose()


def _photo(row: sa.Row[tuple[object, ...]]) -> Photo:
    sides = (row.box_top, row.box_right, row.box_bottom, row.box_left)
    return Photo(
        id=row.id,
        path=row.path,
        status=STATUSES[row.status],
        person=row.name,
        reason=row.reason,
        distance=row.distance,
        box=None if None in sides else Box(*sides),
        created_at=_in_utc(row.created_at),
        updated_at=_in_utc(row.updated_at),
    )


def _in_utc(time: datetime) -> datetime:
    """The session's time zone is UTC; the driver gives times without one."""
    return time.replace(tzinfo=UTC)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        cause = getattr(error, "orig", None) or error
        raise DatabaseAway(f"{type(cause).__name__}: {cause}") from error
