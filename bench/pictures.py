"""Sixty distinct pictures of people, made from the course's photos."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from bench.servers import use_test_servers

SIZES = (1.0, 0.9, 0.8)  # of the photo; chosen: small faces are still found
BRIGHTNESS = (1.0, 0.9, 0.8, 1.1)
OBAMA, ASTRONAUT = ("obama.jpg", "Barack Obama"), ("astronaut.png", "Eileen Collins")


@dataclass(frozen=True)
class Picture:
    """One picture of a set.

    Args:
        path: Relative to the photos folder.
        known: The photo in known_people with the same person: "obama.jpg".
        person: Their name: "Barack Obama".
    """

    path: str
    known: str
    person: str


def make(folder: Path, sets: Sequence[str]) -> dict[str, list[Picture]]:
    """A photos folder with the known people, and a set of sixty pictures for each name.

    The pictures of all sets look the same, and their bytes differ: an answer kept for a file's content helps
    within no other set.
    """
    use_test_servers()
    from photos import photos_folder

    shutil.copytree(photos_folder() / "known_people", folder / "known_people")
    (folder / "unknown_people").mkdir()
    made: dict[str, list[Picture]] = {name: [] for name in sets}
    for drawn, data, who in _draw():
        for name in sets:
            path = f"unknown_people/{name}-{drawn}.jpg"
            (folder / path).write_bytes(_with_comment(data, name.encode()))
            made[name].append(Picture(path, *who))
    return made


def _with_comment(jpeg: bytes, words: bytes) -> bytes:
    return jpeg[:2] + b"\xff\xfe" + (len(words) + 2).to_bytes(2) + words + jpeg[2:]


def _draw() -> Iterator[tuple[str, bytes, tuple[str, str]]]:
    """A name, the bytes of a JPEG, and who is in it."""
    from photos import ASTRONAUT as HER
    from photos import OBAMA as HIM
    from photos import jpeg, unknown
    from PIL import Image, ImageEnhance

    for file in (*HIM, HER):
        with Image.open(unknown(file)) as opened:
            photo = opened.convert("RGB")
        for size, light in product(SIZES, BRIGHTNESS):
            width, height = (round(side * size) for side in photo.size)
            picture = ImageEnhance.Brightness(photo.resize((width, height))).enhance(light)
            data = jpeg(picture, quality=90)
            who = ASTRONAUT if file == HER else OBAMA
            yield f"{Path(file).stem}-{size:g}-{light:g}", data, who
