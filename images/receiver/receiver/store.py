"""The rows: a photo and its outbox entry are written in one transaction, or not at all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from receiver.core import STATUSES
from receiver.settings import Settings

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
)

# One key at a time: a DELETE with a list of keys may scan a short table, and would then wait for the rows
# that another receiver holds.
_delete_entry = sa.delete(outbox).where(outbox.c.id == sa.bindparam("entry"))


class DatabaseAway(Exception):
    """The database did not answer, or not in time; the transaction is not committed, as far as we know."""


@dataclass(frozen=True)
class Accepted:
    """A photo that is written down. is_new is false if it had been posted before."""

    id: int
    path: str
    status: str
    is_new: bool


class Store:
    """The receiver's part of the database `kube`. Connects on first use, and again after a loss."""

    def __init__(self, settings: Settings) -> None:
        url = sa.URL.create(
            "mysql+pymysql",
            username=settings.mysql_user,
            password=settings.mysql_password,
            host=settings.mysql_host,
            port=settings.mysql_port,
            database=settings.mysql_database,
        )
        self._engine = sa.create_engine(
            url,
            # READ COMMITTED: the relay locks the rows that it publishes, and no gap behind them. In the
            # default, REPEATABLE READ, every new photo would wait for nsqd.
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,  # a connection that died with the last database Pod is replaced, not used
            pool_size=10,
            max_overflow=10,
            pool_timeout=5,
            connect_args={"connect_timeout": 3, "read_timeout": 10, "write_timeout": 10},
        )

    def accept(self, path: str) -> Accepted:
        """The photo's row; the first time also its outbox entry, in the same transaction.

        Raises:
            DatabaseAway: nothing is promised; the same post may be sent again.
        """
        with _answering():
            try:
                with self._engine.begin() as transaction:
                    return _find(transaction, path) or _insert(transaction, path)
            except sa.exc.IntegrityError:  # another request wrote the same path meanwhile
                with self._engine.begin() as transaction:
                    found = _find(transaction, path)
                if found is None:
                    raise
                return found

    def hand_over(self, publish: Callable[[Sequence[int]], None], at_most: int = 100) -> int:
        """How many image ids were published, and then deleted from the outbox; 0 when it is empty.

        Rows that another receiver publishes now are skipped. If `publish` raises, or the commit fails,
        the rows stay: an id may be published twice, never not at all.

        Raises:
            DatabaseAway, and whatever `publish` raises.
        """
        entries = sa.select(outbox.c.id, outbox.c.image_id).order_by(outbox.c.id).limit(at_most)
        with _answering(), self._engine.begin() as transaction:
            rows = transaction.execute(entries.with_for_update(skip_locked=True)).all()
            if rows:
                publish([row.image_id for row in rows])
                transaction.execute(_delete_entry, [{"entry": row.id} for row in rows])
        return len(rows)

    def ping(self) -> None:
        """Returns if the database and its tables answer; else raises DatabaseAway."""
        with _answering(), self._engine.connect() as connection:
            connection.execute(sa.select(images.c.id).limit(1))

    def close(self) -> None:
        """Gives every connection back."""
        self._engine.dispose()


def _find(transaction: sa.Connection, path: str) -> Accepted | None:
    row = transaction.execute(sa.select(images.c.id, images.c.status).where(images.c.path == path)).first()
    return Accepted(row.id, path, STATUSES[row.status], is_new=False) if row else None


def _insert(transaction: sa.Connection, path: str) -> Accepted:
    image_id = transaction.execute(sa.insert(images).values(path=path)).lastrowid
    transaction.execute(sa.insert(outbox).values(image_id=image_id))
    return Accepted(image_id, path, STATUSES[0], is_new=True)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        cause = getattr(error, "orig", None) or error
        raise DatabaseAway(f"{type(cause).__name__}: {cause}") from error
