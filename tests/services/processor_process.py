"""A real image-processor as a child process, and the waits of its tests."""

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from face_process import grpc_code
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from real_queue import Nsqd
from real_servers import Mariadb, Program, until

IMAGES = Path(__file__).parents[2] / "images"
PYTHONPATH = f"{IMAGES / 'image-processor'}:{IMAGES / 'common'}:{grpc_code()}"

_http = httpx.Client(verify=False, trust_env=False)  # plain HTTP on loopback


class ImageProcessor:
    """Between `queue`, `database` and the face-recognition at an address."""

    def __init__(self, queue: Nsqd, database: Mariadb, face_recognition: str, **settings: object) -> None:
        self.env = {
            **database.env_for("image_processor"),
            "NSQLOOKUPD_HTTP_ADDRESSES": queue.lookup.http_address,
            "FACE_RECOGNITION_ADDRESS": face_recognition,
            "LISTEN": "127.0.0.1:0",
            "WORKERS": "2",
            "BREAKER_SECONDS": "1",
            "PYTHONPATH": PYTHONPATH,
            **{name: str(value) for name, value in settings.items()},
        }

    def start(self) -> "ImageProcessor":
        """Its loop turns; it need not be ready."""
        command = [sys.executable, "-m", "image_processor"]
        self.program = Program(command, ready=['"event": "listening"'], env=self.env).start()
        self.http = f"http://127.0.0.1:{self.events('listening')[0]['port']}"
        return self

    def stop(self) -> int:
        """The exit code after SIGTERM."""
        return self.program.stop(30)

    def events(self, event: str) -> list[dict[str, Any]]:
        """What it has logged about `event` so far."""
        lines = [json.loads(line) for line in self.program.log if line.startswith("{")]
        return [line for line in lines if line["event"] == event]

    def readiness(self) -> tuple[int, dict[str, str]]:
        """The HTTP status of /readyz and what stands in the way."""
        answer = _http.get(f"{self.http}/readyz", timeout=20)
        return answer.status_code, answer.json()["troubles"]

    def status(self) -> dict[str, Any]:
        """What /status says."""
        return dict(_http.get(f"{self.http}/status", timeout=20).json())

    def metric(self, name: str, **labels: str) -> float:
        """The value of one series of /metrics; 0 when there is none yet."""
        page = _http.get(f"{self.http}/metrics", timeout=20).text
        series = {(one.name, frozenset(one.labels.items())): one.value for one in _samples(page)}
        return series.get((name, frozenset(labels.items())), 0.0)

    def is_alive(self) -> bool:
        """/healthz answers."""
        return _http.get(f"{self.http}/healthz", timeout=20).status_code == 200


@contextlib.contextmanager
def image_processor(
    queue: Nsqd, database: Mariadb, face: str, **settings: object
) -> Iterator[ImageProcessor]:
    """A running service; at the end it has to stop cleanly, or to have been stopped by the test.

    settings: More of its environment.
    """
    service = ImageProcessor(queue, database, face, **settings).start()
    try:
        yield service
    finally:
        if service.program.process.poll() is None:
            assert service.stop() == 0, service.program.log[-20:]


def _samples(page: str) -> Iterator[Sample]:
    for family in text_string_to_metric_families(page):
        yield from family.samples


def post(database: Mariadb, queue: Nsqd, path: str) -> int:
    """What the receiver does for a new photo: a PENDING row and its message. The row's id."""
    database.rows("INSERT INTO images (path) VALUES (%s)", path)
    (row,) = database.rows("SELECT id FROM images WHERE path = %s", path)
    queue.publish(json.dumps({"id": row["id"]}).encode())
    return int(str(row["id"]))


def row(database: Mariadb, image_id: int) -> dict[str, Any]:
    """The photo's row, with the person's name."""
    joined = "images LEFT JOIN person ON person.id = person_id"
    return database.rows(f"SELECT images.*, person.name FROM {joined} WHERE images.id = %s", image_id)[0]


def wait_final(database: Mariadb, image_id: int, timeout_s: float = 60) -> dict[str, Any]:
    """The photo's row once it is PROCESSED or FAILED."""
    until(lambda: row(database, image_id)["status"] in (1, 2), f"photo {image_id} is final", timeout_s)
    return row(database, image_id)


def is_drained(queue: Nsqd) -> bool:
    """Every message of the topic was finished: none waits, is in hand or comes back later."""
    stats = queue.stats()
    if stats is None or not stats["channels"]:
        return False
    channel = stats["channels"][0]
    waiting = stats["depth"] + channel["depth"] + channel["in_flight_count"] + channel["deferred_count"]
    return bool(waiting == 0)
