"""How fast the receiver takes photos, against the database alone."""

import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import servers
from bench.benchmark import Benchmark
from kubeface.errors import CommandFailed

if TYPE_CHECKING:
    import pymysql
    from real_servers import Mariadb

BATCH = 100  # specified: paths a request, rows a transaction
PATHS = 3000  # chosen: a round takes some tenths of a second at least
ROUNDS = 7  # chosen, for the medians; one more before them warms both ways up
ANSWER_S = 60
Way = Callable[[Sequence[str]], None]


def receiver_vs_insert() -> float:
    """Accepted paths a second of the receiver, divided by rows a second of plain inserts.

    Both ways take turns, against one MariaDB, and both write as the receiver's user; before each turn the
    tables are empty and the relay has nothing left to do.
    """
    with (
        tempfile.TemporaryDirectory() as photos,
        servers.mariadb() as database,
        _receiver(database, Path(photos)) as receiver,
        contextlib.closing(database.connect("receiver")) as connection,
    ):
        paths = _make_photos(Path(photos))
        post, insert = _posting(receiver), _inserting(connection)
        rates = [(_rate(post, paths, database), _rate(insert, paths, database)) for _ in range(ROUNDS + 1)]
    posted, inserted = zip(*rates[1:], strict=True)
    return float(statistics.median(posted) / statistics.median(inserted))


@contextlib.contextmanager
def _receiver(database: "Mariadb", photos: Path) -> Iterator[HTTPConnection]:
    """A connection to a receiver v1.1, which relays to an nsqd."""
    with servers.nsqd() as queue:
        env = {
            **database.env_for("receiver"),
            "NSQD_HTTP_ADDRESS": queue.http_address,
            "PHOTOS_DIR": str(photos),
            "VERSION": "v1.1",
        }
        with (
            servers.service("receiver", "receiver", env) as port,
            contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=ANSWER_S)) as connection,
        ):
            yield connection


def _posting(receiver: HTTPConnection) -> Way:
    """Hands a batch to the receiver."""

    def post(batch: Sequence[str]) -> None:
        receiver.request("POST", "/images/post", json.dumps({"paths": [{"path": path} for path in batch]}))
        answer = receiver.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise CommandFailed(f"the receiver answered {answer.status}", seen=said[:500].decode())

    return post


def _inserting(connection: "pymysql.Connection[Any]") -> Way:
    """Writes the rows of a batch, in one transaction with the receiver's isolation level."""
    connection.query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")

    def insert(batch: Sequence[str]) -> None:
        connection.begin()
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO images (path) VALUES (%s)", batch)
            ids = range(cursor.lastrowid, cursor.lastrowid + len(batch))  # those of one INSERT follow on
            # As if published: else the receiver's relay would be at work in this turn.
            cursor.executemany("INSERT INTO outbox (image_id, published_at) VALUES (%s, NOW(3))", ids)
        connection.commit()

    return insert


def _make_photos(folder: Path) -> list[str]:
    """The paths of new photos; the receiver looks at no more than that they are there and not empty."""
    (folder / "unknown_people").mkdir()
    paths = [f"unknown_people/{number:05}.jpg" for number in range(PATHS)]
    for path in paths:
        (folder / path).write_bytes(b"\xff\xd8\xff")
    return paths


def _rate(way: Way, paths: Sequence[str], database: "Mariadb") -> float:
    """Paths a second from the first batch to the answer to the last; the tables are clear afterwards."""
    batches = [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]
    start = time.perf_counter()
    for batch in batches:
        way(batch)
    took_s = time.perf_counter() - start
    _clear(database, rows=len(paths))
    return len(paths) / took_s


def _clear(database: "Mariadb", *, rows: int) -> None:
    """Empty tables, once the relay is done; an error when there were not so many rows."""
    from real_servers import until

    waiting = "SELECT id FROM outbox WHERE published_at IS NULL LIMIT 1"
    until(lambda: not database.rows(waiting), "the relay is done", timeout_s=ANSWER_S)
    (found,) = database.rows("SELECT COUNT(*) AS n FROM images")
    if found["n"] != rows:
        raise CommandFailed(f"{rows} paths were written, and {found['n']} rows are there")
    database.clear()


BENCHMARKS = [
    Benchmark(
        name="receiver_vs_insert",
        unit="ratio",
        goal=">= 0.5",
        how=f"accepted paths/s of a receiver process (POST /images/post, {BATCH} paths each, one client), "
        f"against inserts of the same rows (images, outbox) by PyMySQL, {BATCH} in a transaction, same user, "
        f"same MariaDB; medians of {ROUNDS} alternating rounds of {PATHS} paths",
        measure=receiver_vs_insert,
    )
]
