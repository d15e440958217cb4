"""The door to the database `kube`: connects on first use, and again after a loss."""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import sqlalchemy as sa

from common.settings import DatabaseSettings

# Chosen: statements on some rows by key take milliseconds; a server silent for so long is away.
TIMEOUTS_S = {"connect_timeout": 3, "read_timeout": 10, "write_timeout": 10}

TRUSTED_S = 1.0  # chosen: a connection that answered just now is not asked first whether it lives
_SERVER_ERRORS = range(1000, 2000)  # specified: from 2000 on it is the client that tells of its connection


class Status(IntEnum):
    """The column images.status."""

    PENDING = 0
    PROCESSED = 1
    FAILED = 2
    PROCESSING = 3


class DatabaseAway(Exception):
    """The database did not answer, or not in time; the transaction is not committed, as far as we know."""

    @property
    def is_refusal(self) -> bool:
        """The server did answer, with an error: other rows may have better luck."""
        told = getattr(getattr(self.__cause__, "orig", None), "args", None)
        return told is not None and bool(told) and told[0] in _SERVER_ERRORS


def engine(
    settings: DatabaseSettings, *, isolation: str, connections: int = 20, connect_args: Mapping[str, Any] = {}
) -> sa.Engine:
    """An engine for at most `connections` threads; nothing is connected yet.

    Args:
        settings: Where and as whom.
        isolation: The transactions' isolation level: "READ COMMITTED", "AUTOCOMMIT".
        connections: The most at once; who asks for one more waits for 5 s.
        connect_args: What else PyMySQL is to be told.
    """
    url = sa.URL.create(
        "mysql+pymysql",
        username=settings.user,
        password=settings.password,
        host=settings.host,
        port=settings.port,
        database=settings.name,
    )
    made = sa.create_engine(
        url,
        isolation_level=isolation,
        pool_reset_on_return=None,  # every transaction ends in its own block
        pool_size=connections,
        max_overflow=0,
        pool_timeout=5,
        connect_args={**TIMEOUTS_S, **connect_args},
    )
    sa.event.listen(made, "checkin", _note_use)
    sa.event.listen(made, "checkout", _look_at_the_idle)
    return made


def _note_use(connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _look_at_the_idle(connection: Any, record: Any, proxy: Any) -> None:
    """A connection that died with the last database Pod is replaced, not used."""
    if time.monotonic() - record.info.get("used_at", math.inf) > TRUSTED_S:
        try:
            connection.ping(reconnect=False)
        except Exception as error:
            raise sa.exc.DisconnectionError from error


@contextmanager
def answering() -> Iterator[None]:
    """Around every use of an engine: that the server, a table or a user is not there yet is DatabaseAway."""
    try:
        yield
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        cause = getattr(error, "orig", None) or error
        raise DatabaseAway(f"{type(cause).__name__}: {cause}") from error
