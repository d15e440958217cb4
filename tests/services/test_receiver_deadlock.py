"""Writers that meet in the database: the receiver tries again, and its client sees nothing of it."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any, TypeAlias

import pymysql
import pytest
from common.settings import database as database_settings
from real_servers import Mariadb, until
from receiver.store import Accepted, Store

Connection: TypeAlias = "pymysql.Connection[Any]"
#: Not innodb_trx: that table stays as it is for who reads it more often than each 0.1 s.
LOCK_WAITS = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'"


@pytest.fixture
def store(database: Mariadb) -> Iterator[Store]:
    """The receiver's door to the database."""
    with contextlib.closing(Store(database_settings(database.env_for("receiver")))) as store:
        yield store


@pytest.fixture
def other(database: Mariadb) -> Iterator[Connection]:
    """Another writer, in the middle of a transaction that has written "b.jpg"."""
    with contextlib.closing(database.connect()) as connection:
        connection.begin()
        insert(connection, "b.jpg")
        yield connection


def insert(connection: Connection, path: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO images (path) VALUES (%s)", (path,))


def accepting(store: Store, database: Mariadb, *paths: str) -> tuple[threading.Thread, list[Accepted]]:
    """A thread that accepts the paths, and waits for the other writer now; and what it will have got."""
    got: list[Accepted] = []
    thread = threading.Thread(target=lambda: got.extend(store.accept(paths)), daemon=True)
    thread.start()
    until(lambda: _someone_waits(database), "it waits for the other writer")
    return thread, got


def _someone_waits(database: Mariadb) -> bool:
    (status,) = database.rows(LOCK_WAITS)
    return int(str(status["Value"])) > 0


def test_a_path_that_another_one_has_just_written_is_found(
    store: Store, database: Mariadb, other: Connection
) -> None:
    thread, got = accepting(store, database, "a.jpg", "b.jpg", "c.jpg")
    other.commit()
    thread.join(60)
    assert [(one.path, one.is_new) for one in got] == [("a.jpg", True), ("b.jpg", False), ("c.jpg", True)]


def test_who_loses_a_deadlock_tries_again(store: Store, database: Mariadb, other: Connection) -> None:
    with other.cursor() as cursor:  # the heavier transaction wins, so the receiver is the one to lose
        cursor.executemany("INSERT INTO images (path) VALUES (%s)", [(f"heavy/{n}",) for n in range(50)])
    thread, got = accepting(store, database, "a.jpg", "b.jpg")
    insert(other, "a.jpg")
    other.commit()
    thread.join(60)
    assert [(one.path, one.is_new) for one in got] == [("a.jpg", False), ("b.jpg", False)]
    assert database.rows("SELECT COUNT(*) AS n FROM images") == [{"n": 52}]
