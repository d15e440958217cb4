"""GET /events against a real MariaDB: what changes is told, once it has, to all who listen."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from frontend import feed, stream
from frontend.feed import Listener
from frontend.server import create_app
from frontend.settings import read_settings
from frontend_served import Event, add, frontend, heard, listening
from real_servers import Mariadb, until
from serving import serving
from starlette.applications import Starlette


@pytest.fixture
def app(database: Mariadb, tmp_path: Path) -> Starlette:
    """A frontend of at most three streams."""
    env = {**database.env_for("frontend"), "PHOTOS_DIR": str(tmp_path), "MAX_STREAMS": "3"}
    return create_app(read_settings(env))


@pytest.fixture
def client(app: Starlette) -> Iterator[httpx.Client]:
    """A client of that frontend."""
    with serving(app) as client:
        yield client


def test_a_photo_that_changes_is_told_with_its_card_and_the_counts(
    client: httpx.Client, database: Mariadb
) -> None:
    photo = add(database)
    with listening(client) as events:
        assert next(events).data == "ok"
        database.rows("UPDATE images SET status = 1, person_id = 1 WHERE id = %s", photo)
        told = next(event.data for event in events if event.name == "photo" and event.data["person"])
        assert (told["id"], told["status"], told["person"]) == (photo, "PROCESSED", "Barack Obama")
        assert f'id="photo-{photo}"' in told["card"]
        assert heard(events, "counts").data == {"PENDING": 0, "PROCESSED": 1, "FAILED": 0, "PROCESSING": 0}


def test_a_card_that_is_told_is_escaped(client: httpx.Client, database: Mariadb) -> None:
    with listening(client) as events:
        add(database, path="<script>.jpg", status=2, reason='<img src=x onerror="alert(1)">')
        card = heard(events, "photo").data["card"]
    assert "<script" not in card
    assert "<img" not in card


def test_a_stream_resumes_where_it_was_cut(client: httpx.Client, database: Mariadb) -> None:
    with listening(client) as events:
        add(database, path="a.jpg")
        place = heard(events, "photo").id
    add(database, path="b.jpg")
    with listening(client, last_event_id=place) as events:
        assert "b.jpg" in [event.data["path"] for event in until_answers(events) if event.name == "photo"]


def test_a_stream_resumes_at_another_process_too(database: Mariadb, tmp_path: Path) -> None:
    add(database, path="a.jpg")
    with frontend(database, tmp_path) as client, listening(client, since="0") as events:
        place = heard(events, "photo").id
    add(database, path="b.jpg")
    with frontend(database, tmp_path) as client, listening(client, since=place) as events:
        assert "b.jpg" in [event.data["path"] for event in until_answers(events) if event.name == "photo"]


def until_answers(events: Iterator[Event]) -> list[Event]:
    """What a stream begins with: all that was missed, then that the database answers."""
    missed = []
    for event in events:
        if event.name == "database":
            return missed
        missed.append(event)
    raise AssertionError("the stream ended")


def test_a_commit_that_comes_late_is_not_missed(client: httpx.Client, database: Mariadb) -> None:
    late, early = add(database, path="late.jpg"), add(database, path="early.jpg")
    with listening(client) as events, contextlib.closing(database.connect()) as slow:
        slow.begin()
        with slow.cursor() as cursor:
            cursor.execute("UPDATE images SET status = 2 WHERE id = %s", (late,))
        time_passes(database)
        database.rows("UPDATE images SET status = 1 WHERE id = %s", early)
        next(
            e
            for e in events
            if e.name == "photo" and (e.data["id"], e.data["status"]) == (early, "PROCESSED")
        )
        slow.commit()  # dated before what was told already
        next(e for e in events if e.name == "photo" and (e.data["id"], e.data["status"]) == (late, "FAILED"))


def time_passes(database: Mariadb) -> None:
    """The database's clock shows another millisecond."""
    before = database.rows("SELECT NOW(3) AS now")
    until(lambda: database.rows("SELECT NOW(3) AS now") != before, "another millisecond")


def test_one_more_stream_than_may_be_is_refused_in_words(client: httpx.Client) -> None:
    with contextlib.ExitStack() as streams:
        for _ in range(3):
            streams.enter_context(listening(client))
        refused = client.get("/events")
        assert (refused.status_code, refused.json()["error"]) == (
            503,
            "As many live streams are open as may be",
        )
    until(lambda: "frontend_streams_open 0.0" in client.get("/metrics").text, "all streams forgotten")
    with listening(client) as events:
        assert next(events).data == "ok"


def test_all_share_one_look_and_nobody_looks_when_all_have_left(
    app: Starlette, client: httpx.Client, database: Mariadb
) -> None:
    looks: list[str] = []
    engine = app.state.frontend.store.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *seen: looks.append(seen[2]))
    start = time.monotonic()
    with listening(client) as one, listening(client) as two, listening(client) as three:
        for number in range(3):
            add(database, path=f"{number}.jpg")
            assert {heard(events, "counts").data["PENDING"] for events in (one, two, three)} == {number + 1}
        passed_s = time.monotonic() - start
        assert len([sql for sql in looks if "by_age" in sql]) <= passed_s / feed.LOOK_EVERY_S + 1
    until(lambda: not app.state.frontend.feed.is_watching, "nobody looks")


def test_a_silent_stream_says_that_it_is_there(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.05)
    with listening(client) as events:
        assert [next(events).data for _ in range(3)] == ["ok", "still here", "still here"]


def test_many_changes_at_once_are_told_as_one(
    client: httpx.Client, database: Mariadb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST_CHANGES", 3)
    with listening(client) as events:
        next(events)
        database.rows("INSERT INTO images (path) SELECT CONCAT(seq, '.jpg') FROM seq_1_to_4")
        assert next(events).name == "again"


def test_a_lost_database_is_told_and_so_is_what_changes_after_it_came_back(
    client: httpx.Client, database: Mariadb
) -> None:
    with listening(client) as events:
        assert heard(events, "database").data == "ok"
        database.stop()
        try:
            assert heard(events, "database").data == "away"
            with listening(client) as others:
                assert [event.data for event in others] == ["away"]  # and it ends: come back later
        finally:
            database.start()
        add(database, path="after.jpg")
        expected = {"ok", "after.jpg"}  # in either order
        while expected:
            event = next(events)
            expected.discard(event.data["path"] if event.name == "photo" else str(event.data))


def test_a_listener_who_lags_behind_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "WAITING_MESSAGES", 2)
    slow = Listener()
    for message in (b"1", b"2", b"3", b"4"):
        slow.tell(message)
    assert [asyncio.run(slow.next()) for _ in range(3)] == [b"1", b"2", None]
