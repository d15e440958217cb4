"""Every row of the table of bad input, sent to the real services: none of them fails, hangs or keeps it.

`pytest -s -k table` prints the table for the documentation.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import bad_input
import grpc
import photos
import pytest
from bad_input import ANSWER_S, BadInput, ask
from face_process import FaceRecognition, face_recognition
from processor_process import ImageProcessor, image_processor, is_drained, post, row, wait_final
from real_queue import Nsqd
from real_servers import Mariadb, until
from service_process import running

PENDING, PROCESSED, FAILED = 0, 1, 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photos folder with one known face, and with all that should not be taken for a photo."""
    photos_dir = tmp_path_factory.mktemp("volume") / "photos"
    (photos_dir / "known_people").mkdir(parents=True)
    shutil.copy(photos.known("obama.jpg"), photos_dir / "known_people")
    make_strangers(photos_dir / "unknown_people")
    return photos_dir


def make_strangers(people: Path) -> None:
    people.mkdir()
    photo = photos.unknown(photos.OBAMA[0]).read_bytes()
    files = {
        "x.jpg": photo,
        "begun.jpg": photo[:300],
        "nobody.png": photos.without_face().read_bytes(),
        "bomb.png": bad_input.bomb_png(),
        "text.jpg": b"no picture",
        "vector.jpg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "empty.jpg": b"",
        "locked.jpg": photo,
        "../../outside.jpg": photo,
    }
    for name, data in files.items():
        (people / name).write_bytes(data)
    (people / "locked.jpg").chmod(0)
    os.mkfifo(people / "pipe.jpg")
    for name, target in {
        "escape.jpg": "../../outside.jpg",
        "escape": "../..",
        "circle.jpg": "circle.jpg",
    }.items():
        (people / name).symlink_to(target)


@pytest.fixture(scope="module")
def receiver(mariadb: Mariadb, nsqd: Nsqd, folder: Path) -> Iterator[int]:
    """The port of a receiver v1.1."""
    env = {**mariadb.env_for("receiver"), "NSQD_HTTP_ADDRESS": nsqd.http_address, "PHOTOS_DIR": str(folder)}
    with running("receiver", {**env, "VERSION": "v1.1"}) as port:
        yield port


@pytest.fixture(scope="module")
def frontend(mariadb: Mariadb, folder: Path) -> Iterator[int]:
    """The port of a frontend."""
    with running("frontend", {**mariadb.env_for("frontend"), "PHOTOS_DIR": str(folder)}) as port:
        yield port


@pytest.fixture(scope="module")
def face(folder: Path) -> Iterator[FaceRecognition]:
    with face_recognition(folder) as service:
        yield service


@pytest.fixture(scope="module")
def processor(mariadb: Mariadb, nsqd: Nsqd, face: FaceRecognition) -> Iterator[ImageProcessor]:
    """An image-processor that has begun to listen to the queue."""
    mariadb.clear()
    nsqd.clear()
    with image_processor(nsqd, mariadb, face.address) as service:
        yield service
    assert not service.events("turn failed")


def each(rows: list[BadInput]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("bad", rows, ids=lambda bad: bad.what)


def assert_refused(bad: BadInput, port: int) -> bytes:
    """The body of the answer, which has the row's status and, if it is JSON, says what to try."""
    status, kind, body = ask(port, bad.sent)
    assert str(status) in _statuses(bad), body[:500]
    assert kind != "application/json" or set(json.loads(body)) == {"error", "try"}
    assert b"Traceback" not in body
    return body


def _statuses(bad: BadInput) -> set[str]:
    return {"400", "0"} if bad.answer == bad_input.HUNG_UP else {bad.answer}


@each(bad_input.RECEIVER)
def test_the_receiver_refuses_and_writes_nothing(bad: BadInput, receiver: int, database: Mariadb) -> None:
    assert_refused(bad, receiver)
    assert not database.rows("SELECT id FROM images UNION SELECT id FROM outbox")


@each(bad_input.FRONTEND)
def test_the_frontend_refuses_and_shows_nothing_of_it(
    bad: BadInput, frontend: int, database: Mariadb
) -> None:
    assert b"<script>" not in assert_refused(bad, frontend)


@each(bad_input.FACE_RECOGNITION)
def test_face_recognition_refuses(bad: BadInput, face: FaceRecognition) -> None:
    with face.channel() as channel, pytest.raises(grpc.RpcError) as refusal:
        channel.unary_unary(bad_input.IDENTIFY)(bad.sent, timeout=ANSWER_S)
    assert refusal.value.code().name == bad.answer
    assert refusal.value.details()


def published(queue: Nsqd, body: bytes) -> None:
    """Puts a message into the queue; returns when image-processor has had it, and everything before it."""
    queue.publish(body)
    count = queue.stats()["message_count"]

    def is_done() -> bool:
        channels = queue.stats()["channels"]
        return bool(channels) and channels[0]["message_count"] >= count and is_drained(queue)

    until(is_done, "every message is finished")


@each([bad for bad in bad_input.MESSAGES if bad.answer == "parked"])
def test_a_message_that_names_no_photo_is_parked(
    bad: BadInput, processor: ImageProcessor, database: Mariadb, nsqd: Nsqd
) -> None:
    published(nsqd, bad.sent)
    (parked,) = database.rows("SELECT body, reason FROM parked")
    assert parked["body"] == bad.sent[:1024]
    assert parked["reason"]


@each([bad for bad in bad_input.MESSAGES if bad.answer == "nothing changes"])
def test_a_message_about_no_open_row_changes_nothing(
    bad: BadInput, processor: ImageProcessor, database: Mariadb, nsqd: Nsqd
) -> None:
    database.rows("INSERT INTO images (path, status) VALUES ('x.jpg', 1), ('y.jpg', 2)")
    before = database.rows("SELECT * FROM images")
    published(nsqd, bad.sent)
    assert database.rows("SELECT * FROM images") == before
    assert not database.rows("SELECT * FROM parked")


def test_a_message_that_comes_twice_is_one_answer(
    processor: ImageProcessor, database: Mariadb, nsqd: Nsqd
) -> None:
    (bad,) = [bad for bad in bad_input.MESSAGES if bad.answer == "PROCESSED once"]
    database.rows("INSERT INTO images (id, path) VALUES (3, 'unknown_people/x.jpg')")
    nsqd.publish(bad.sent)
    published(nsqd, bad.sent)
    found = row(database, 3)
    assert (found["status"], found["name"]) == (PROCESSED, "Barack Obama")
    assert [line["image_id"] for line in processor.events("processed")].count(3) == 1


@each(bad_input.PHOTOS)
def test_a_photo_that_is_none_fails_with_a_reason(
    bad: BadInput, processor: ImageProcessor, database: Mariadb, nsqd: Nsqd
) -> None:
    found = wait_final(database, post(database, nsqd, bad.sent.decode()))
    assert (found["status"], found["name"]) == (FAILED, None)
    assert found["reason"]
    until(lambda: is_drained(nsqd), "the message is finished")


def test_the_table_says_what_is_sent_and_what_comes_back() -> None:
    print("\n" + bad_input.as_markdown(bad_input.TABLES))
    assert sum(len(rows) for _, rows in bad_input.TABLES[:2]) >= 30
    for to, rows in bad_input.TABLES:
        assert len({bad.what for bad in rows}) == len({bad.sent for bad in rows}) == len(rows), to
        assert not [bad for bad in rows if bad.answer.startswith("5")], to
