"""How fast the receiver takes photos, against the database alone."""

import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import servers
from bench.benchmark import Benchmark
from kubeface.errors import CommandFailed

if TYPE_CHECKING:
    import pymysql
    from real_queue import Nsqd
    from real_servers import Mariadb

CLIENTS = 32  # chosen: of the receiver, at once, as in a burst
SINGLE = 1000  # chosen: photos a round, each posted and committed by itself
BATCH = 100  # specified: paths a request, rows a transaction
PATHS = 3000  # chosen: a round takes some tenths of a second at least
ROUNDS = 7  # chosen, for the medians; one more before them warms both ways up
ANSWER_S = 60
Way = Callable[[Sequence[str]], None]


def receiver_vs_insert() -> float:
    """Posts a second of the receiver, divided by what the database takes of one who commits each photo.

    Both ways take turns, against one MariaDB, and both write as the receiver's user; before each turn the
    tables are empty and the relay has nothing left to do.
    """
    with (
        _at_hand(SINGLE) as (database, port, paths),
        contextlib.closing(database.connect("receiver")) as connection,
    ):
        post, insert = partial(_post_by_many, port), _inserting(connection)
        singly = [[path] for path in paths]
        rates = [
            (_rate(post, [paths], database, rows=SINGLE), _rate(insert, singly, database, rows=SINGLE))
            for _ in range(ROUNDS + 1)
        ]
    return _ratio(rates)


def bulk_vs_insert() -> float:
    """Accepted paths a second of the receiver's bulk endpoint, divided by rows a second of plain inserts."""
    with (
        _at_hand(PATHS) as (database, port, paths),
        contextlib.closing(database.connect("receiver")) as connection,
        contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=ANSWER_S)) as receiver,
    ):
        post, insert = _posting(receiver), _inserting(connection)
        batches = [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]
        rates = [
            (_rate(post, batches, database, rows=PATHS), _rate(insert, batches, database, rows=PATHS))
            for _ in range(ROUNDS + 1)
        ]
    return _ratio(rates)


def _ratio(rates: Sequence[tuple[float, float]]) -> float:
    """Of the medians, without the round that warms up."""
    posted, inserted = (statistics.median(one) for one in zip(*rates[1:], strict=True))
    print(f"posted {posted:.0f}, inserted {inserted:.0f} photos/s", file=sys.stderr)
    return float(posted / inserted)


@contextlib.contextmanager
def _at_hand(photos: int) -> Iterator[tuple["Mariadb", int, list[str]]]:
    """A database, the port of a receiver v1.1 which relays to an nsqd, and the paths of so many photos."""
    with tempfile.TemporaryDirectory() as folder, servers.mariadb() as database, servers.nsqd() as queue:
        paths = _make_photos(Path(folder), photos)
        with running(database, queue, Path(folder)) as port:
            yield database, port, paths


@contextlib.contextmanager
def running(database: "Mariadb", queue: "Nsqd", photos: Path) -> Iterator[int]:
    """The port of a receiver v1.1, which relays to that queue."""
    env = {
        **database.env_for("receiver"),
        "NSQD_HTTP_ADDRESS": queue.http_address,
        "PHOTOS_DIR": str(photos),
        "VERSION": "v1.1",
    }
    with servers.service("receiver", "receiver", env) as port:
        yield port


def _post_by_many(port: int, paths: Sequence[str]) -> None:
    """Each of CLIENTS posts its share, one photo after the other, on a connection that stays."""

    def post(mine: Sequence[str]) -> None:
        with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=ANSWER_S)) as receiver:
            for path in mine:
                ask(receiver, "/image/post", {"path": path})

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(post, (paths[first::CLIENTS] for first in range(CLIENTS))))


def _posting(receiver: HTTPConnection) -> Way:
    """Hands a batch to the receiver."""

    def post(batch: Sequence[str]) -> None:
        ask(receiver, "/images/post", {"paths": [{"path": path} for path in batch]})

    return post


def ask(receiver: HTTPConnection, endpoint: str, body: object) -> None:
    """Posts something, which has to be taken; else raises CommandFailed."""
    receiver.request("POST", endpoint, json.dumps(body))
    answer = receiver.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise CommandFailed(f"the receiver answered {answer.status}", seen=said[:500].decode())


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


def _make_photos(folder: Path, count: int) -> list[str]:
    """The paths of new photos; the receiver looks at no more than that they are there and not empty."""
    (folder / "unknown_people").mkdir()
    paths = [f"unknown_people/{number:05}.jpg" for number in range(count)]
    for path in paths:
        (folder / path).write_bytes(b"\xff\xd8\xff")
    return paths


def _rate(way: Way, batches: Sequence[Sequence[str]], database: "Mariadb", *, rows: int) -> float:
    """Paths a second from the first batch to the answer to the last; the tables are clear afterwards."""
    start = time.perf_counter()
    for batch in batches:
        way(batch)
    took_s = time.perf_counter() - start
    _clear(database, rows=rows)
    return rows / took_s


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
        goal=">= 0.95",
        how=f"posts/s of a receiver process (POST /image/post, one photo each, {CLIENTS} clients), against "
        "photos/s of one PyMySQL connection that inserts the same rows (images, outbox) and commits, one "
        "photo after the other; same user, same MariaDB, commits on the disk; medians of "
        f"{ROUNDS} alternating rounds of {SINGLE} photos",
        measure=receiver_vs_insert,
    ),
    Benchmark(
        name="bulk_vs_insert",
        unit="ratio",
        goal=">= 0.5",
        how=f"accepted paths/s of a receiver process (POST /images/post, {BATCH} paths each, one client), "
        f"against inserts of the same rows (images, outbox) by PyMySQL, {BATCH} in a transaction, same user, "
        f"same MariaDB; medians of {ROUNDS} alternating rounds of {PATHS} paths",
        measure=bulk_vs_insert,
    ),
]
