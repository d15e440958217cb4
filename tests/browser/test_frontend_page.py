"""The frontend in a real browser, over a real NodePort, with what the pipeline found out."""

from playwright.sync_api import Page, expect

from kubeface import Pipeline


def test_a_person_is_named_beside_the_picture(page: Page) -> None:
    card = page.locator("li.card", has_text="obama2.jpg")
    expect(card.get_by_role("heading", name="Barack Obama")).to_be_visible()
    expect(card.get_by_text("Processed")).to_be_visible()
    expect(card.locator("svg .box")).to_be_visible()


def test_a_picture_without_a_face_says_so(page: Page) -> None:
    card = page.locator("li.card.failed", has_text="chelsea.png")
    expect(card.locator(".reason")).to_contain_text("face")
    expect(card.locator("svg")).to_have_count(0)


def test_there_is_a_card_for_every_photo(page: Page, pipeline: Pipeline) -> None:
    expect(page.locator("li.card")).to_have_count(len(pipeline.results()))


def test_the_pictures_are_there(page: Page) -> None:
    for picture in page.locator("li.card img").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("picture => picture.decode()")
        assert picture.evaluate("picture => picture.naturalWidth") > 0
        assert picture.get_attribute("alt")


def test_a_status_filters_the_photos(page: Page, pipeline: Pipeline) -> None:
    failed = pipeline.counts()["FAILED"]
    page.get_by_role("link", name="Failed").click()
    expect(page.locator("li.card")).to_have_count(failed)
    expect(page.locator("li.card.failed")).to_have_count(failed)


def test_the_keyboard_reaches_the_photos_at_once(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the photos")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
