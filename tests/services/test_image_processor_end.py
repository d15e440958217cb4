"""Ends in the middle of the work: what is in hand is finished or goes to another processor."""

import asyncio
import signal
import threading
from pathlib import Path

import photos
import pytest
from face_process import face_recognition
from image_processor import consumer as queue_side
from image_processor.core import Outcome
from processor_process import image_processor, is_drained, post, row, wait_final
from real_queue import Nsqd
from real_servers import Mariadb, until

PROCESSED, PROCESSING = 1, 3


@pytest.fixture(scope="module")
def volume(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photos.copy_photos(tmp_path_factory.mktemp("volume") / "photos")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_an_end_in_the_middle_of_the_work_loses_nothing(
    queue: Nsqd, database: Mariadb, volume: Path, how: signal.Signals
) -> None:
    with face_recognition(volume, workers=1) as face:
        with image_processor(queue, database, face.address) as first:
            ids = [post(database, queue, f"unknown_people/{name}") for name in photos.OBAMA]
            until(lambda: any(row(database, one)["status"] == PROCESSED for one in ids), "one is done")
            first.program.process.send_signal(how)
            assert first.program.process.wait(30) == (0 if how == signal.SIGTERM else -signal.SIGKILL)
        statuses = [row(database, one)["status"] for one in ids]
        assert PROCESSED in statuses
        if how == signal.SIGTERM:  # what was in hand is finished, the rest is as it was
            assert PROCESSING not in statuses
        with image_processor(queue, database, face.address):
            assert {wait_final(database, one)["name"] for one in ids} == {"Barack Obama"}
            until(lambda: is_drained(queue), "every message is finished")


def test_a_long_turn_keeps_its_message(queue: Nsqd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_side, "MESSAGE_TIMEOUT_S", 1.0)
    monkeypatch.setattr(queue_side, "TOUCH_EVERY_S", 0.3)
    turns: list[int] = []
    ended, never = threading.Event(), threading.Event()

    def turn(image_id: int) -> Outcome:
        turns.append(image_id)
        never.wait(8)  # nsqd looks for silent messages of a new channel after 5 s, then every 0.1 s
        ended.set()
        return Outcome.PROCESSED

    async def work() -> None:
        reader = queue_side.Consumer((queue.lookup.http_address,), 2, turn, lambda body, reason: None)
        queue.publish(b'{"id": 7}')
        assert await asyncio.to_thread(ended.wait, 30)
        reader.stop_consuming()
        assert await reader.wait_idle(20)
        await reader.close()

    asyncio.run(work())
    assert turns == [7]
    stats = queue.stats()
    assert stats is not None
    assert stats["channels"][0]["timeout_count"] == 0
    until(lambda: is_drained(queue), "the message is finished")
