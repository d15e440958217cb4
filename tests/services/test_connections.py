"""The wire of receiver and frontend: what never ends is ended, and every failure has one shape."""

import contextlib
import json
import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

import httpx
import pytest
from common import protocol
from common.answers import HEADERS
from frontend_served import add, frontend, listening, picture
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from real_queue import Nsqd
from real_servers import Mariadb, until
from receiver_served import receiving

SHOWN = "unknown_people/a.jpg"
TARGETS = (
    b"/",
    b"/image/post",
    b"/image/upload",
    b"/images/post",
    b"/api/images",
    b"/events/",
    b"/photos/",
    b"/photos/unknown_people/a.jpg",
    b"/static/x",
)
WAIT_S = 60  # nothing takes so long; a test that waits for it has found a fault


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    picture(folder / "unknown_people", "a.jpg")
    return folder


@pytest.fixture(scope="module")
def page(mariadb: Mariadb, photos: Path) -> Iterator[httpx.Client]:
    """A client of a frontend that lets five listen."""
    mariadb.clear()
    with frontend(mariadb, photos, MAX_STREAMS="5") as client:
        yield client


@pytest.fixture(scope="module")
def posts(mariadb: Mariadb, nsqd: Nsqd, photos: Path) -> Iterator[httpx.Client]:
    """A client of a receiver."""
    with receiving(mariadb, nsqd, photos) as client:
        yield client


@pytest.fixture(params=["page", "posts"])
def client(request: pytest.FixtureRequest) -> httpx.Client:
    """Each of the two services."""
    served: httpx.Client = request.getfixturevalue(request.param)
    return served


@contextlib.contextmanager
def wire(client: httpx.Client) -> Iterator[socket.socket]:
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), WAIT_S) as connection:
        yield connection


def raw(client: httpx.Client, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to some bytes."""
    with wire(client) as connection:
        connection.sendall(sent)
        answer = HTTPResponse(connection, method="HEAD" if sent.startswith(b"HEAD") else "GET")
        answer.begin()
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()


def assert_is_a_failure(status: int, headers: dict[str, str], body: bytes) -> None:
    assert 400 <= status < 600
    assert headers["content-type"].startswith("application/json")
    assert set(json.loads(body)) == {"error", "try"}
    assert {name.lower() for name in HEADERS} <= headers.keys()


@pytest.mark.parametrize("begin", [b"", b"GET / HT", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-"])
def test_a_connection_on_which_no_request_comes_is_ended(
    client: httpx.Client, begin: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_WITHIN_S", 0.2)
    with wire(client) as connection:
        connection.sendall(begin)
        answer = connection.makefile("rb").read()  # comes to its end
    assert answer.startswith(b"HTTP/1.1 408 " if begin else b"")


def test_half_a_second_request_is_not_waited_for_either(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wire(client) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(20).startswith(b"HTTP/1.1 200")
        monkeypatch.setattr(protocol, "HEAD_WITHIN_S", 0.2)
        connection.sendall(b"GET /")
        assert b"HTTP/1.1 408 " in connection.makefile("rb").read()


def test_a_stream_is_not_ended_for_its_long_answer(
    page: httpx.Client, mariadb: Mariadb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_WITHIN_S", 0.2)
    with listening(page) as events:
        next(events)
        until(lambda: not hanging(page), "the connection is judged", timeout_s=WAIT_S)
        add(mariadb, path=SHOWN)
        assert next(event for event in events if event.name == "photo")


def hanging(client: httpx.Client) -> bool:
    """Whether a silent connection is still open; it is ended after HEAD_WITHIN_S."""
    with wire(client) as connection:
        return connection.recv(1) != b""


def test_more_connections_than_may_be_are_refused_in_words(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MOST_CONNECTIONS", 0)
    with wire(client) as connection:
        answer = HTTPResponse(connection)
        answer.begin()
        body = answer.read()
    assert_is_a_failure(answer.status, {k.lower(): v for k, v in answer.headers.items()}, body)
    assert answer.status == 503


def test_heads_of_the_stream_take_no_place(page: httpx.Client) -> None:
    for _ in range(20):
        head = page.head("/events")
        assert (head.status_code, head.headers["content-type"].partition(";")[0]) == (
            200,
            "text/event-stream",
        )
    with listening(page) as events:
        assert next(events)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"GET /nothing/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"POST /image/post/ HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n",
        b"DELETE /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/images/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ],
)
def test_every_failure_is_json_with_the_same_headers(client: httpx.Client, sent: bytes) -> None:
    status, headers, body = raw(client, sent.replace(b"\r\nHost", b"\r\nAccept: application/json\r\nHost", 1))
    assert "location" not in headers
    assert_is_a_failure(status, headers, body)


def test_every_answer_carries_the_headers(client: httpx.Client) -> None:
    for path in ("/", "/healthz", "/readyz", "/metrics"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert {name.lower() for name in HEADERS} <= answer.headers.keys()


def test_what_is_allowed_is_told(client: httpx.Client) -> None:
    assert "GET" in client.delete("/healthz").headers["allow"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("bytes=5-1", 200),
        ("bytes=", 200),
        ("lines=1-2", 200),
        ("nonsense", 200),
        ("bytes=0-9", 206),
        ("bytes=-10", 206),
        ("bytes=0-1,5-6", 206),
        ("bytes=99999999-", 416),
    ],
)
def test_a_range_is_sent_or_left_or_refused_in_words(page: httpx.Client, asked: str, status: int) -> None:
    answer = page.get(f"/photos/{SHOWN}", headers={"Range": asked})
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    if status == 416:
        assert set(answer.json()) == {"error", "try"}
        assert answer.headers["content-range"].startswith("bytes */")


def test_a_browser_that_opens_a_missing_photo_gets_a_page(page: httpx.Client) -> None:
    browser = page.get("/photos/x", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (browser.status_code, browser.headers["content-type"]) == (404, "text/html; charset=utf-8")
    shown_in_a_page = page.get("/photos/x", headers={"Accept": "image/avif,image/webp,*/*;q=0.8"})
    assert set(shown_in_a_page.json()) == {"error", "try"}


@given(
    method=st.sampled_from([b"GET", b"HEAD", b"POST", b"PUT", b"OPTIONS", b"X"]),
    target=st.sampled_from(TARGETS),
    query=st.binary(max_size=20).map(lambda data: b"".join(b"%%%02x" % byte for byte in data)),
    header=st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=20),
    body=st.binary(max_size=60),
)
@example(method=b"GET", target=b"/photos/unknown_people/a.jpg", query=b"", header="bytes=5-1", body=b"")
@example(
    method=b"POST", target=b"/image/upload", query=b"name=%ed%a0%80", header="", body=b"\xff\xd8\xff" * 9
)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_no_request_fails_in_another_shape(
    client: httpx.Client, method: bytes, target: bytes, query: bytes, header: str, body: bytes
) -> None:
    head = [
        method + b" " + target + b"?" + query + b" HTTP/1.1",
        b"Host: evil.example",
        b"Accept: application/json",
        b"Connection: close",
        b"Range: " + header.encode("latin-1"),
        b"Content-Length: %d" % len(body),
    ]
    status, headers, told = raw(client, b"\r\n".join([*head, b"", body]))
    assert status < 500
    assert "location" not in headers
    if status >= 400 and method != b"HEAD":
        assert_is_a_failure(status, headers, told)
