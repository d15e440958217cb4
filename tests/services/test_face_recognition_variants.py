"""Speed is not paid with accuracy: each photo as it is, scaled, turned, darkened and recompressed is
answered as the face_recognition library answers it at full size. What differs is listed here and nowhere
else; the list is exact, so that whatever gets better or worse changes it."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import ModuleType

import numpy as np
import photos
import pytest
from face_recognition_service.core import Known, encode_clearest_face, identify
from face_recognition_service.models import ModelPool
from face_recognition_service.refusals import NoFace
from PIL import Image, ImageEnhance

KNOWN = ("astronaut.png", "biden.jpg", "obama.jpg")
PHOTOS = (
    *(f"known_people/{name}" for name in KNOWN),
    *(f"unknown_people/{name}" for name in (*photos.OBAMA, photos.ASTRONAUT)),
)
TOLERANCE = 0.6
# A face's distance to one person may differ by so much: a box found in a smaller copy moves by some pixels
# (seen: 0.04).
DISTANCE = 0.06
Answer = tuple[str, int]  # whose photo is the nearest ("" for nobody), how many faces were found


def scaled(picture: Image.Image, factor: float) -> Image.Image:
    size = (round(picture.width * factor), round(picture.height * factor))
    return picture.resize(size, Image.Resampling.LANCZOS)


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    return picture.rotate(degrees, Image.Resampling.BICUBIC)


VARIANTS: dict[str, Callable[[Image.Image], bytes]] = {
    "as it is": photos.jpeg,
    "half the size": lambda picture: photos.jpeg(scaled(picture, 0.5)),
    "one and a half": lambda picture: photos.jpeg(scaled(picture, 1.5)),
    "a phone's size": lambda picture: photos.jpeg(scaled(picture, 4000 / max(picture.size))),
    "turned left by 5°": lambda picture: photos.jpeg(turned(picture, 5)),
    "turned right by 8°": lambda picture: photos.jpeg(turned(picture, -8)),
    "half as bright": lambda picture: photos.jpeg(ImageEnhance.Brightness(picture).enhance(0.5)),
    "a quarter as bright": lambda picture: photos.jpeg(ImageEnhance.Brightness(picture).enhance(0.25)),
    "recompressed": lambda picture: photos.jpeg(picture, quality=20),
}
#: Where we answer otherwise. The library takes a patch of background or of clothes for one more face.
DIFFERENCES: dict[tuple[str, str], tuple[Answer, Answer]] = {
    ("known_people/astronaut.png", "a phone's size"): (("astronaut.png", 2), ("astronaut.png", 1)),
    ("known_people/obama.jpg", "a phone's size"): (("obama.jpg", 2), ("obama.jpg", 1)),
    ("unknown_people/obama_partial_face.jpg", "a phone's size"): (("obama.jpg", 2), ("obama.jpg", 1)),
}


@pytest.fixture(scope="module")
def theirs(library: ModuleType) -> np.ndarray:
    """The known people as the library encodes them."""
    return np.array([library.face_encodings(read(library, photos.known(name)))[0] for name in KNOWN])


@pytest.fixture(scope="module")
def ours(models: ModelPool) -> Known:
    photo = [photos.known(name).read_bytes() for name in KNOWN]
    rows = models.run(lambda own: [encode_clearest_face(data, own) for data in photo])
    return Known(KNOWN, np.array(rows))


def read(library: ModuleType, file: Path | BytesIO) -> np.ndarray:
    pixels: np.ndarray = library.load_image_file(file)
    return pixels


def their_answer(library: ModuleType, known: np.ndarray, data: bytes) -> tuple[Answer, float]:
    faces = library.face_encodings(read(library, BytesIO(data)))
    if not faces:
        return ("", 0), 0
    distances = np.array([library.face_distance(known, face) for face in faces])
    best = np.unravel_index(distances.argmin(), distances.shape)[1]
    nearest = float(distances.min())
    return (KNOWN[best] if nearest <= TOLERANCE else "", len(faces)), nearest


def our_answer(models: ModelPool, known: Known, data: bytes) -> tuple[Answer, float]:
    try:
        match = models.run(lambda own: identify(data, known, own))
    except NoFace:
        return ("", 0), 0
    return (match.image_name, match.faces_found), match.distance or 0


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("photo", PHOTOS)
def test_the_answer_is_the_librarys(
    photo: str, variant: str, library: ModuleType, theirs: np.ndarray, models: ModelPool, ours: Known
) -> None:
    with Image.open(photos.photos_folder() / photo) as picture:
        data = VARIANTS[variant](picture.convert("RGB"))
    (expected, their_distance), (answer, distance) = (
        their_answer(library, theirs, data),
        our_answer(models, ours, data),
    )
    assert (expected, answer) == DIFFERENCES.get((photo, variant), (expected, expected))
    assert distance == pytest.approx(their_distance, abs=DISTANCE)
