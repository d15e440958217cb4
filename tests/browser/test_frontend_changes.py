"""What changes appears in the open page, and takes nothing from who is reading it."""

from pathlib import Path

import pytest
from drawings import PEOPLE, landscape, portrait
from frontend import feed
from gallery import LIVE, Gallery, fill, gallery
from playwright.sync_api import Page, expect
from real_servers import Mariadb

TOP = "card => card.getBoundingClientRect().top"


def open_live(reader: Page, address: str) -> None:
    """The page, once it is live; a mark in it is gone if it is ever loaded anew."""
    reader.goto(address)
    expect(reader.locator("#connection")).to_have_text(LIVE)
    reader.evaluate("() => document.body.setAttribute('data-mark', 'kept')")


def test_a_new_photo_appears_and_is_recognised_without_a_reload(shown: Gallery, reader: Page) -> None:
    fill(shown)
    open_live(reader, shown.url)
    drawing = portrait(PEOPLE["ada"])
    photo = shown.add("new.jpg", drawing, status=0)
    card = reader.locator(f"#photo-{photo}")
    expect(card.get_by_role("heading")).to_have_text("Waiting")
    expect(reader.get_by_role("status")).to_have_text("1 new photo")
    shown.change(
        photo, status=1, person_id=1, distance=0.31, box_top=10, box_right=90, box_bottom=90, box_left=10
    )
    expect(card.get_by_role("heading")).to_have_text("Ada Lovelace")
    expect(card.locator("svg .box")).to_be_visible()
    expect(reader.get_by_role("status")).to_have_text("1 recognised")
    expect(reader.locator("[data-count='']")).to_have_text("9")
    expect(reader.locator("li.card").first).to_have_id(f"photo-{photo}")
    expect(reader.locator("body")).to_have_attribute("data-mark", "kept")


def test_many_at_once_are_said_in_one_sentence(shown: Gallery, reader: Page) -> None:
    open_live(reader, shown.url)
    expect(reader.locator("#empty")).to_be_visible()
    shown.database.rows(
        "INSERT INTO images (path, status, person_id) VALUES ('a', 1, 1), ('b', 0, NULL), ('c', 2, NULL)"
    )
    expect(reader.get_by_role("status")).to_have_text("3 new photos, 1 recognised, 1 failed")
    expect(reader.locator("#empty")).to_be_hidden()


def test_the_focus_stays_on_a_card_that_changes(shown: Gallery, reader: Page) -> None:
    waiting = fill(shown)[-1]
    open_live(reader, shown.url)
    reader.locator(f"#photo-{waiting} a").focus()
    shown.change(waiting, status=1, person_id=2, distance=0.4)
    expect(reader.locator(f"#photo-{waiting} h3")).to_have_text("Grace Hopper")
    expect(reader.locator(f"#photo-{waiting} a")).to_be_focused()


def test_what_is_read_stays_where_it_is_when_photos_come(shown: Gallery, reader: Page) -> None:
    ids = fill(shown)
    reader.set_viewport_size({"width": 320, "height": 640})  # one card a row
    open_live(reader, shown.url)
    read = reader.locator(f"#photo-{ids[2]}")
    read.evaluate("card => card.scrollIntoView({block: 'start'})")
    before = read.evaluate(TOP)
    new = shown.add("new.jpg", landscape())
    expect(reader.locator(f"#photo-{new}")).to_be_attached()
    assert abs(read.evaluate(TOP) - before) <= 1


def test_a_photo_that_no_longer_fits_the_filter_goes(shown: Gallery, reader: Page) -> None:
    waiting = fill(shown)[-1]
    open_live(reader, f"{shown.url}/?status=PENDING")
    shown.change(waiting, status=1, person_id=2)
    expect(reader.locator("li.card")).to_have_count(0)
    expect(reader.locator("#empty")).to_be_visible()
    expect(reader.locator("[data-count=PROCESSED]")).to_have_text("6")


def test_a_full_page_stays_a_page_and_its_links_lead_on_without_a_gap(shown: Gallery, reader: Page) -> None:
    fill(shown)
    open_live(reader, f"{shown.url}/?limit=8")
    expect(reader.get_by_role("navigation", name="Pages")).to_be_hidden()
    new = shown.add("new.jpg", landscape())
    expect(reader.locator("li.card").first).to_have_id(f"photo-{new}")
    expect(reader.locator("li.card")).to_have_count(8)
    reader.get_by_role("link", name="Older photos").click()
    expect(reader.locator("li.card")).to_have_count(1)
    expect(reader.locator("li.card")).to_have_id("photo-1")


def test_an_older_page_changes_in_place_and_takes_no_new_photos(shown: Gallery, reader: Page) -> None:
    ids = fill(shown)
    open_live(reader, f"{shown.url}/?limit=3&before={ids[4]}")
    shown.add("new.jpg", landscape())
    shown.change(ids[3], person_id=1)
    expect(reader.locator(f"#photo-{ids[3]} h3")).to_have_text("Ada Lovelace")
    expect(reader.locator("li.card")).to_have_count(3)


def test_after_very_many_changes_the_page_is_as_a_new_one(
    shown: Gallery, reader: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(shown)
    monkeypatch.setattr(feed, "MOST_CHANGES", 3)
    open_live(reader, shown.url)
    shown.database.rows("INSERT INTO images (path) SELECT CONCAT('many/', seq, '.jpg') FROM seq_1_to_10")
    expect(reader.locator("li.card")).to_have_count(18)
    expect(reader.get_by_role("status")).to_have_text("Many photos changed")
    expect(reader.locator("[data-count=PENDING]")).to_have_text("11")
    expect(reader.locator("body")).to_have_attribute("data-mark", "kept")


def test_a_lost_connection_is_said_in_words_and_found_again(
    mariadb: Mariadb, shown: Gallery, reader: Page
) -> None:
    open_live(reader, shown.url)
    mariadb.stop()
    try:
        expect(reader.locator("#connection")).to_have_text("The database does not answer: trying again")
    finally:
        mariadb.start()
    expect(reader.locator("#connection")).to_have_text(LIVE)
    photo = shown.add("after.jpg", landscape())
    expect(reader.locator(f"#photo-{photo}")).to_be_visible()


def test_a_frontend_that_ends_is_said_in_words(mariadb: Mariadb, tmp_path: Path, reader: Page) -> None:
    mariadb.clear()
    with gallery(mariadb, tmp_path / "photos") as shown:
        open_live(reader, shown.url)
    expect(reader.locator("#connection")).to_have_text("Connection lost: trying again")


def test_one_reader_too_many_is_told_and_let_in_later(mariadb: Mariadb, tmp_path: Path, reader: Page) -> None:
    mariadb.clear()
    with gallery(mariadb, tmp_path / "photos", MAX_STREAMS="1") as shown:
        other = reader.context.new_page()
        open_live(other, shown.url)
        reader.goto(shown.url)
        expect(reader.locator("#connection")).to_have_text("Connection lost: trying again")
        other.close()
        expect(reader.locator("#connection")).to_have_text(LIVE)
