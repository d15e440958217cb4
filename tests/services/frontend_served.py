"""The frontend's application for tests: served on loopback, with rows and pictures of the test's own."""

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from frontend.server import create_app
from frontend.settings import read_settings
from PIL import Image
from real_servers import Mariadb
from serving import serving

from kubeface.errors import NotReady
from kubeface.pipeline import Pipeline

PATIENCE_S = 60  # chosen: for a stream in a test, on a slow machine
BOX: dict[str, object] = {"box_top": 10, "box_right": 120, "box_bottom": 110, "box_left": 20}


@contextlib.contextmanager
def frontend(database: Mariadb, photos: Path, **env: str) -> Iterator[httpx.Client]:
    """A client of a running frontend with those settings."""
    settings = read_settings({**database.env_for("frontend"), "PHOTOS_DIR": str(photos), **env})
    app = create_app(settings)
    with serving(app) as client:
        try:
            yield client
        finally:
            app.state.frontend.stop()  # as at SIGTERM: the streams end, and hold nobody up


class PipelineHere(Pipeline):
    """The client of services on loopback, where no cluster has to be asked for addresses."""

    def __init__(self, **ports: int) -> None:
        self._ports = ports

    def __repr__(self) -> str:
        return f"Pipeline at {self._ports}"

    @property
    def address(self) -> str:
        return "127.0.0.1"

    def _port(self, service: str) -> int:
        return self._ports[service]


@dataclass(frozen=True)
class Event:
    """One server-sent event. A comment is an event without a name, and `data` is its text."""

    name: str
    id: str
    data: Any


@contextlib.contextmanager
def listening(client: httpx.Client, **asked: str) -> Iterator[Iterator[Event]]:
    """The events of a stream, from its first: the database answers. `since` or `last_event_id` resume."""
    headers = {"Last-Event-ID": asked.pop("last_event_id")} if "last_event_id" in asked else {}
    with client.stream("GET", "/events", params=asked, headers=headers, timeout=PATIENCE_S) as answer:
        assert answer.status_code == 200, answer.read()
        yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    deadline = time.monotonic() + PATIENCE_S
    for line in lines:
        if time.monotonic() > deadline:  # noticed at the next heartbeat
            raise NotReady(f"the stream did not tell what was awaited within {PATIENCE_S} s")
        name, _, value = line.partition(": ")
        if line and name:
            fields[name] = value
        elif line:
            yield Event("", "", value)
        elif "data" in fields:
            yield Event(fields["event"], fields.get("id", ""), json.loads(fields["data"]))
        if not line:
            fields = {}


def heard(events: Iterator[Event], name: str) -> Event:
    """The next event of that name."""
    return next(event for event in events if event.name == name)


def add(database: Mariadb, **given: object) -> int:
    """The id of a new row in `images`."""
    columns = {"path": "unknown_people/a.jpg", **given}
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    added = f"INSERT INTO images ({names}) VALUES ({marks}) RETURNING id"
    return int(str(database.rows(added, *columns.values())[0]["id"]))


def many(database: Mariadb, count: int) -> None:
    """Rows in bulk, an hour old; of the first fifty FAILED, all others PROCESSED."""
    database.rows(
        "INSERT INTO images (path, status, person_id, updated_at)"
        " SELECT CONCAT('unknown_people/', seq, '.jpg'), IF(seq <= 50, 2, 1),"
        f" IF(seq <= 50, NULL, 1 + seq % 3), NOW() - INTERVAL 1 HOUR FROM seq_1_to_{count}"
    )


def picture(folder: Path, name: str) -> Path:
    """A plain picture of 400 by 300 pixels in a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (400, 300), "teal").save(folder / name)
    return folder / name
