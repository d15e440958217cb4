"""The frontend over HTTP against a real MariaDB: what people and programs see."""

import re
import signal
import socket
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from frontend_served import BOX, add, frontend, picture
from real_servers import ROOT, Mariadb, Program, until

from free_ports import free_port

NASTY = "unknown_people/<script>alert(1)</script>\"'&?#%.jpg".replace("/script", "script")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A photos folder with two photos, a text that is called a photo, and links that lead out of it."""
    folder = tmp_path / "photos/unknown_people"
    for name in ("a.jpg", Path(NASTY).name):
        picture(folder, name)
    (folder / "text.jpg").write_text("<script>alert(1)</script>")
    picture(tmp_path, "secret.jpg")
    (folder / "escape.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "circle.jpg").symlink_to("circle.jpg")
    return tmp_path / "photos"


@pytest.fixture
def client(database: Mariadb, photos: Path) -> Iterator[httpx.Client]:
    """A client of a running frontend."""
    with frontend(database, photos) as client:
        yield client


def turn(page: str, rel: str) -> str:
    """Where a link of a page leads: `next` to older photos; "" if it is hidden."""
    (link,) = [link for link in Tags(page).named("a") if link.get("rel") == rel]
    return str(link.get("href") or "")


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]


def test_a_recognised_photo_is_shown_with_name_and_box(client: httpx.Client, database: Mariadb) -> None:
    add(database, status=1, person_id=1, distance=0.3812, **BOX)
    page = client.get("/").text
    tags = Tags(page)
    assert ">Barack Obama</h3>" in page
    assert "Distance 0.38" in page
    (image,) = tags.named("img")
    assert image["alt"] == "unknown_people/a.jpg: Barack Obama, face marked"
    assert (image["width"], image["height"]) == ("400", "300")
    assert tags.named("svg")[0]["viewbox"] == "0 0 400 300"
    rect = tags.named("rect")[-1]
    assert [rect[name] for name in ("x", "y", "width", "height")] == ["20", "10", "100", "100"]
    picture = client.get(str(image["src"]))
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")


def test_a_failed_photo_says_why_in_words(client: httpx.Client, database: Mariadb) -> None:
    add(database, status=2, reason="there is no face in the picture")
    page = client.get("/").text
    assert "there is no face in the picture" in page
    assert re.search(r'class="status"><span class="mark" aria-hidden="true">✕</span> Failed<', page)


@pytest.mark.parametrize(
    ("columns", "title"),
    [({"status": 0}, "Waiting"), ({"status": 3}, "Being looked at"), ({"status": 1}, "Unknown person")],
)
def test_a_photo_without_a_name_says_how_far_it_is(
    client: httpx.Client, database: Mariadb, columns: dict[str, object], title: str
) -> None:
    add(database, **columns)
    assert f">{title}</h3>" in client.get("/").text


def test_nothing_from_the_database_becomes_markup(client: httpx.Client, database: Mariadb) -> None:
    add(database, path=NASTY, status=2, reason='<img src=x onerror="alert(1)">')
    answer = client.get("/")
    tags = Tags(answer.text)
    assert {script["src"] for script in tags.named("script")} == {"/static/live.js", "/static/keys.js"}
    assert not [name for _, attributes in tags.seen for name in attributes if name.startswith("on")]
    (image,) = tags.named("img")
    assert client.get(str(image["src"])).status_code == 200  # the address is quoted, and found again


def test_no_page_may_run_what_is_not_the_frontends_own(client: httpx.Client) -> None:
    for address in ("/", "/?status=<b>", "/photos/none.jpg", "/nothing"):
        policy = client.get(address).headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy


def test_a_photo_whose_file_is_gone_is_still_listed(client: httpx.Client, database: Mariadb) -> None:
    add(database, path="unknown_people/gone.jpg")
    add(database, path="unknown_people/text.jpg")
    page = client.get("/").text
    assert page.count("This picture cannot be shown") == 2
    assert not Tags(page).named("img")


def test_the_filter_shows_one_status_and_counts_all(client: httpx.Client, database: Mariadb) -> None:
    for number, status in enumerate([0, 1, 1, 2]):
        add(database, path=f"unknown_people/{number}.jpg", status=status)
    told = client.get("/api/images", params={"status": "processed"}).json()
    assert [image["path"] for image in told["images"]] == ["unknown_people/2.jpg", "unknown_people/1.jpg"]
    assert told["counts"] == {"PENDING": 1, "PROCESSED": 2, "FAILED": 1, "PROCESSING": 0}
    links = Tags(client.get("/?status=PROCESSED").text).named("a")
    assert [link["href"] for link in links if link.get("aria-current")] == ["/?status=PROCESSED"]


def test_pages_follow_one_another_without_gap_or_double(client: httpx.Client, database: Mariadb) -> None:
    for number in range(1, 8):
        add(database, path=f"unknown_people/{number}.jpg")
    address, seen = "/?limit=3", []
    while address:
        page = client.get(address).text
        seen += [int(number) for number in re.findall(r'id="photo-(\d+)"', page)]
        address = turn(page, "next")
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_the_api_tells_everything_about_a_photo(client: httpx.Client, database: Mariadb) -> None:
    add(database, status=1, person_id=3, distance=0.25, created_at="2026-01-31 12:00:00.5", **BOX)
    add(database, path="unknown_people/b.jpg", status=2, reason="no face")
    failed, found = client.get("/api/images").json()["images"]
    assert found.pop("updated_at").endswith("Z")
    assert found == {
        "id": 1,
        "path": "unknown_people/a.jpg",
        "status": "PROCESSED",
        "person": "Eileen Collins",
        "reason": None,
        "distance": 0.25,
        "box": {"top": 10, "right": 120, "bottom": 110, "left": 20},
        "created_at": "2026-01-31T12:00:00.500Z",
    }
    assert (failed["status"], failed["person"], failed["box"], failed["reason"]) == (
        "FAILED",
        None,
        None,
        "no face",
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/photos/unknown_people/none.jpg", 404),
        ("/photos/unknown_people", 404),
        ("/photos/unknown_people/text.jpg", 415),
        ("/photos/unknown_people/escape.jpg", 403),
        ("/photos/%2e%2e/secret.jpg", 403),
        ("/photos/..%2fsecret.jpg", 403),
        ("/photos/unknown_people/..%2f..%2f..%2fsecret.jpg", 403),
        ("/photos//etc/passwd", 403),
        ("/photos/%2fetc%2fpasswd", 403),
        ("/photos/a%00.jpg", 403),
        ("/photos/unknown_people/circle.jpg", 404),
        ("/photos/" + "a" * 5000, 404),
        ("/photos/unknown_people/a.jpg/b", 404),
        ("/static/..%2fserver.py", 404),
        ("/static/page.py", 404),
        ("/events?since=yesterday", 422),
        ("/api/images?before=7&after=3", 422),
        ("/photos/%ff.jpg", 404),
        ("/api/images?limit=many", 422),
        ("/api/images?status=DONE", 422),
        ("/api/nothing", 404),
    ],
)
def test_bad_addresses_are_answered_in_json(client: httpx.Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert (answer.status_code, set(answer.json())) == (status, {"error", "try"})


def test_a_page_without_sense_says_so_to_people(client: httpx.Client) -> None:
    answer = client.get("/?status=<b>")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "one of PENDING, PROCESSED, FAILED, PROCESSING" in answer.text


def test_a_huge_picture_is_not_sent(client: httpx.Client, photos: Path) -> None:
    with (photos / "unknown_people/a.jpg").open("r+b") as file:
        file.truncate(50_000_001)
    answer = client.get("/photos/unknown_people/a.jpg")
    assert (answer.status_code, answer.json()["error"]) == (
        415,
        "the picture has 50,000,001 bytes; at most 50,000,000 are read",
    )


def test_a_body_is_not_waited_for(client: httpx.Client) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=60) as wire:
        wire.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\nfew")
        assert wire.recv(100).startswith(b"HTTP/1.1 405 ")


def test_a_request_line_without_end_is_refused(client: httpx.Client) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=60) as wire:
        wire.sendall(b"GET /" + b"a" * 70_000)
        assert wire.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_lost_database_is_a_503_and_comes_back(client: httpx.Client, database: Mariadb) -> None:
    assert client.get("/readyz").status_code == 200
    database.stop()
    try:
        assert [client.get(path).status_code for path in ("/", "/api/images", "/readyz", "/healthz")] == [
            503,
            503,
            503,
            200,
        ]
        assert client.get("/readyz").json()["database"].startswith("away")
        assert client.get("/photos/unknown_people/a.jpg").status_code == 200
    finally:
        database.start()
    assert [client.get(path).status_code for path in ("/readyz", "/")] == [200, 200]


def test_sigterm_is_unready_first_then_a_clean_end(database: Mariadb, photos: Path) -> None:
    port = free_port()
    env = {**database.env_for("frontend"), "PHOTOS_DIR": str(photos), "LISTEN": f"127.0.0.1:{port}"}
    env |= {"PYTHONPATH": f"{ROOT}/images/frontend:{ROOT}/images/common", "DRAIN_SECONDS": "5"}
    program = Program([sys.executable, "-m", "frontend"], ready=['"listening"'], env=env).start()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, verify=False) as client:
        assert client.get("/readyz").status_code == 200
        with client.stream("GET", "/events") as stream:
            lines = stream.iter_lines()
            assert next(lines) == "retry: 2000"
            program.process.send_signal(signal.SIGTERM)
            until(lambda: client.get("/readyz").status_code == 503, "not ready")
            assert [client.get(path).status_code for path in ("/", "/events")] == [200, 503]
            assert list(lines)[-1] == ""  # the stream ends by itself, and holds nobody up
        assert program.process.wait(60) == 0
