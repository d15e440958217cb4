"""The page's colours can be told apart, in both themes: computed from the style sheet's own properties."""

import re

import pytest
from real_servers import ROOT

STYLE = (ROOT / "images/frontend/frontend/static/style.css").read_text()
TEXT = 4.5  # specified: WCAG 2.2, 1.4.3, text of ordinary size
MARKS = 3.0  # specified: WCAG 2.2, 1.4.11, what shows where the focus is
ON = {
    "paper": ("ink", "soft", "link"),
    "card": ("ink", "soft", "link"),
    "mat": ("ink", "soft"),
    "current": ("current-ink",),
    "good-tint": ("good",),
    "bad-tint": ("bad",),
    "wait-tint": ("wait",),
    "work-tint": ("work",),
}
PAIRS = [(ground, text) for ground, texts in ON.items() for text in texts]


def properties(theme: str) -> dict[str, str]:
    """The custom properties of a theme."""
    light, dark = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    return dict(re.findall(r"--([\w-]+): (#\w+)", light if theme == "light" else dark))


def luminance(colour: str) -> float:
    """Specified: relative luminance, WCAG 2.2."""
    digits = colour.removeprefix("#")
    whole = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    parts = [int(whole[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_specified() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ground", "text"), PAIRS)
def test_text_can_be_read(theme: str, ground: str, text: str) -> None:
    colours = properties(theme)
    assert contrast(colours[ground], colours[text]) >= TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "card", "mat"])
def test_the_focus_can_be_seen(theme: str, ground: str) -> None:
    colours = properties(theme)
    assert contrast(colours[ground], colours["focus"]) >= MARKS


def test_every_colour_of_text_is_a_property_that_is_tested() -> None:
    used = set(re.findall(r"[{;\s]color: ([^;}]+?)[;\s}]", STYLE.split("}", 3)[-1]))
    tested = {f"var(--{name})" for pair in PAIRS for name in pair}
    assert used - tested == {"inherit"}


def test_both_themes_have_the_same_properties() -> None:
    assert set(properties("light")) == set(properties("dark"))
