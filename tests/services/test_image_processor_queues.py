"""Several nsqds: all are read before the first photo, and a burst on one of them keeps every hand busy."""

import contextlib
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import photos
import pytest
from face_process import FaceRecognition, face_recognition
from processor_process import ImageProcessor, image_processor, is_drained
from real_queue import Nsqd
from real_servers import Mariadb, until

PROCESSING = 3
WORKERS = 3


@pytest.fixture
def face(tmp_path: Path) -> Iterator[FaceRecognition]:
    with face_recognition(photos.copy_photos(tmp_path / "photos"), workers=1) as running:
        yield running


@pytest.fixture
def others(queue: Nsqd, tmp_path: Path) -> Iterator[list[Nsqd]]:
    """Two nsqds more, known to the same nsqlookupd."""
    with contextlib.ExitStack() as running:
        started = []
        for name in ("second", "third"):
            (tmp_path / name).mkdir()
            one = Nsqd(tmp_path / name, queue.lookup).start()
            running.callback(one.stop)
            started.append(one)
        yield started


@pytest.fixture
def processor(
    queue: Nsqd, others: list[Nsqd], database: Mariadb, face: FaceRecognition
) -> Iterator[ImageProcessor]:
    with image_processor(queue, database, face.address, WORKERS=WORKERS) as running:
        yield running


def test_every_nsqd_is_read_before_it_has_the_topic(
    processor: ImageProcessor, queue: Nsqd, others: list[Nsqd]
) -> None:
    addresses = sorted(one.tcp_address for one in (queue, *others))
    until(lambda: processor.status()["connected_nsqds"] == addresses, "all are read")
    for one in (queue, *others):
        until(lambda one=one: (one.stats() or {}).get("channels"), "it has the channel")


def test_a_burst_on_one_nsqd_keeps_every_hand_busy(
    processor: ImageProcessor, queue: Nsqd, others: list[Nsqd], database: Mariadb, face: FaceRecognition
) -> None:
    until(lambda: len(processor.status()["connected_nsqds"]) == 1 + len(others), "all are read")
    face.program.process.send_signal(signal.SIGSTOP)  # so that each hand stays at its photo
    try:
        _post_burst(database, queue, 4 * WORKERS)
        until(lambda: _in_work(database) == WORKERS, "every hand has a photo", timeout_s=10)
    finally:
        face.program.process.send_signal(signal.SIGCONT)
    until(lambda: is_drained(queue), "the messages are finished")


def _post_burst(database: Mariadb, queue: Nsqd, count: int) -> None:
    """Photos that are not there: a refusal is an answer too."""
    for number in range(1, count + 1):
        database.rows("INSERT INTO images (path) VALUES (%s)", f"unknown_people/{number}.jpg")
    for one in database.rows("SELECT id FROM images"):
        queue.publish(json.dumps({"id": one["id"]}).encode())


def _in_work(database: Mariadb) -> int:
    return len(database.rows("SELECT id FROM images WHERE status = %s", PROCESSING))
