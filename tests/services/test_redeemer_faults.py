"""The redeemer beside others: rows that somebody holds, many rows, a database that is away."""

import contextlib

from common.settings import database as database_settings
from real_servers import Mariadb
from redeemer.core import Rules
from redeemer.store import Store
from redeemer_process import PENDING, PROCESSED, add_entry, add_row, run, to_publish

from free_ports import free_port

RULES = Rules(hanging_s=60, retry_s=60, most_retries=5, keep_s=86400)


def test_a_row_that_somebody_holds_is_skipped(database: Mariadb) -> None:
    held, free = add_row(database, PENDING, 100), add_row(database, PENDING, 100)
    with contextlib.closing(database.connect()) as other, other.cursor() as cursor:
        other.begin()
        cursor.execute("SELECT id FROM images WHERE id = %s FOR UPDATE", (held,))
        assert run(database).redeemed == [free]
        other.commit()
    assert run(database).redeemed == [held]


def test_an_entry_that_is_being_published_is_seen(database: Mariadb) -> None:
    waits = add_row(database, PENDING, 100)
    add_entry(database, waits, published_s=None)
    with contextlib.closing(database.connect("receiver")) as relay, relay.cursor() as cursor:
        relay.begin()
        cursor.execute("SELECT id FROM outbox WHERE published_at IS NULL FOR UPDATE SKIP LOCKED")
        assert run(database).redeemed == []
    assert to_publish(database) == [waits]


def test_many_rows_are_redeemed_in_batches(database: Mariadb) -> None:
    rows = [add_row(database, PENDING, 100) for _ in range(7)]
    for _ in range(7):
        add_entry(database, add_row(database, PROCESSED, 0), published_s=90_000)
    with contextlib.closing(Store(database_settings(database.env_for("redeemer")), RULES, batch=3)) as store:
        assert sorted(photo.image_id for photo in store.redeem()) == rows
        assert store.forget() == 7
    assert to_publish(database) == rows


def test_two_runs_at_once_redeem_each_row_once(database: Mariadb) -> None:
    rows = [add_row(database, PENDING, 100) for _ in range(6)]
    settings = database_settings(database.env_for("redeemer"))
    with (
        contextlib.closing(Store(settings, RULES, batch=4)) as one,
        contextlib.closing(Store(settings, RULES, batch=4)) as other,
    ):
        first = one.redeem()
        told = [next(first).image_id]  # its first batch is done, its second is not
        told += [photo.image_id for photo in other.redeem()]
        told += [photo.image_id for photo in first]
    assert sorted(told) == to_publish(database) == rows


def test_a_database_that_is_away_is_one_clear_line(database: Mariadb) -> None:
    ended = run(database, MYSQL_PORT=str(free_port()))
    assert (ended.code, [line["event"] for line in ended.log]) == (1, ["the database is away"])
    assert "refused" in ended.log[0]["reason"]


def test_a_missing_setting_is_named(database: Mariadb) -> None:
    ended = run(database, MYSQL_HOST="", MYSQL_PASSWORD="")
    assert (ended.code, ended.log[0]["reason"]) == (1, "not set: MYSQL_HOST, MYSQL_PASSWORD")


def test_no_password_is_told(database: Mariadb) -> None:
    ended = run(database, MYSQL_PASSWORD="not the secret")
    assert ended.code == 1
    assert "not the secret" not in str(ended.log)
