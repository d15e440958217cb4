"""The course's client waits on a real frontend's stream, whatever happens to the frontend meanwhile."""

import contextlib
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from frontend_served import PipelineHere, add, frontend, many
from real_servers import ROOT, Mariadb, Program, until

from free_ports import free_port
from kubeface.errors import NotReady
from kubeface.pipeline import Results

PATIENCE_S = 60


class Served:
    """A frontend as a process of its own, on one port for all its lives."""

    def __init__(self, database: Mariadb, photos: Path) -> None:
        self.port = free_port()
        self._env = {
            **database.env_for("frontend"),
            "PYTHONPATH": f"{ROOT}/images/frontend:{ROOT}/images/common",
            "PHOTOS_DIR": str(photos),
            "LISTEN": f"127.0.0.1:{self.port}",
            "DRAIN_SECONDS": "0",
        }
        self.program = self.start()

    def start(self) -> Program:
        """It listens, again on the same port."""
        self.program = Program([sys.executable, "-m", "frontend"], ready=['"listening"'], env=self._env)
        return self.program.start()


@pytest.fixture
def served(database: Mariadb, tmp_path: Path) -> Iterator[Served]:
    served = Served(database, tmp_path)
    yield served
    served.program.stop()


@contextlib.contextmanager
def waiting(port: int, photos: list[int]) -> Iterator[Future[Results]]:
    """A client that waits for photos in a thread of its own; the block is what happens meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(PipelineHere(frontend=port).wait_until_done, photos, timeout_s=PATIENCE_S)


def is_heard(port: int) -> bool:
    """The client has a stream of the frontend open."""
    return streams(port) == "1.0"


def streams(port: int) -> str:
    """How many streams the frontend has open, as it tells Prometheus."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        wire.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        text = b"".join(iter(lambda: wire.recv(65536), b"")).decode()
        return next(line for line in text.splitlines() if line.startswith("frontend_streams_open")).split()[1]
    return ""


def done(database: Mariadb, photo: int) -> None:
    database.rows("UPDATE images SET status = 1, person_id = 1 WHERE id = %s", photo)


def test_what_changes_while_it_waits_is_heard(served: Served, database: Mariadb) -> None:
    photos = [add(database, path=f"unknown_people/{number}.jpg") for number in range(3)]
    add(database, path="another.jpg")
    with waiting(served.port, photos) as results:
        until(lambda: is_heard(served.port), "the client listens", PATIENCE_S)
        for photo in photos:
            done(database, photo)
    assert results.result().people == dict.fromkeys(("0.jpg", "1.jpg", "2.jpg"), "Barack Obama")


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_frontend_that_restarts_meanwhile_is_waited_for(
    served: Served, database: Mariadb, end: str
) -> None:
    early, gone, late = (add(database, path=f"{name}.jpg") for name in ("early", "gone", "late"))
    with waiting(served.port, [early, gone, late]) as results:
        until(lambda: is_heard(served.port), "the client listens", PATIENCE_S)
        done(database, early)
        getattr(served.program, end)()
        done(database, gone)  # while nobody could tell
        served.start()
        until(lambda: is_heard(served.port), "the client is back", PATIENCE_S)
        done(database, late)
    assert set(results.result().people.values()) == {"Barack Obama"}


def test_a_frontend_that_is_not_there_yet_is_waited_for(served: Served, database: Mariadb) -> None:
    photo = add(database, status=2, reason="no face")
    served.program.stop()
    with waiting(served.port, [photo]) as results:
        served.start()
    assert results.result()[0].reason == "no face"


def test_photos_that_are_done_are_told_without_waiting(served: Served, database: Mariadb) -> None:
    many(database, 450)  # three pages
    wait = PipelineHere(frontend=served.port).wait_until_done
    assert len(wait(range(1, 451), timeout_s=PATIENCE_S)) == 450
    assert wait([], timeout_s=PATIENCE_S) == []


def test_without_a_stream_to_have_it_asks_again_and_again(database: Mariadb, tmp_path: Path) -> None:
    photo = add(database)
    with frontend(database, tmp_path, MAX_STREAMS="1") as client, client.stream("GET", "/events"):
        with waiting(client.base_url.port or 0, [photo]) as results:
            done(database, photo)
        assert results.result().people == {"a.jpg": "Barack Obama"}


def test_what_is_not_done_in_time_is_named(served: Served, database: Mariadb) -> None:
    photo = add(database, status=3)
    with pytest.raises(NotReady) as late:
        PipelineHere(frontend=served.port).wait_until_done([photo, 7000], timeout_s=3)
    assert late.value.what == "2 of 2 photos were not done after 3 s"
    assert late.value.seen == "a.jpg is PROCESSING; 1 are not known to the frontend"


def test_a_frontend_that_stays_away_is_named() -> None:
    with pytest.raises(NotReady) as late:
        PipelineHere(frontend=free_port()).wait_until_done([1], timeout_s=0.5)
    assert "1 are not known to the frontend; the frontend is away: no answer from http://" in late.value.seen


@pytest.mark.parametrize("says", [b"", b"HTTP/1.1 200 OK\r\n\r\n: a line without end"])
def test_a_frontend_that_hangs_holds_nobody_up(says: bytes) -> None:
    """It accepts connections, and then is silent; an end of the wait is all that is asked for."""
    with socket.create_server(("127.0.0.1", 0)) as silent, contextlib.ExitStack() as open_ones:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    open_ones.enter_context(silent.accept()[0]).sendall(says)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        with pytest.raises(NotReady):
            PipelineHere(frontend=silent.getsockname()[1]).wait_until_done([1], timeout_s=0.5)
        silent.shutdown(socket.SHUT_RDWR)
        thread.join()
