"""A receiver served in this process against a real MariaDB and a real nsqd, and what its tests ask."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families
from real_queue import Nsqd
from real_servers import Mariadb
from receiver.server import create_app
from receiver.settings import Settings, read_settings
from serving import serving

JPEG = b"\xff\xd8\xff"
WAITING = "SELECT image_id FROM outbox WHERE published_at IS NULL ORDER BY image_id"


def settings_for(database: Mariadb, queue: Nsqd, photos: Path, **more: str) -> Settings:
    """Where a receiver finds everything."""
    where = {"NSQD_HTTP_ADDRESS": queue.http_address, "PHOTOS_DIR": str(photos)}
    return read_settings({**database.env_for("receiver"), **where, **more})


@contextlib.contextmanager
def receiving(
    database: Mariadb, queue: Nsqd, photos: Path, version: str = "v1.1", **more: str
) -> Iterator[httpx.Client]:
    """A client of a running receiver."""
    with serving(create_app(settings_for(database, queue, photos, VERSION=version, **more))) as client:
        yield client


def make_photos(folder: Path, count: int) -> list[str]:
    """The paths of so many new photos in the folder."""
    (folder / "unknown_people").mkdir(exist_ok=True)
    paths = [f"unknown_people/{number:03}.jpg" for number in range(count)]
    for path in paths:
        (folder / path).write_bytes(JPEG)
    return paths


def post_many(client: httpx.Client, paths: list[str]) -> list[dict[str, object]]:
    """The results of a bulk post."""
    answer = client.post("/images/post", json={"paths": [{"path": path} for path in paths]})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


def published(queue: Nsqd) -> int:
    """How many messages nsqd has had in the topic."""
    stats = queue.stats()
    return int(stats["message_count"]) if stats else 0


def figures(client: httpx.Client) -> dict[str, float]:
    """What /metrics tells now: "name{label=value}" → figure."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    samples = (sample for family in text_string_to_metric_families(answer.text) for sample in family.samples)
    return {_series(sample.name, sample.labels): sample.value for sample in samples}


def _series(name: str, labels: dict[str, str]) -> str:
    inside = ",".join(f"{label}={value}" for label, value in labels.items())
    return f"{name}{{{inside}}}" if inside else name
