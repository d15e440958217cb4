"""The gallery in a real browser: to look at, by keyboard, by screen reader, on a phone, without scripts."""

from io import BytesIO
from pathlib import Path

import pytest
from drawings import PEOPLE, portrait
from gallery import Gallery, fill
from PIL import Image
from playwright.sync_api import Locator, Page, expect

OUTLINE_PX = "() => parseFloat(getComputedStyle(document.activeElement).outlineWidth)"
FOCUSED = """() => {
  const at = document.activeElement;
  return at.querySelector("img")?.alt ?? at.innerText.replace(/\\s+/g, " ").trim();
}"""
FOCUS_COLOUR = """() => {
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--focus").trim().slice(1);
  return [0, 2, 4].map((at) => parseInt(colour.slice(at, at + 2), 16));
}"""
NARROW = {"width": 320, "height": 640}


def test_the_filter_shows_one_status_and_says_so(shown: Gallery, reader: Page) -> None:
    fill(shown)
    reader.goto(shown.url)
    reader.get_by_role("link", name="Failed 1").click()
    expect(reader.locator("li.card")).to_have_count(1)
    expect(reader.get_by_role("heading", level=2)).to_have_text("Failed photos, newest first")
    expect(reader.locator("[aria-current=page]")).to_have_text("✕ Failed 1")
    expect(reader).to_have_title("Failed photos · Kubeface")


def test_pages_turn_to_the_oldest_and_back(shown: Gallery, reader: Page) -> None:
    fill(shown)
    reader.goto(f"{shown.url}/?limit=3")
    pages = reader.get_by_role("navigation", name="Pages")
    seen = []
    for turn in ("Older photos", "Older photos", "Newer photos", "Oldest photos", "Newest photos"):
        pages.get_by_role("link", name=turn).click()
        expect(reader.locator("li.card").first).to_be_visible()
        seen.append([card.get_attribute("data-id") for card in reader.locator("li.card").all()])
    assert seen == [["5", "4", "3"], ["2", "1"], ["5", "4", "3"], ["3", "2", "1"], ["8", "7", "6"]]


def test_tab_reaches_every_control_in_order_and_shows_where_it_is(shown: Gallery, reader: Page) -> None:
    fill(shown)
    reader.goto(f"{shown.url}/?limit=2")
    seen = []
    for _ in range(11):
        reader.keyboard.press("Tab")
        seen.append(reader.evaluate(FOCUSED))
        assert reader.evaluate(OUTLINE_PX) >= 2
    assert seen == [
        *("Skip to the photos", "Kubeface"),
        *("All 8", "… Pending 1", "↻ Processing 1", "✓ Processed 5", "✕ Failed 1"),
        *("unknown_people/grace-again.jpg: Waiting", "unknown_people/evening.jpg: Being looked at"),
        *("Older photos", "Oldest photos"),
    ]


def test_the_focus_is_seen_on_a_photo_that_fills_its_frame(shown: Gallery, reader: Page) -> None:
    fill(shown)
    reader.goto(shown.url)
    for picture in reader.locator("a.picture").all():
        unfocused = _edge(picture)
        picture.focus()
        assert _edge(picture) != unfocused
        assert _edge(picture) == reader.evaluate(FOCUS_COLOUR)


def _edge(picture: Locator) -> list[int]:
    """The colour of a picture two pixels from its left edge, half-way down."""
    shot = Image.open(BytesIO(picture.screenshot())).convert("RGB")
    colour = shot.getpixel((2, shot.height // 2))
    assert isinstance(colour, tuple)
    return list(colour)


def test_arrow_keys_walk_by_row_and_column(shown: Gallery, reader: Page) -> None:
    fill(shown)
    reader.set_viewport_size({"width": 900, "height": 900})  # three cards a row
    reader.goto(shown.url)
    pictures = reader.locator("a.picture")
    pictures.first.focus()
    for key, place in [
        ("ArrowRight", 1),
        ("ArrowDown", 4),
        ("ArrowLeft", 3),
        ("ArrowUp", 0),
        ("End", 7),
        ("Home", 0),
    ]:
        reader.keyboard.press(key)
        expect(pictures.nth(place)).to_be_focused()


def test_a_screen_reader_finds_landmarks_headings_and_a_name_for_each_card(
    shown: Gallery, reader: Page
) -> None:
    fill(shown)
    reader.goto(shown.url)
    for landmark in ("banner", "main", "contentinfo"):
        expect(reader.get_by_role(landmark)).to_have_count(1)  # type: ignore[arg-type]
    levels = reader.locator("h1, h2, h3").evaluate_all("all => all.map(one => one.tagName)")
    assert levels == ["H1", "H2", *["H3"] * 8]
    expect(reader.get_by_role("article")).to_have_count(8)
    card = reader.get_by_role("article", name="Ada Lovelace unknown_people/ada.jpg")
    expect(card).to_match_aria_snapshot("""
        - article "Ada Lovelace unknown_people/ada.jpg":
          - 'link "unknown_people/ada.jpg: Ada Lovelace, face marked"':
            - 'img "unknown_people/ada.jpg: Ada Lovelace, face marked"'
          - heading "Ada Lovelace" [level=3]
          - paragraph: Processed Distance 0.29
    """)


def test_nothing_scrolls_sideways_on_a_small_phone(shown: Gallery, reader: Page) -> None:
    shown.database.rows("UPDATE person SET name = %s WHERE id = 1", "Wolfeschlegelsteinhausenbergerdorff" * 7)
    shown.add("a" * 200 + ".jpg", portrait(PEOPLE["ada"]), status=1, person_id=1)
    shown.add("b.jpg", None, status=2, reason="x" * 500)
    reader.set_viewport_size(NARROW)  # type: ignore[arg-type]
    reader.goto(shown.url)
    expect(reader.locator("li.card")).to_have_count(2)
    assert reader.evaluate("() => document.documentElement.scrollWidth") == 320
    for words in reader.locator(".card h3, .card .path, .card .reason").all():
        assert words.evaluate("words => words.scrollWidth <= words.clientWidth")  # nothing is cut off


@pytest.mark.parametrize(("theme", "paper"), [("light", (245, 243, 238)), ("dark", (19, 20, 23))])
def test_the_page_follows_the_readers_theme(
    shown: Gallery, reader: Page, tmp_path: Path, theme: str, paper: tuple[int, int, int]
) -> None:
    fill(shown)
    reader.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    reader.goto(shown.url)
    reader.screenshot(path=tmp_path / "page.png")
    assert Image.open(tmp_path / "page.png").convert("RGB").getpixel((2, 2)) == paper


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", "arrive"), ("reduce", "none")])
def test_nothing_moves_for_who_does_not_want_it(
    shown: Gallery, reader: Page, motion: str, moves: str
) -> None:
    reader.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
    reader.goto(shown.url)
    shown.add("new.jpg", portrait(PEOPLE["ada"]))
    card = reader.locator("li.card.changed")
    expect(card).to_be_visible()
    assert card.evaluate("card => getComputedStyle(card).animationName") == moves


def test_without_scripts_the_page_is_a_page(shown: Gallery, reader: Page) -> None:
    fill(shown)
    reader.context.new_cdp_session(reader).send("Emulation.setScriptExecutionDisabled", {"value": True})
    reader.goto(f"{shown.url}/?limit=3")
    expect(reader.locator("#connection")).to_contain_text("Reload the page for news.")
    reader.get_by_role("link", name="Older photos").click()
    expect(reader.get_by_role("article", name="Grace Hopper unknown_people/grace-at-sea.jpg")).to_be_visible()
    reader.get_by_role("link", name="Failed 1").click()
    expect(reader.locator(".reason")).to_have_text("there is no face in the picture")
    expect(reader.locator("#connection")).to_contain_text("Reload the page for news.")


def test_a_hostile_row_runs_nothing(shown: Gallery, reader: Page) -> None:
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto(shown.url)
    shown.add(
        "<img src=x onerror=alert(1)>.jpg", None, status=2, reason="<script src=//evil.example></script>"
    )
    expect(reader.locator(".reason")).to_have_text("<script src=//evil.example></script>")  # by the stream
    reader.reload()
    expect(reader.locator(".reason")).to_have_text("<script src=//evil.example></script>")
    assert not [url for url in asked if not url.startswith((shown.url, "data:"))]
    assert not [url for url in asked if url.endswith("/x")]
