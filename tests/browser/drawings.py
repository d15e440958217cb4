"""Drawn people and places, in the place of photos: `python drawings.py FOLDER` writes some."""

import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
_FINE = 2  # drawn at twice the size, and made smaller: smooth edges


@dataclass(frozen=True)
class Look:
    """What somebody looks like; `hair` is short, long or bun."""

    skin: Colour
    hair_colour: Colour
    coat: Colour
    wall: tuple[Colour, Colour]
    hair: str = "short"
    glasses: bool = False


@dataclass(frozen=True)
class Drawing:
    """A picture, and where its face is: top, right, bottom, left in pixels; None without a face."""

    image: Image.Image
    face: tuple[int, int, int, int] | None


PEOPLE = {
    "ada": Look((241, 205, 178), (58, 36, 24), (86, 60, 120), ((228, 214, 240), (164, 150, 196)), "bun"),
    "grace": Look(
        (236, 196, 168), (92, 92, 98), (28, 46, 84), ((214, 226, 240), (128, 152, 190)), "short", True
    ),
    "katherine": Look(
        (146, 96, 66), (30, 24, 22), (176, 56, 60), ((250, 228, 196), (222, 160, 104)), "long", True
    ),
    "alan": Look((240, 206, 184), (44, 32, 28), (70, 84, 72), ((216, 232, 220), (132, 168, 150)), "short"),
    "unknown": Look(
        (198, 150, 116), (120, 70, 34), (40, 98, 110), ((250, 236, 214), (206, 178, 142)), "long"
    ),
}


def portrait(
    look: Look, width: int = 480, height: int = 600, *, at: float = 0.5, size: float = 0.5
) -> Drawing:
    """Head and shoulders. at: where across; size: the head's height, of the picture's."""
    wide, high = width * _FINE, height * _FINE
    image = _gradient(wide, high, *look.wall)
    draw = ImageDraw.Draw(image)
    head = high * size
    x, y, half = wide * at, high * 0.44, head * 0.37
    if look.hair == "long":
        draw.rounded_rectangle(
            (x - half * 1.25, y - head * 0.5, x + half * 1.25, y + head * 0.72), half, look.hair_colour
        )
    if look.hair == "bun":
        _oval(draw, x, y - head * 0.6, half * 0.55, half * 0.5, look.hair_colour)
    _body(draw, look, x, y, head, high)
    _oval(draw, x, y - head * 0.12, half * 1.12, head * 0.46, look.hair_colour)
    for side in (-1, 1):
        _oval(draw, x + side * half, y + head * 0.04, half * 0.16, head * 0.09, _darker(look.skin, 0.93))
    _oval(draw, x, y + head * 0.02, half, head * 0.46, look.skin)
    _fringe(draw, look, x, y, half, head)
    _features(draw, look, x, y, half, head)
    sides = (y - head * 0.42, x + half * 1.05, y + head * 0.5, x - half * 1.05)
    top, right, bottom, left = (int(side / _FINE) for side in sides)
    return Drawing(image.resize((width, height), Image.Resampling.LANCZOS), (top, right, bottom, left))


def landscape(width: int = 600, height: int = 400, *, evening: bool = False) -> Drawing:
    """Hills, a lake and the sun: nobody to be seen."""
    wide, high = width * _FINE, height * _FINE
    sky = ((250, 196, 150), (250, 232, 206)) if evening else ((128, 182, 226), (226, 240, 248))
    image = _gradient(wide, high, *sky)
    draw = ImageDraw.Draw(image)
    _oval(draw, wide * 0.72, high * 0.3, high * 0.09, high * 0.09, (255, 240, 196))
    hills = ((96, 118, 150), (74, 112, 112), (52, 92, 70))
    for place, colour in enumerate(hills):
        base = high * (0.5 + 0.1 * place)
        points = [(wide * i / 8, base - high * 0.16 * ((i * (3 + 2 * place)) % 5) / 5) for i in range(9)]
        draw.polygon([(0, high), *points, (wide, high)], colour)
    image = image.filter(ImageFilter.GaussianBlur(2 * _FINE))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, high * 0.82, wide, high), (92, 140, 168) if not evening else (190, 146, 130))
    return Drawing(image.resize((width, height), Image.Resampling.LANCZOS), None)


def _body(draw: ImageDraw.ImageDraw, look: Look, x: float, y: float, head: float, high: int) -> None:
    neck = head * 0.16
    shoulders = y + head * 0.66
    draw.rounded_rectangle((x - head * 0.78, shoulders, x + head * 0.78, high * 1.4), head * 0.34, look.coat)
    draw.rectangle((x - neck, y + head * 0.3, x + neck, shoulders + head * 0.04), _darker(look.skin, 0.9))
    collar = [(x - neck * 1.5, shoulders), (x + neck * 1.5, shoulders), (x, shoulders + head * 0.28)]
    draw.polygon(collar, _darker(look.skin, 0.95))
    for side in (-1, 1):
        lapel = [
            (x + side * neck * 1.5, shoulders - 2),
            (x, shoulders + head * 0.3),
            (x + side * neck * 2.6, shoulders + head * 0.1),
        ]
        draw.polygon(lapel, (250, 248, 244))


def _fringe(draw: ImageDraw.ImageDraw, look: Look, x: float, y: float, half: float, head: float) -> None:
    top = (x - half * 1.06, y - head * 0.58, x + half * 1.06, y + head * 0.3)
    draw.chord(top, 196 if look.hair == "bun" else 206, 344 if look.hair == "bun" else 322, look.hair_colour)


def _features(draw: ImageDraw.ImageDraw, look: Look, x: float, y: float, half: float, head: float) -> None:
    dark, line = (46, 34, 30), max(2, int(head * 0.014))
    for side in (-1, 1):
        eye = x + side * half * 0.42
        _oval(draw, eye, y + head * 0.02, half * 0.14, head * 0.035, (255, 255, 255))
        _oval(draw, eye, y + head * 0.02, half * 0.07, head * 0.032, dark)
        brow = (eye - half * 0.22, y - head * 0.1, eye + half * 0.22, y + head * 0.02)
        draw.arc(brow, 205, 335, _darker(look.hair_colour, 0.9), line)
        if look.glasses:
            ring = (eye - half * 0.27, y - head * 0.06, eye + half * 0.27, y + head * 0.1)
            draw.ellipse(ring, outline=dark, width=line)
        _oval(draw, x + side * half * 0.55, y + head * 0.2, half * 0.16, head * 0.045, _blush(look.skin))
    if look.glasses:
        draw.line((x - half * 0.15, y + head * 0.01, x + half * 0.15, y + head * 0.01), dark, line)
    nose = (x - half * 0.14, y + head * 0.02, x + half * 0.14, y + head * 0.19)
    draw.arc(nose, 40, 140, _darker(look.skin, 0.72), line)
    mouth = (x - half * 0.36, y + head * 0.14, x + half * 0.36, y + head * 0.32)
    draw.chord(mouth, 18, 162, (176, 68, 66))


def _oval(draw: ImageDraw.ImageDraw, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
    draw.ellipse((x - wide, y - high, x + wide, y + high), colour)


def _gradient(wide: int, high: int, top: Colour, bottom: Colour) -> Image.Image:
    column = Image.new("RGB", (1, 2))
    column.putpixel((0, 0), top)
    column.putpixel((0, 1), bottom)
    return column.resize((wide, high), Image.Resampling.BICUBIC)


def _darker(colour: Colour, by: float) -> Colour:
    red, green, blue = (int(part * by) for part in colour)
    return red, green, blue


def _blush(colour: Colour) -> Colour:
    red, green, blue = colour
    return min(255, red + 6), int(green * 0.9), int(blue * 0.88)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, look in PEOPLE.items():
        portrait(look).image.save(folder / f"{name}.png")
    landscape().image.save(folder / "hills.png")
    landscape(evening=True).image.save(folder / "evening.png")
