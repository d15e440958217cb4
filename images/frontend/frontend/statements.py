"""The frontend's SQL: one statement for a page, one for what has changed. Pure: no connection."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.mysql import TIMESTAMP

from frontend.core import STATUSES, Query

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
_NOW = sa.func.utc_timestamp(3, type_=TIMESTAMP(fsp=3)).label("now")


def page(query: Query) -> sa.Select[Any]:
    """The rows of a page, newest first, one more than asked for; each also carries the counts and the time.

    Without any photo there is one row whose `id` is NULL: it carries the counts.
    """
    rows = _photos()
    if query.status:
        rows = _by_index(rows, "by_status").where(images.c.status == STATUSES.index(query.status))
    if query.before is not None:
        rows = rows.where(images.c.id < query.before)
    if query.after is not None:
        rows = rows.where(images.c.id > query.after)
    order = images.c.id.asc() if query.after is not None else images.c.id.desc()
    found = rows.order_by(order).limit(query.limit + 1).subquery("page")
    state = sa.select(_NOW, *_counts()).subquery("state")
    return (
        sa.select(state, found)
        .select_from(state.outerjoin(found, sa.literal_column("1") == 1))
        .order_by(found.c.id.desc())
    )


def changes(since: datetime, most: int) -> sa.Select[Any]:
    """The last `most` + 1 rows that changed after `since`, the latest first, each with the counts.

    The index by_age begins with the status: naming all of them makes it four short ranges.
    """
    return (
        _by_index(_photos(*_counts()), "by_age")
        .where(images.c.status.in_(range(len(STATUSES))), images.c.updated_at > since)
        .order_by(images.c.updated_at.desc(), images.c.id.desc())
        .limit(most + 1)
    )


def counts() -> sa.Select[Any]:
    """One row: how many photos have each status; see `count_of`."""
    counted: list[sa.ColumnElement[Any]] = [*_counts()]
    return sa.select(*counted)


def now() -> sa.Select[Any]:
    """The database's clock, in UTC."""
    return sa.select(_NOW)


def ping() -> sa.Select[Any]:
    """At most one row, from the table that everything here needs."""
    return sa.select(images.c.id).limit(1)


def count_of(status: str) -> str:
    """The name of the column that counts the photos of a status."""
    return f"count_{status.lower()}"


def _photos(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    columns: list[sa.ColumnElement[Any]] = [one for one in images.c if one.name != "person_id"]
    return sa.select(*columns, person.c.name, *more).select_from(images.outerjoin(person))


def _by_index(rows: sa.Select[Any], index: str) -> sa.Select[Any]:
    """Left to itself, the server may walk the whole primary key to find rows of a rare status."""
    return rows.with_hint(images, f"FORCE INDEX ({index})", "mysql")


def _counts() -> list[sa.Label[int]]:
    """Each is answered by the index by_status alone, and only if a row is asked for it."""
    counted = sa.select(sa.func.count())
    return [
        counted.where(images.alias(f"all_{name}".lower()).c.status == status)
        .scalar_subquery()
        .label(count_of(name))
        for status, name in enumerate(STATUSES)
    ]
