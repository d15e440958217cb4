"""The short way (small detection, own encoder calls) against the face_recognition library at full size."""

from pathlib import Path
from types import ModuleType

import photos
import pytest
from face_recognition_service.core import identify
from face_recognition_service.known import KnownPeople
from face_recognition_service.models import ModelPool

UNKNOWN = (*photos.OBAMA, photos.ASTRONAUT)


@pytest.fixture(scope="module")
def expected(library: ModuleType) -> dict[str, tuple[str, float, int]]:
    """By photo: the nearest known name, its distance and the number of faces, as the library has it."""
    known = {path.name: encodings(library, path)[0] for path in photos.known("x").parent.iterdir()}
    return {name: nearest(library, known, photos.unknown(name)) for name in UNKNOWN}


def encodings(library: ModuleType, path: Path) -> list[object]:
    return list(library.face_encodings(library.load_image_file(path)))


def nearest(library: ModuleType, known: dict[str, object], path: Path) -> tuple[str, float, int]:
    faces = encodings(library, path)
    distances = library.face_distance(list(known.values()), faces[0])
    return list(known)[distances.argmin()], float(distances.min()), len(faces)


@pytest.mark.parametrize("name", UNKNOWN)
def test_the_answer_is_the_librarys(
    name: str, expected: dict[str, tuple[str, float, int]], models: ModelPool
) -> None:
    known = KnownPeople(photos.photos_folder(), models).current()
    data = photos.unknown(name).read_bytes()
    match = models.run(lambda own: identify(data, known, own))
    person, distance, faces = expected[name]
    assert (match.image_name, match.faces_found) == (person, faces)
    assert match.distance == pytest.approx(distance, abs=0.05)  # a box found in a smaller copy moves a little


def test_the_library_skips_no_photo_that_we_skip(library: ModuleType, models: ModelPool) -> None:
    assert encodings(library, photos.without_face()) == []
