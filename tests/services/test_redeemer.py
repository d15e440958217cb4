"""The redeemer, run against a real MariaDB: which photos get another turn, and which do not."""

import pytest
from real_servers import Mariadb
from redeemer_process import FAILED, PENDING, PROCESSED, PROCESSING, add_entry, add_row, run, to_publish


@pytest.mark.parametrize("status", [PENDING, PROCESSING])
def test_a_photo_that_hangs_gets_another_turn(database: Mariadb, status: int) -> None:
    hangs = add_row(database, status, 61, attempts=2)
    add_row(database, status, 5)
    ended = run(database)
    assert (ended.code, ended.redeemed, to_publish(database)) == (0, [hangs], [hangs])
    (row,) = database.rows("SELECT status, redeemed, attempts FROM images WHERE id = %s", hangs)
    assert row == {"status": PENDING, "redeemed": 0, "attempts": 2}


def test_a_failure_that_may_pass_is_tried_again(database: Mariadb) -> None:
    failed = add_row(database, FAILED, 61, passing=1, redeemed=4, attempts=5, reason="no answer")
    ended = run(database)
    assert (ended.redeemed, to_publish(database)) == ([failed], [failed])
    assert "no answer" in ended.log[0]["why"]
    (row,) = database.rows("SELECT status, reason, passing, redeemed, attempts FROM images")
    assert row == {"status": PENDING, "reason": None, "passing": 0, "redeemed": 5, "attempts": 0}


@pytest.mark.parametrize(
    ("status", "untouched_s", "columns"),
    [
        (PROCESSED, 9999, {}),
        (FAILED, 9999, {"passing": 0}),
        (FAILED, 5, {"passing": 1}),
        (FAILED, 9999, {"passing": 1, "redeemed": 5}),
        (PENDING, 5, {}),
        (PROCESSING, 5, {}),
    ],
)
def test_a_photo_that_needs_no_other_turn_is_left_alone(
    database: Mariadb, status: int, untouched_s: int, columns: dict[str, object]
) -> None:
    add_row(database, status, untouched_s, **columns)
    before = database.rows("SELECT * FROM images")
    assert run(database).redeemed == []
    assert database.rows("SELECT * FROM images") == before
    assert to_publish(database) == []


@pytest.mark.parametrize("status", [PENDING, FAILED])
def test_what_the_relay_still_has_to_publish_is_not_entered_twice(database: Mariadb, status: int) -> None:
    waits = add_row(database, status, 300, passing=1)
    add_entry(database, waits, published_s=299)
    add_entry(database, waits, published_s=None)
    assert run(database).redeemed == []
    assert to_publish(database) == [waits]


def test_what_was_published_just_now_is_not_lost(database: Mariadb) -> None:
    add_entry(database, add_row(database, PENDING, 300), published_s=5)  # nsqd was away for minutes
    assert run(database).redeemed == []


@pytest.mark.parametrize(
    ("entries", "untouched_s", "is_redeemed"),
    [(1, 70, True), (2, 70, False), (2, 130, True), (5, 900, False), (5, 1000, True), (30, 3900, True)],
)
def test_the_patience_with_a_photo_doubles_with_each_turn(
    database: Mariadb, entries: int, untouched_s: int, is_redeemed: bool
) -> None:
    waits = add_row(database, PENDING, untouched_s)
    for _ in range(entries):
        add_entry(database, waits, published_s=untouched_s)
    assert run(database).redeemed == [waits] * is_redeemed


def test_the_next_run_leaves_a_redeemed_photo_alone(database: Mariadb) -> None:
    hangs = add_row(database, PENDING, 300)
    assert run(database).redeemed == [hangs]
    database.rows("UPDATE outbox SET published_at = NOW(3) - INTERVAL 200 SECOND")
    assert run(database).redeemed == []


def test_a_photo_without_a_reason_for_its_failure_is_redeemed_too(database: Mariadb) -> None:
    failed = add_row(database, FAILED, 61, passing=1)
    assert run(database).redeemed == [failed]


def test_old_entries_are_forgotten_unless_they_wait(database: Mariadb) -> None:
    done = add_row(database, PROCESSED, 0)
    for published_s in (90_000, 80_000, None):
        add_entry(database, done, published_s)
    ended = run(database)
    assert ended.log[-1]["outbox_entries_deleted"] == 1
    assert len(database.rows("SELECT id FROM outbox")) == 2


def test_every_line_says_which_photo_and_why_and_the_last_one_how_many(database: Mariadb) -> None:
    first, second = add_row(database, PENDING, 100), add_row(database, PROCESSING, 100)
    *lines, last = run(database).log
    assert [(line["image_id"], line["was"]) for line in lines] == [(first, "PENDING"), (second, "PROCESSING")]
    assert all("untouched for" in line["why"] for line in lines)
    assert (last["event"], last["redeemed"]) == ("done", 2)
