"""Services that are away: no photo is lost, none fails for it, and the image-processor says so."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import photos
import pytest
from face_process import FaceRecognition, face_recognition
from processor_process import PYTHONPATH, image_processor, is_drained, post, row, wait_final
from real_queue import Nsqd
from real_servers import Mariadb, until

from free_ports import free_port

PENDING, PROCESSED, FAILED, PROCESSING = range(4)
OBAMA = f"unknown_people/{photos.OBAMA[0]}"


@pytest.fixture(scope="module")
def volume(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photos.copy_photos(tmp_path_factory.mktemp("volume") / "photos")


@pytest.fixture(scope="module")
def face(volume: Path) -> Iterator[FaceRecognition]:
    with face_recognition(volume, workers=1) as running:
        yield running


@pytest.fixture
def nobody() -> str:
    """An address at which there is no face-recognition."""
    return f"127.0.0.1:{free_port()}"


def test_while_face_recognition_is_away_the_photo_waits(
    queue: Nsqd, database: Mariadb, volume: Path, nobody: str
) -> None:
    face = FaceRecognition(volume)
    face.address = nobody
    with image_processor(queue, database, face.address) as processor:
        image_id = post(database, queue, OBAMA)
        until(lambda: len(processor.events("again later")) >= 2, "it is tried twice")
        assert row(database, image_id)["status"] in (PENDING, PROCESSING)
        code, troubles = processor.readiness()
        assert (code, list(troubles)) == (503, ["face-recognition"])
        face.start()
        assert wait_final(database, image_id)["name"] == "Barack Obama"
        until(lambda: processor.readiness()[0] == 200, "it is ready again")
        until(lambda: is_drained(queue), "the message is finished")
    assert face.stop() == 0


def test_a_photo_without_an_answer_is_given_up_at_last_and_may_have_another_turn(
    queue: Nsqd, database: Mariadb, volume: Path, nobody: str
) -> None:
    with image_processor(queue, database, nobody, MAX_ATTEMPTS=3) as processor:
        image_id = post(database, queue, OBAMA)
        given_up = wait_final(database, image_id)
        assert (given_up["status"], given_up["attempts"], given_up["passing"]) == (FAILED, 3, 1)
        assert "after 3 attempts" in given_up["reason"]
        assert "UNAVAILABLE" in given_up["reason"]
        until(lambda: is_drained(queue), "its message is finished")
        until(lambda: processor.events("given up"), "it is told")
        database.rows("UPDATE images SET status = 0, attempts = 0, passing = 0, redeemed = 1")
        face = FaceRecognition(volume)
        face.address = nobody
        face.start()
        queue.publish(f'{{"id": {image_id}}}'.encode())
        redeemed = wait_final(database, image_id)
        assert (redeemed["name"], redeemed["reason"], redeemed["passing"]) == ("Barack Obama", None, 0)
    assert face.stop() == 0


def test_while_the_database_is_away_photos_and_bad_messages_wait(
    queue: Nsqd, database: Mariadb, face: FaceRecognition
) -> None:
    with image_processor(queue, database, face.address) as processor:
        until(lambda: processor.readiness()[0] == 200, "it is ready")
        database.rows("INSERT INTO images (path) VALUES (%s)", OBAMA)
        (image,) = database.rows("SELECT id FROM images")
        database.stop()
        queue.publish(f'{{"id": {image["id"]}}}'.encode())
        queue.publish(b"no photo")
        until(lambda: _waits(processor.events("again later")) == 2, "both are tried")
        assert processor.is_alive()
        assert "mysql" in processor.readiness()[1]
        database.start()
        done = wait_final(database, int(str(image["id"])))
        assert (done["name"], done["attempts"]) == ("Barack Obama", 0)
        until(lambda: database.rows("SELECT * FROM parked"), "the other is parked")
        until(lambda: is_drained(queue), "both are finished")


def _waits(events: list[dict[str, object]]) -> int:
    """How many different messages wait."""
    return len({event.get("image_id") for event in events})


def test_it_may_start_before_the_queue(queue: Nsqd, database: Mariadb, face: FaceRecognition) -> None:
    queue.stop()
    queue.lookup.stop()
    with image_processor(queue, database, face.address) as processor:
        until(lambda: list(processor.readiness()[1]) == ["nsqlookupd"], "nsqlookupd is missed")
        queue.lookup.start()
        until(lambda: list(processor.readiness()[1]) == ["nsqd"], "nsqd is missed")
        queue.start()
        assert wait_final(database, post(database, queue, OBAMA))["status"] == PROCESSED
        until(lambda: processor.readiness() == (200, {}), "it is ready")


def test_without_nsqlookupd_it_reads_on_and_says_so(
    queue: Nsqd, database: Mariadb, face: FaceRecognition
) -> None:
    with image_processor(queue, database, face.address) as processor:
        wait_final(database, post(database, queue, OBAMA))
        queue.lookup.stop()
        until(lambda: list(processor.readiness()[1]) == ["nsqlookupd"], "it is missed")
        assert wait_final(database, post(database, queue, "unknown_people/obama3.jpg"))["status"] == PROCESSED
        queue.lookup.start()
        until(lambda: processor.readiness() == (200, {}), "it is ready again")


def test_an_nsqd_that_comes_back_is_read_again(queue: Nsqd, database: Mariadb, face: FaceRecognition) -> None:
    with image_processor(queue, database, face.address) as processor:
        wait_final(database, post(database, queue, OBAMA))
        queue.stop()
        until(lambda: list(processor.readiness()[1]) == ["nsqd"], "it is missed")
        assert processor.metric("image_processor_connected_nsqds") == 0
        assert processor.is_alive()
        queue.start()
        assert wait_final(database, post(database, queue, "unknown_people/obama3.jpg"))["status"] == PROCESSED
        until(lambda: processor.readiness() == (200, {}), "it is ready again")
        assert processor.metric("image_processor_connected_nsqds") == 1


@pytest.mark.parametrize("wrong", [True, False], ids=["refused", "accepted"])
def test_the_password_is_in_no_log(queue: Nsqd, database: Mariadb, nobody: str, wrong: bool) -> None:
    given = {"MYSQL_PASSWORD": "xyzzy-refused"} if wrong else {}
    with image_processor(queue, database, nobody, **given) as processor:
        post(database, queue, OBAMA)
        until(lambda: processor.events("again later"), "it is told")
        assert ("mysql" in processor.readiness()[1]) is wrong
    secret = processor.env["MYSQL_PASSWORD"]
    printed = "\n".join(processor.program.log)
    assert "again later" in printed
    assert [form for form in (secret, repr(secret)[1:-1], secret.split()[-1]) if form in printed] == []


def test_missing_settings_stop_the_start_and_are_named() -> None:
    command = [sys.executable, "-m", "image_processor"]
    env = {"PYTHONPATH": PYTHONPATH, "MYSQL_HOST": "localhost"}
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "not set: MYSQL_USER, MYSQL_PASSWORD, NSQLOOKUPD_HTTP_ADDRESSES" in ended.stderr
