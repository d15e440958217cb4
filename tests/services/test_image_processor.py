"""Photos from a real queue, through a real face-recognition, to rows in a real database."""

import json
from collections.abc import Iterator

import photos
import pytest
from face_process import FaceRecognition, face_recognition
from processor_process import ImageProcessor, image_processor, is_drained, post, wait_final
from processor_process import row as row_of
from real_queue import Nsqd
from real_servers import Mariadb, until

PROCESSED, FAILED = 1, 2


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaceRecognition]:
    volume = photos.copy_photos(tmp_path_factory.mktemp("volume") / "photos")
    (volume / "known_people/biden.jpg").rename(volume / "unknown_people/biden.jpg")  # nobody knows him here
    with face_recognition(volume) as running:
        yield running


@pytest.fixture
def processor(queue: Nsqd, database: Mariadb, face: FaceRecognition) -> Iterator[ImageProcessor]:
    with image_processor(queue, database, face.address) as running:
        yield running


def test_photos_end_with_the_right_person(processor: ImageProcessor, database: Mariadb, queue: Nsqd) -> None:
    names = {**dict.fromkeys(photos.OBAMA, "Barack Obama"), photos.ASTRONAUT: "Eileen Collins"}
    ids = {name: post(database, queue, f"unknown_people/{name}") for name in names}
    rows = {name: wait_final(database, image_id) for name, image_id in ids.items()}
    assert {name: (row["status"], row["name"]) for name, row in rows.items()} == {
        name: (PROCESSED, person) for name, person in names.items()
    }
    assert all(0 < row["distance"] < 0.6 and row["reason"] is None for row in rows.values())
    assert all(
        row["box_top"] < row["box_bottom"] and row["box_left"] < row["box_right"] for row in rows.values()
    )
    until(lambda: is_drained(queue), "every message is finished")
    assert {line["image_id"] for line in processor.events("processed")} == set(ids.values())


def test_an_unknown_face_is_processed_without_a_person(
    processor: ImageProcessor, database: Mariadb, queue: Nsqd
) -> None:
    row = wait_final(database, post(database, queue, "unknown_people/biden.jpg"))
    assert (row["status"], row["name"], row["reason"]) == (PROCESSED, None, None)
    assert row["distance"] > 0.6


def test_a_known_photo_that_no_row_names_leaves_a_reason(
    processor: ImageProcessor, database: Mariadb, queue: Nsqd
) -> None:
    database.rows("DELETE FROM person_images WHERE image_name = 'obama.jpg'")
    row = wait_final(database, post(database, queue, "unknown_people/obama2.jpg"))
    assert (row["status"], row["name"]) == (PROCESSED, None)
    assert "obama.jpg" in row["reason"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (f"unknown_people/{photos.without_face().name}", "no face was found"),
        ("unknown_people/nobody.jpg", "there is no photo"),
        ("../etc/passwd", "not a path inside"),
        ("unknown_people", "is not a file"),
    ],
)
def test_what_can_never_be_answered_fails_with_the_words_of_the_answer(
    processor: ImageProcessor, database: Mariadb, queue: Nsqd, path: str, reason: str
) -> None:
    row = wait_final(database, post(database, queue, path))
    assert (row["status"], row["name"]) == (FAILED, None)
    assert reason in row["reason"]
    until(lambda: is_drained(queue), "the message is finished")


def test_a_message_that_comes_twice_changes_nothing(
    processor: ImageProcessor, database: Mariadb, queue: Nsqd
) -> None:
    image_id = post(database, queue, f"unknown_people/{photos.ASTRONAUT}")
    before = wait_final(database, image_id)
    queue.publish(json.dumps({"id": image_id}).encode())
    until(lambda: processor.events("done before"), "the second message is seen")
    until(lambda: is_drained(queue), "both messages are finished")
    assert row_of(database, image_id) == before


BAD = [
    (b"not JSON", "not a message about a photo"),
    (b"[]", "not a message about a photo"),
    (b"7", "not a message about a photo"),
    (b"\xff\xfe", "not a message about a photo"),
    (b"[" * 5000, "not a message about a photo"),
    (b'{"path": "x"}', "not a message about a photo"),
    (b'{"id": "7"}', "not a positive whole number"),
    (b'{"id": true}', "not a positive whole number"),
    (b'{"id": 7.5}', "not a positive whole number"),
    (b'{"id": 0}', "not a positive whole number"),
    (b'{"id": -7}', "not a positive whole number"),
    (b'{"id": 1' + b"0" * 99 + b"}", "not a positive whole number"),
]


def test_messages_that_name_no_photo_are_parked_with_a_reason(
    processor: ImageProcessor, database: Mariadb, queue: Nsqd
) -> None:
    for body, _ in BAD:
        queue.publish(body)
    until(lambda: len(processor.events("parked")) == len(BAD), "all are told")
    until(lambda: is_drained(queue), "all are finished")
    parked = {bytes(row["body"]): row["reason"] for row in database.rows("SELECT * FROM parked")}
    assert sorted(parked) == sorted(body[:1024] for body, _ in BAD)
    assert all(reason in parked[body[:1024]] for body, reason in BAD)
    assert processor.metric("image_processor_messages_total", outcome="parked") == len(BAD)


def test_photos_with_names_in_any_script_get_their_reason(
    processor: ImageProcessor, database: Mariadb, queue: Nsqd
) -> None:
    row = wait_final(database, post(database, queue, "unknown_people/写真 \U0001f4f7 é.jpg"))
    assert row["status"] == FAILED
    assert "写真" in row["reason"]


def test_a_failed_row_that_was_reset_is_processed_anew_with_clean_fields(
    processor: ImageProcessor, database: Mariadb, queue: Nsqd
) -> None:
    database.rows("INSERT INTO images (path, status, reason, passing) VALUES ('a.jpg', 2, 'no answer', 1)")
    database.rows("UPDATE images SET status = 0, path = %s", f"unknown_people/{photos.ASTRONAUT}")
    (image,) = database.rows("SELECT id FROM images")
    queue.publish(json.dumps({"id": image["id"]}).encode())
    row = wait_final(database, int(str(image["id"])))
    assert (row["status"], row["name"]) == (PROCESSED, "Eileen Collins")
    assert (row["reason"], row["passing"]) == (None, 0)


def test_a_message_about_no_row_is_finished(processor: ImageProcessor, queue: Nsqd) -> None:
    queue.publish(b'{"id": 99999999999}')
    until(lambda: processor.events("no such row"), "it is told")
    until(lambda: is_drained(queue), "it is finished")


def test_it_is_ready_when_everything_is_there(processor: ImageProcessor) -> None:
    until(lambda: processor.readiness() == (200, {}), "it is ready")
    assert processor.is_alive()


def test_metrics_and_status_tell_of_the_work(
    processor: ImageProcessor, database: Mariadb, queue: Nsqd
) -> None:
    wait_final(database, post(database, queue, f"unknown_people/{photos.ASTRONAUT}"))
    wait_final(database, post(database, queue, "unknown_people/nobody.jpg"))
    until(lambda: is_drained(queue), "both messages are finished")
    of = processor.metric
    until(lambda: of("image_processor_photos_in_hand") == 0, "both are done")
    assert [of("image_processor_messages_total", outcome=one) for one in ("processed", "failed")] == [1, 1]
    assert of("image_processor_identify_seconds_count") == 2
    assert of("image_processor_connected_nsqds") == 1
    assert of("image_processor_breaker_state", state="closed") == 1
    status = processor.status()
    assert (status["taking_photos"], status["connected_nsqds"]) == (True, [queue.tcp_address])
    assert status["breaker"] == {
        **dict.fromkeys(("opened_at", "next_ping_at")),
        **{"state": "closed", "failures": 0, "reason": ""},
    }
