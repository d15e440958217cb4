"""The door to the database `kube`: connects on first use, and again after a loss."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import sqlalchemy as sa

from common.settings import DatabaseSettings

# Chosen: statements on some rows by key take milliseconds; a server silent for so long is away.
TIMEOUTS_S = {"connect_timeout": 3, "read_timeout": 10, "write_timeout": 10}


class Status(IntEnum):
    """The column images.status."""

    PENDING = 0
    PROCESSED = 1
    FAILED = 2
    PROCESSING = 3


class DatabaseAway(Exception):
    """The database did not answer, or not in time; the transaction is not committed, as far as we know."""


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
    return sa.create_engine(
        url,
        isolation_level=isolation,
        pool_pre_ping=True,  # a connection that died with the last database Pod is replaced, not used
        pool_size=connections,
        max_overflow=0,
        pool_timeout=5,
        connect_args={**TIMEOUTS_S, **connect_args},
    )


@contextmanager
def answering() -> Iterator[None]:
    """Around every use of an engine: that the server, a table or a user is not there yet is DatabaseAway."""
    try:
        yield
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        cause = getattr(error, "orig", None) or error
        raise DatabaseAway(f"{type(cause).__name__}: {cause}") from error
