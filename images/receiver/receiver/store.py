"""The rows: a photo and its outbox entry are written in one transaction, or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from common.database import Status, answering, engine
from common.settings import DatabaseSettings

_tables = sa.MetaData()
images = sa.Table(
    "images",
    _tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("path", sa.String(512)),
    sa.Column("status", sa.SmallInteger),
)
outbox = sa.Table(
    "outbox",
    _tables,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("image_id", sa.Integer),
    sa.Column("published_at", sa.TIMESTAMP),
)

# Another request wrote the same path meanwhile (1062), or both wait for each other (1213): try again, and
# find what it wrote.
_MET_ANOTHER = (1062, 1213)
MOST_ENTRIES = 500  # chosen: outbox entries that are locked while nsqd is told of them
ROWS = 100  # chosen: an INSERT of so many paths stays below what PyMySQL sends as one
TRIES = 10  # chosen: each try waits for the others, and finds more of the paths written

_known = sa.select(images.c.id, images.c.path, images.c.status).where(
    images.c.path.in_(sa.bindparam("paths", expanding=True))
)
_entries = (
    sa.select(outbox.c.id, outbox.c.image_id)
    .where(outbox.c.published_at.is_(None))
    .order_by(outbox.c.id)
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)
)
_note_published = (
    sa.update(outbox)
    .where(outbox.c.id.in_(sa.bindparam("entries", expanding=True)))
    .values(published_at=sa.text("NOW(3)"))  # the database's clock: the Pods' may differ
)
_waiting = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.published_at.is_(None))


@dataclass(frozen=True)
class Accepted:
    """A photo that is written down. is_new is false if it had been posted before."""

    id: int
    path: str
    status: str
    is_new: bool


class Store:
    """The receiver's part of the database `kube`. Used by several threads."""

    def __init__(self, settings: DatabaseSettings) -> None:
        # READ COMMITTED: the relay locks the rows that it publishes, and no gap behind them. In the
        # default, REPEATABLE READ, every new photo would wait for nsqd.
        self._engine = engine(settings, isolation="READ COMMITTED")

    def accept(self, paths: Sequence[str]) -> list[Accepted]:
        """The photos' rows, in the order of `paths`; new ones with their outbox entries, in one transaction.

        Raises:
            DatabaseAway: nothing is promised; the same post may be sent again.
        """
        rows = self._write(sorted(set(paths)))  # who writes in one order waits for no circle
        accepted = []
        for path in paths:
            accepted.append(rows[path])
            rows[path] = replace(rows[path], is_new=False)  # named twice in one request
        return accepted

    def hand_over(self, publish: Callable[[Sequence[int]], None], at_most: int = MOST_ENTRIES) -> int:
        """How many image ids were published, and then noted in the outbox; 0 when nothing waits.

        Entries that another receiver publishes now are skipped. If `publish` raises, or the commit fails,
        they wait on: an id may be published twice, never not at all.

        Raises:
            DatabaseAway, and whatever `publish` raises.
        """
        with answering(), self._engine.begin() as transaction:
            rows = transaction.execute(_entries, {"most": at_most}).all()
            if rows:
                publish([row.image_id for row in rows])
                transaction.execute(_note_published, {"entries": [row.id for row in rows]})
        return len(rows)

    def waiting(self) -> int:
        """How many outbox entries nobody has published yet, those of other receivers too."""
        with answering(), self._engine.connect() as connection:
            return int(connection.execute(_waiting).scalar_one())

    def ping(self) -> None:
        """Returns if the database and its tables answer; else raises DatabaseAway."""
        with answering(), self._engine.connect() as connection:
            connection.execute(sa.select(images.c.id).limit(1))

    def close(self) -> None:
        """Gives every connection back."""
        self._engine.dispose()

    def _write(self, paths: Sequence[str]) -> dict[str, Accepted]:
        with answering():
            for tries_left in reversed(range(TRIES)):
                try:
                    with self._engine.begin() as transaction:
                        return _find_or_insert(transaction, paths)
                except (sa.exc.IntegrityError, sa.exc.OperationalError) as error:
                    if not tries_left or not _met_another(error):
                        raise
        raise AssertionError("the last try returns or raises")


def _met_another(error: sa.exc.DBAPIError) -> bool:
    number = error.orig.args[0] if error.orig and error.orig.args else 0
    return number in _MET_ANOTHER


def _find_or_insert(transaction: sa.Connection, paths: Sequence[str]) -> dict[str, Accepted]:
    rows = _find(transaction, paths)
    new = [path for path in paths if path not in rows]
    for start in range(0, len(new), ROWS):
        some = new[start : start + ROWS]
        first = transaction.execute(sa.insert(images), [{"path": path} for path in some]).lastrowid
        ids = range(first, first + len(some))  # specified: those of one INSERT follow on
        transaction.execute(sa.insert(outbox), [{"image_id": image_id} for image_id in ids])
        rows |= {
            path: Accepted(image_id, path, Status.PENDING.name, is_new=True)
            for image_id, path in zip(ids, some, strict=True)
        }
    return rows


def _find(transaction: sa.Connection, paths: Sequence[str]) -> dict[str, Accepted]:
    found = transaction.execute(_known, {"paths": paths})
    return {
        path: Accepted(image_id, path, Status(status).name, is_new=False)
        for image_id, path, status in found.all()
    }
