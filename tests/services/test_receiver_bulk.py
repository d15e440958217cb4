"""Many paths in one post: from v1.1 on."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from real_queue import Nsqd
from real_servers import Mariadb, until
from receiver.core import MAX_BULK_BYTES, MAX_PATHS
from receiver_served import WAITING, make_photos, post_many, published, receiving


@pytest.fixture
def client(database: Mariadb, queue: Nsqd, tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of a running receiver v1.1."""
    with receiving(database, queue, tmp_path) as client:
        yield client


def test_v1_0_has_no_bulk_endpoint(database: Mariadb, queue: Nsqd, tmp_path: Path) -> None:
    with receiving(database, queue, tmp_path, version="v1.0") as client:
        answer = client.post("/images/post", json={"paths": []})
        assert (answer.status_code, set(answer.json())) == (404, {"error", "try"})
        assert client.get("/").json()["version"] == "v1.0"
        assert "POST /images/post" not in client.get("/").json()["endpoints"]


def test_v1_1_tells_what_it_takes(client: httpx.Client) -> None:
    told = client.get("/").json()
    assert (told["service"], told["version"]) == ("receiver", "v1.1")
    assert "POST /images/post" in told["endpoints"]


def test_every_path_becomes_a_row_and_a_message(
    client: httpx.Client, database: Mariadb, queue: Nsqd, tmp_path: Path
) -> None:
    paths = make_photos(tmp_path, 300)
    results = post_many(client, paths)
    assert [one["path"] for one in results] == paths
    assert database.rows("SELECT id, path FROM images ORDER BY path") == [
        {"id": one["id"], "path": one["path"]} for one in results
    ]
    until(lambda: published(queue) == 300, "300 messages")
    got = {json.loads(queue.next_message())["id"] for _ in range(300)}
    assert got == {one["id"] for one in results}


def test_each_path_has_its_own_answer_in_order(client: httpx.Client, tmp_path: Path) -> None:
    first, second = make_photos(tmp_path, 2)
    results = post_many(client, [second, "unknown_people/none.jpg", first, "../x", ""])
    assert [one.get("status") for one in results] == ["PENDING", None, "PENDING", None, None]
    assert [one["path"] for one in results] == [second, "unknown_people/none.jpg", first, "../x", ""]
    assert all(one["error"] and one["try"] for one in results if "status" not in one)


def test_a_path_that_was_posted_before_or_twice_has_its_first_id(
    client: httpx.Client, queue: Nsqd, tmp_path: Path
) -> None:
    first, second = make_photos(tmp_path, 2)
    before = client.post("/image/post", json={"path": first}).json()["id"]
    results = post_many(client, [second, first, f"./{second}", second])
    assert [one["id"] for one in results] == [before + 1, before, before + 1, before + 1]
    until(lambda: published(queue) == 2, "two messages for two photos")


def test_an_item_of_another_shape_is_refused_alone(client: httpx.Client, tmp_path: Path) -> None:
    (path,) = make_photos(tmp_path, 1)
    items = ["x.jpg", None, {}, {"path": 7}, {"path": None}, {"path": path}, {"path": "\ud800.jpg"}]
    answer = client.post("/images/post", content=json.dumps({"paths": items}))
    assert [one.get("status") for one in answer.json()["results"]] == [*[None] * 5, "PENDING", None]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[" * 60_000, 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"paths": {"path": "x.jpg"}}', 422),
        (b'{"path": "x.jpg"}', 422),
        (json.dumps({"paths": [{"path": "x.jpg"}] * (MAX_PATHS + 1)}).encode(), 413),
        (b'{"paths": [' + b" " * MAX_BULK_BYTES + b"]}", 413),
    ],
)
def test_a_request_of_another_shape_is_refused(client: httpx.Client, body: bytes, status: int) -> None:
    answer = client.post("/images/post", content=body)
    assert (answer.status_code, set(answer.json())) == (status, {"path", "error", "try"} - {"path"})


def test_no_paths_have_no_results(client: httpx.Client) -> None:
    assert post_many(client, []) == []


def test_a_thousand_long_paths_fit(client: httpx.Client, tmp_path: Path) -> None:
    folder = tmp_path / "unknown_people" / ("f" * 230) / ("g" * 230)
    folder.mkdir(parents=True)
    paths = [f"{folder.relative_to(tmp_path)}/{number}" for number in range(MAX_PATHS)]
    for path in paths:
        (tmp_path / path).write_bytes(b"\xff")
    assert len({one["id"] for one in post_many(client, paths)}) == MAX_PATHS


def test_nothing_is_written_when_one_row_cannot_be(
    client: httpx.Client, database: Mariadb, tmp_path: Path
) -> None:
    paths = make_photos(tmp_path, 3)
    database.rows(f"""CREATE TRIGGER no_third BEFORE INSERT ON outbox FOR EACH ROW
        IF (SELECT path FROM images WHERE id = NEW.image_id) = '{paths[2]}'
        THEN SIGNAL SQLSTATE '45000'; END IF""")
    try:
        answer = client.post("/images/post", json={"paths": [{"path": path} for path in paths]})
    finally:
        database.rows("DROP TRIGGER no_third")
    assert answer.status_code == 503
    assert not database.rows("SELECT id FROM images")


def test_the_same_paths_posted_at_once_in_any_order_are_written_once(
    client: httpx.Client, database: Mariadb, queue: Nsqd, tmp_path: Path
) -> None:
    paths = make_photos(tmp_path, 200)
    answers: list[dict[object, object]] = []

    def post(order: list[str]) -> None:
        answers.append({one["path"]: one["id"] for one in post_many(client, order)})

    orders = [paths, paths[::-1], paths[100:] + paths[:100], paths[::2] + paths[1::2]] * 3
    clients = [threading.Thread(target=post, args=(order,)) for order in orders]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    written = {row["path"]: row["id"] for row in database.rows("SELECT id, path FROM images")}
    assert len(written) == 200
    assert answers == [written] * len(orders)
    until(lambda: not database.rows(WAITING), "everything is published")
    assert len(database.rows("SELECT id FROM outbox")) == 200
