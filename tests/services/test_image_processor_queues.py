"""Several nsqds: all are read before the first photo, and a burst on one of them keeps every hand busy."""

import contextlib
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import photos
import pytest
from face_process import FaceRecognition, face_recognition
from processor_process import ImageProcessor, image_processor, is_drained, wait_until
from real_queue import Nsqd
from real_servers import Mariadb

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
    wait_until("all are read", lambda: processor.status()["connected_nsqds"] == addresses)
    for one in (queue, *others):
        wait_until("it has the channel", lambda one=one: (one.stats() or {}).get("channels"))


def test_a_burst_on_one_nsqd_keeps_every_hand_busy(
    processor: ImageProcessor, queue: Nsqd, others: list[Nsqd], database: Mariadb, face: FaceRecognition
) -> None:
    wait_until("all are read", lambda: len(processor.status()["connected_nsqds"]) == 1 + len(others))
    face.program.process.send_signal(signal.SIGSTOP)  # so that each hand stays at its photo
    try:
        _post_burst(database, queue, 4 * WORKERS)
        wait_until("every hand has a photo", lambda: _in_work(database) == WORKERS, timeout_s=10)
    finally:
        face.program.process.send_signal(signal.SIGCONT)
    wait_until("the messages are finished", lambda: is_drained(queue))


def _post_burst(database: Mariadb, queue: Nsqd, count: int) -> None:
    """Photos that are not there: a refusal is an answer too."""
    for number in range(1, count + 1):
        database.rows("INSERT INTO images (path) VALUES (%s)", f"unknown_people/{number}.jpg")
    for one in database.rows("SELECT id FROM images"):
        queue.publish(json.dumps({"id": one["id"]}).encode())


def _in_work(database: Mariadb) -> int:
    return len(database.rows("SELECT id FROM images WHERE status = %s", PROCESSING))
