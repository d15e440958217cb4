"""The receiver over HTTP, in this process, against a real MariaDB and a real nsqd."""

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from real_queue import Nsqd
from real_servers import Mariadb, until
from receiver.server import create_app
from receiver.service import Receiver
from receiver.settings import Settings, read_settings
from serving import serving

WAITING = "SELECT image_id FROM outbox WHERE published_at IS NULL"
JPEG = b"\xff\xd8\xff"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A photos folder with forty photos of strangers."""
    (tmp_path / "unknown_people").mkdir()
    for number in range(40):
        (tmp_path / f"unknown_people/{number}.jpg").write_bytes(JPEG)
    return tmp_path


@pytest.fixture
def settings(database: Mariadb, queue: Nsqd, photos: Path) -> Settings:
    """Where the receiver finds the session's servers."""
    env = {**database.env_for("receiver"), "NSQD_HTTP_ADDRESS": queue.http_address, "PHOTOS_DIR": str(photos)}
    return read_settings(env)


@pytest.fixture
def client(settings: Settings) -> Iterator[httpx.Client]:
    """A client of a running receiver."""
    with serving(create_app(settings)) as client:
        yield client


def post(client: httpx.Client, path: str) -> dict[str, object]:
    answer = client.post("/image/post", json={"path": path})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def published(queue: Nsqd) -> int:
    """How many messages nsqd has had in the topic."""
    stats = queue.stats()
    return int(stats["message_count"]) if stats else 0


def test_a_post_becomes_a_row_and_a_message(client: httpx.Client, database: Mariadb, queue: Nsqd) -> None:
    answer = post(client, "unknown_people/1.jpg")
    assert answer == {"id": 1, "path": "unknown_people/1.jpg", "status": "PENDING"}
    assert database.rows("SELECT id, path, status FROM images") == [{**answer, "status": 0}]
    assert json.loads(queue.next_message()) == {"id": 1}
    until(lambda: not database.rows(WAITING), "the outbox is empty")


def test_the_same_path_answers_the_first_id(client: httpx.Client, database: Mariadb, queue: Nsqd) -> None:
    first = post(client, "unknown_people/1.jpg")
    post(client, "unknown_people/2.jpg")
    database.rows("UPDATE images SET status = 1 WHERE id = 1")
    again = post(client, "./unknown_people/1.jpg")
    assert again == {**first, "status": "PROCESSED"}
    until(lambda: published(queue) == 2, "two messages for two photos")
    assert post(client, "unknown_people/3.jpg")["id"] == 3  # and no id was wasted


def test_an_absolute_path_in_the_folder_is_made_relative(client: httpx.Client, photos: Path) -> None:
    assert post(client, f"{photos}/unknown_people/1.jpg")["path"] == "unknown_people/1.jpg"


def test_a_curl_without_a_content_type_is_understood(client: httpx.Client) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = client.post("/image/post", content=b'{"path": "unknown_people/1.jpg"}', headers=form)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"path": ', 400),
        (b'{"path": 7}', 422),
        (b'{"path": "unknown_people/none.jpg"}', 404),
        (b'{"path": "../secret.jpg"}', 403),
        (b'{"path": "/etc/passwd"}', 403),
        (b'{"path": "unknown_people"}', 422),
        (b'{"path": "\\ud800.jpg"}', 422),
        (b'{"path": "x\' OR 1=1 -- .jpg"}', 404),
        (b'{"path": "' + b"x" * 70_000 + b'"}', 413),
    ],
)
def test_bad_input_is_answered_in_json_and_writes_nothing(
    client: httpx.Client, database: Mariadb, body: bytes, status: int
) -> None:
    answer = client.post("/image/post", content=body)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "try"}
    assert not database.rows("SELECT * FROM images")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/image/post", 405), ("POST", "/", 405), ("GET", "/no", 404)]
)
def test_a_wrong_route_is_answered_in_json(client: httpx.Client, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, set(answer.json())) == (status, {"error", "try"})


def test_posts_of_one_path_at_once_make_one_row(client: httpx.Client, database: Mariadb, queue: Nsqd) -> None:
    answers: list[dict[str, object]] = []
    clients = [
        threading.Thread(target=lambda: answers.append(post(client, "unknown_people/1.jpg")))
        for _ in range(16)
    ]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    assert len(answers) == 16
    assert {answer["id"] for answer in answers} == {
        row["id"] for row in database.rows("SELECT id FROM images")
    }
    until(lambda: not database.rows(WAITING), "the outbox is empty")
    assert published(queue) == 1


def test_photos_wait_in_the_outbox_while_nsqd_is_away(
    client: httpx.Client, database: Mariadb, queue: Nsqd
) -> None:
    queue.stop()
    try:
        for number in range(40):
            post(client, f"unknown_people/{number}.jpg")
        seen = client.get("/readyz")
        assert (seen.status_code, seen.json()["nsqd"][:4]) == (200, "away")
        assert len(database.rows(WAITING)) == 40
    finally:
        queue.start()
    until(lambda: not database.rows(WAITING), "the outbox is empty")
    assert sorted(json.loads(queue.next_message())["id"] for _ in range(40)) == list(range(1, 41))


def test_a_post_does_not_wait_for_a_slow_nsqd(settings: Settings, database: Mariadb) -> None:
    receiver = Receiver(settings)
    receiver.store.accept(["unknown_people/1.jpg"])
    published_too_late = threading.Event()
    entered = threading.Event()

    def publish(_: object) -> None:
        entered.set()
        assert published_too_late.wait(20)

    slow = threading.Thread(target=receiver.store.hand_over, args=(publish,))
    slow.start()
    try:
        assert entered.wait(5)
        assert receiver.store.accept(["unknown_people/2.jpg"])[0].id == 2  # a gap lock would time out here
    finally:
        published_too_late.set()
        slow.join()
    assert [row["image_id"] for row in database.rows(WAITING)] == [2]
    receiver.store.close()


def test_two_relays_share_the_outbox(settings: Settings) -> None:
    one, other = Receiver(settings).store, Receiver(settings).store
    for number in range(10):
        one.accept([f"unknown_people/{number}.jpg"])
    taken: list[int] = []

    def publish(ids: Sequence[int]) -> None:
        assert other.hand_over(lambda theirs: taken.extend(theirs), at_most=100) == 7
        taken.extend(ids)

    assert one.hand_over(publish, at_most=3) == 3
    assert sorted(taken) == list(range(1, 11))
    one.close()
    other.close()


def test_a_failed_publish_keeps_the_rows(settings: Settings, database: Mariadb) -> None:
    store = Receiver(settings).store
    store.accept(["unknown_people/1.jpg"])

    def publish(_: object) -> None:
        raise ConnectionError("cut off")

    with pytest.raises(ConnectionError):
        store.hand_over(publish)
    store.close()
    assert len(database.rows(WAITING)) == 1


def test_a_row_without_its_outbox_entry_is_never_written(settings: Settings, database: Mariadb) -> None:
    store = Receiver(settings).store
    database.rows("RENAME TABLE outbox TO outbox_gone")
    try:
        with pytest.raises(Exception, match="outbox"):
            store.accept(["unknown_people/1.jpg"])
        assert not database.rows("SELECT * FROM images")
    finally:
        database.rows("RENAME TABLE outbox_gone TO outbox")
        store.close()


def test_a_lost_database_is_a_503_and_comes_back(client: httpx.Client, database: Mariadb) -> None:
    post(client, "unknown_people/1.jpg")
    database.stop()
    try:
        answer = client.post("/image/post", json={"path": "unknown_people/2.jpg"})
        assert (answer.status_code, set(answer.json())) == (503, {"error", "try"})
        seen = client.get("/readyz")
        assert (seen.status_code, seen.json()["database"][:4], seen.json()["nsqd"]) == (503, "away", "ok")
        assert client.get("/healthz").status_code == 200
    finally:
        database.start()
    assert client.get("/readyz").status_code == 200
    assert post(client, "unknown_people/2.jpg")["status"] == "PENDING"
