"""Pages of 100,000 photos: right, one statement each, and no page reads more rows than it shows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from common.settings import database as read_database
from frontend import statements
from frontend.core import Query
from frontend.page import draw_page
from frontend.store import Store
from frontend_served import many
from real_servers import Mariadb
from sqlalchemy.dialects import mysql

ALL = 100_000  # the first fifty FAILED, all others PROCESSED
PAGES = {
    "first": (Query(limit=3), [100_000, 99_999, 99_998]),
    "middle": (Query(limit=3, before=50_001), [50_000, 49_999, 49_998]),
    "middle, upwards": (Query(limit=3, after=50_000), [50_003, 50_002, 50_001]),
    "last": (Query(limit=3, before=3), [2, 1]),
    "last, from the end": (Query(limit=3, after=0), [3, 2, 1]),
    "below the last": (Query(limit=3, before=1), []),
    "above the first": (Query(limit=3, after=100_000), []),
    "of many": (Query("PROCESSED", 3, before=50_001), [50_000, 49_999, 49_998]),
    "of many, last": (Query("PROCESSED", 3, before=53), [52, 51]),
    "of few, far from the newest": (Query("FAILED", 3), [50, 49, 48]),
    "of few, upwards": (Query("FAILED", 3, after=10), [13, 12, 11]),
    "of none": (Query("PENDING", 3), []),
}


@pytest.fixture(scope="module")
def store(mariadb: Mariadb) -> Iterator[Store]:
    """A store of 100,000 rows."""
    mariadb.clear()
    many(mariadb, ALL)
    store = Store(read_database(mariadb.env_for("frontend")))
    yield store
    store.close()
    mariadb.clear()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_right(store: Store, name: str) -> None:
    query, ids = PAGES[name]
    page = store.page(query)
    assert [photo.id for photo in page.photos] == ids
    assert page.counts == {"PENDING": 0, "PROCESSED": ALL - 50, "FAILED": 50, "PROCESSING": 0}


@pytest.mark.parametrize(
    ("query", "newer", "older"),
    [
        (Query(), False, True),
        (Query(before=50_000), True, True),
        (Query(before=3), True, False),
        (Query(after=0), True, False),
        (Query(after=ALL - 24), False, True),
        (Query("FAILED", 50), False, False),
    ],
)
def test_a_page_knows_whether_there_are_more(store: Store, query: Query, newer: bool, older: bool) -> None:
    page = store.page(query)
    assert (page.newer, page.older) == (newer, older)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_one_statement(store: Store, name: str, tmp_path: Path) -> None:
    seen: list[str] = []

    def note(*told: Any) -> None:
        seen.append(told[2])

    sa.event.listen(store.engine, "before_cursor_execute", note)
    draw_page(tmp_path, PAGES[name][0], store.page(PAGES[name][0]))
    sa.event.remove(store.engine, "before_cursor_execute", note)
    assert len(seen) == 1


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_no_more_rows_than_it_shows(store: Store, mariadb: Mariadb, name: str) -> None:
    query = PAGES[name][0]
    images = read_by(mariadb, statements.page(query))["images"]
    assert images["r_rows"] * images["r_loops"] <= query.limit + 1
    assert images["access_type"] != "ALL"


def test_the_counts_read_the_index_only(store: Store, mariadb: Mariadb) -> None:
    counts = read_by(mariadb, statements.page(Query()))
    for status in ("pending", "processed", "failed", "processing"):
        assert (counts[f"all_{status}"]["key"], counts[f"all_{status}"]["using_index"]) == ("by_status", True)


def test_a_look_at_what_changed_reads_what_changed(store: Store, mariadb: Mariadb) -> None:
    moment = store.now()
    mariadb.rows("UPDATE images SET distance = 0.1 WHERE id IN (1, 50000, 100000)")
    assert sorted(photo.id for photo in store.changes(moment, 1000).photos) == [1, 50_000, 100_000]
    images = read_by(mariadb, statements.changes(moment, 1000))["images"]
    assert (images["key"], images["r_rows"]) == ("by_age", 3)


def read_by(mariadb: Mariadb, statement: sa.Select[Any]) -> dict[str, dict[str, Any]]:
    """How the server read each table when it ran the statement: its own ANALYZE, by the table's alias."""
    sql = statement.compile(dialect=mysql.dialect(), compile_kwargs={"literal_binds": True})
    (told,) = mariadb.rows(f"ANALYZE FORMAT=JSON {sql}")
    return dict(_tables(json.loads(str(next(iter(told.values()))))))


def _tables(plan: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(plan, dict):
        if "table_name" in plan:
            yield plan["table_name"], plan
        plan = list(plan.values())
    if isinstance(plan, list):
        for part in plan:
            yield from _tables(part)
