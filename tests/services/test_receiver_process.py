"""The receiver as a process: how it starts, and how it ends."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from real_queue import Nsqd
from real_servers import ROOT, Mariadb, Program, until

from free_ports import free_port

Running = tuple[Program, httpx.Client]
PACKAGES = f"{ROOT}/images/receiver:{ROOT}/images/common"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A photos folder with one photo."""
    (tmp_path / "x.jpg").write_bytes(b"\xff\xd8")
    return tmp_path


@contextlib.contextmanager
def running(
    database: Mariadb, queue: Nsqd, photos: Path, **more: str
) -> Iterator[tuple[Program, httpx.Client]]:
    """`python -m receiver`, listening, and a client of it."""
    port = free_port()
    env = {
        **database.env_for("receiver"),
        "NSQD_HTTP_ADDRESS": queue.http_address,
        "PHOTOS_DIR": str(photos),
        "LISTEN": f"127.0.0.1:{port}",
        "PYTHONPATH": PACKAGES,
        **more,
    }
    program = Program([sys.executable, "-m", "receiver"], ready=['"listening"'], env=env).start(30)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, verify=False) as client:
            yield program, client
    finally:
        program.stop()


def readiness(client: httpx.Client) -> int:
    return client.get("/readyz").status_code


def events(program: Program) -> list[dict[str, object]]:
    """Its log; every line has to be JSON."""
    return [json.loads(line) for line in program.log]


def test_a_missing_setting_stops_the_start_and_names_itself() -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": PACKAGES, "MYSQL_HOST": "mysql"}
    ended = subprocess.run(
        [sys.executable, "-m", "receiver"], env=env, capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["reason"] == "not set: MYSQL_USER, MYSQL_PASSWORD"


def test_sigterm_is_unready_first_then_a_clean_end(database: Mariadb, queue: Nsqd, photos: Path) -> None:
    with running(database, queue, photos, DRAIN_SECONDS="3") as (program, client):
        assert readiness(client) == 200
        program.process.send_signal(signal.SIGTERM)
        until(lambda: readiness(client) == 503, "not ready")
        assert client.post("/image/post", json={"path": "x.jpg"}).status_code == 200  # it still serves
        assert program.process.wait(10) == 0
    assert database.rows("SELECT COUNT(*) AS n FROM images") == [{"n": 1}]
    assert not database.rows("SELECT id FROM outbox WHERE published_at IS NULL")  # published, too


def test_one_photo_can_be_followed_by_its_id(database: Mariadb, queue: Nsqd, photos: Path) -> None:
    with running(database, queue, photos) as (program, client):
        image_id = client.post("/image/post", json={"path": "x.jpg"}).json()["id"]
        until(lambda: any('"published"' in line for line in program.log), "published")
    told = [event["event"] for event in events(program) if event.get("image_id") == image_id]
    assert sorted(map(str, told)) == ["accepted", "published"]
    assert not any("secret" in line for line in program.log)


def test_the_start_order_does_not_matter(database: Mariadb, queue: Nsqd, photos: Path) -> None:
    database.stop()
    queue.stop()
    try:
        with running(database, queue, photos) as (program, client):
            seen = client.get("/readyz")
            assert seen.status_code == 503
            assert [seen.json()[name][:4] for name in ("database", "nsqd")] == ["away", "away"]
            queue.start()
            database.start()
            until(lambda: readiness(client) == 200, "ready")
            assert client.post("/image/post", json={"path": "x.jpg"}).status_code == 200
            assert json.loads(queue.next_message()) == {"id": 1}
    finally:
        for server in (database, queue):
            if server.is_down():
                server.start()
    away = [event["event"] for event in events(program) if str(event["event"]).startswith("relay")]
    assert away == ["relay waits", "relay goes on"]


def test_what_a_killed_receiver_left_is_published(database: Mariadb, queue: Nsqd, photos: Path) -> None:
    queue.stop()
    try:
        with running(database, queue, photos) as (program, client):
            assert client.post("/image/post", json={"path": "x.jpg"}).status_code == 200
            program.kill()
    finally:
        queue.start()
    with running(database, queue, photos):
        assert json.loads(queue.next_message()) == {"id": 1}
