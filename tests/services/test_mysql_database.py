"""The database that the entrypoint makes: schema, people and who may do what."""

import contextlib

import pymysql
import pytest
from real_servers import Mariadb

DENIED = 1142  # ER_TABLEACCESS_DENIED_ERROR


def attempt(database: Mariadb, user: str, sql: str) -> int:
    """0, or the error number that the server answers `user` with."""
    with contextlib.closing(database.connect(user)) as connection, connection.cursor() as cursor:
        try:
            cursor.execute(sql)
        except pymysql.err.OperationalError as error:
            return int(error.args[0])
    return 0


def test_known_people_are_there_from_the_start(database: Mariadb) -> None:
    people = database.rows("SELECT name FROM person ORDER BY id")
    assert [row["name"] for row in people] == ["Barack Obama", "Joe Biden", "Eileen Collins"]


NAMES = (
    "Rene",
    "René",
    "rene",
    "Rene ",
    "RENE",
    "Rene\u0301",
    "obama.jpg",
    "OBAMA.jpg",
    "óbama.jpg",
    "ß",
    "ss",
)


@pytest.mark.parametrize(
    ("table", "column"), [("images", "path"), ("person", "name"), ("person_images", "image_name")]
)
def test_names_that_differ_in_a_byte_are_different_names(database: Mariadb, table: str, column: str) -> None:
    database.rows(f"DELETE FROM {table} WHERE {column} IN %s", ["obama.jpg"])
    person = ", person_id" if table == "person_images" else ""
    values = ", ".join(["(%s, 1)" if person else "(%s)"] * len(NAMES))
    database.rows(f"INSERT INTO {table} ({column}{person}) VALUES {values}", *NAMES)
    for name in NAMES:
        found = database.rows(f"SELECT {column} AS name FROM {table} WHERE {column} = %s", name)
        assert [row["name"] for row in found] == [name]


@pytest.mark.parametrize(
    ("user", "sql", "answer"),
    [
        ("receiver", "INSERT INTO images (path) VALUES ('unknown_people/x.jpg')", 0),
        ("receiver", "DELETE FROM outbox", DENIED),
        ("receiver", "DELETE FROM images", DENIED),
        ("receiver", "UPDATE images SET status = 1", DENIED),
        ("redeemer", "DELETE FROM outbox", 0),
        ("redeemer", "DELETE FROM images", DENIED),
        ("image_processor", "UPDATE images SET status = 1", 0),
        ("image_processor", "SELECT * FROM person_images", 0),
        ("image_processor", "INSERT INTO images (path) VALUES ('x')", DENIED),
        ("image_processor", "SELECT * FROM outbox", DENIED),
        ("frontend", "SELECT * FROM images LEFT JOIN person ON person.id = person_id", 0),
        ("frontend", "UPDATE images SET status = 1", DENIED),
        ("frontend", "SELECT * FROM outbox", DENIED),
    ],
)
def test_a_user_may_do_what_its_service_needs_and_no_more(
    database: Mariadb, user: str, sql: str, answer: int
) -> None:
    assert attempt(database, user, sql) == answer


def test_root_is_not_let_in_over_the_network(database: Mariadb) -> None:
    with pytest.raises(pymysql.err.OperationalError, match="Access denied"):
        pymysql.connect(
            host=database.host, port=database.port, user="root", password=database.passwords["root"]
        )
