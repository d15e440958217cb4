"""Five hundred odd and even files at once through all services: each has an end, and no service has one."""

import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import odd_pictures
import photos
import pytest
from face_process import FaceRecognition, face_recognition
from odd_pictures import Odd
from processor_process import ImageProcessor, image_processor, is_drained
from real_queue import Nsqd
from real_servers import Mariadb, until
from service_process import running

FILES = 500
CLIENTS = 8
DONE_S = 600
FACE_LIMIT_MIB = 1024  # as its manifest says
REFUSED = {404, 415, 422}  # what no file system or database holds, what is no picture, what is empty


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A photos folder with the known people."""
    return photos.copy_photos(tmp_path / "photos")


def test_five_hundred_odd_files_end_as_they_should(database: Mariadb, queue: Nsqd, volume: Path) -> None:
    odd = odd_pictures.make(FILES)
    env = {**database.env_for("receiver"), "NSQD_HTTP_ADDRESS": queue.http_address, "PHOTOS_DIR": str(volume)}
    with (
        face_recognition(volume, workers=1) as face,
        image_processor(queue, database, face.address, WORKERS=4) as processor,
        running("receiver", env) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, verify=False) as client,
    ):
        answers = post_all(client, volume, odd)
        left = "SELECT id FROM images WHERE status IN (0, 3) LIMIT 1"
        until(lambda: not database.rows(left), "every photo has its end", DONE_S, every_s=1)
        until(lambda: is_drained(queue), "every message is finished", 60)
        assert_nobody_suffered(face, processor)
    taken = [answer["id"] for answer in answers if "id" in answer]
    rows = database.rows("SELECT images.*, name FROM images LEFT JOIN person ON person.id = person_id")
    assert {row["id"] for row in rows} == set(taken)
    assert not [row for row in rows if row["attempts"] or row["passing"]]
    assert not [row for row in rows if row["status"] == 2 and not row["reason"]]
    assert not database.rows("SELECT id FROM parked UNION SELECT id FROM outbox WHERE published_at IS NULL")
    assert_right_people(odd, answers, {row["id"]: row for row in rows})
    assert not list(volume.glob("**/.*.part"))


def post_all(client: httpx.Client, volume: Path, odd: Sequence[Odd]) -> list[dict[str, Any]]:
    """The answer to each: the odd ones are uploaded, every second one under its name in the folder too.

    A name that no text can hold is only in the folder, and is not asked for.
    """

    def post(numbered: tuple[int, Odd]) -> list[dict[str, Any]]:
        number, one = numbered
        told = [client.post("/image/upload", params={"name": "odd"}, content=one.data)]
        if number % 2 or one.name in odd_pictures.NAMES:
            (volume / "unknown_people" / one.name).write_bytes(one.data)
            told.append(client.post("/image/post", content=as_json(f"unknown_people/{one.name}")))
        wrong = [answer for answer in told if answer.status_code not in {200, *REFUSED}]
        assert not wrong, (one.name, wrong[0].text)
        return [{"number": number, **answer.json()} for answer in told]

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [answer for told in pool.map(post, enumerate(odd)) for answer in told]


def as_json(path: str) -> bytes:
    """A body; half of a character in a name is sent as JSON writes it."""
    return json.dumps({"path": path}).encode()


def assert_nobody_suffered(face: FaceRecognition, processor: ImageProcessor) -> None:
    """The processes are those that were started, within their memory, and no fault is in their logs."""
    for program in (face.program, processor.program):
        assert program.process.poll() is None
        assert not [line for line in program.log if "Traceback" in line or '"fault"' in line]
    assert face.most_memory_mib() < FACE_LIMIT_MIB
    assert face.health("ready") == "SERVING"
    assert processor.is_alive()
    assert not processor.events("breaker open")


def assert_right_people(
    odd: Sequence[Odd], answers: Sequence[dict[str, Any]], rows: dict[object, dict[str, object]]
) -> None:
    """A picture that every browser shows has its person, and what is none has nobody."""
    wrong = []
    for answer in answers:
        wanted = odd[answer["number"]].person
        row = rows.get(answer.get("id"), {})
        if wanted is not None and (row.get("name") or "") != wanted:
            wrong.append((odd[answer["number"]].name, wanted, row.get("reason"), answer.get("error")))
    odd_name = [one for one in wrong if "\udcff" in one[0]]  # no text, so no path of it can be sent
    assert wrong == odd_name
    assert Counter(row["status"] for row in rows.values())[1] > len(odd) / 4
