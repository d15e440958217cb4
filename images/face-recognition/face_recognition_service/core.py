"""Who is in this picture: the whole answer, without any wire. Works in a notebook cell as in a Pod."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from face_recognition_service.models import ENCODING_LENGTH, Box, Encodings, Models
from face_recognition_service.picture import Pixels, read_picture
from face_recognition_service.refusals import NoFace

TOLERANCE = 0.6  # the largest distance for one person; from dlib's face_recognition.py example


@dataclass(frozen=True)
class Known:
    """The known people at one moment: row i of `encodings` is the face in the file `names[i]`."""

    names: Sequence[str] = ()
    encodings: Encodings = field(default_factory=lambda: np.empty((0, ENCODING_LENGTH)))
    skipped: Mapping[str, str] = field(default_factory=dict)  # file name → why it is not used


@dataclass(frozen=True)
class Match:
    """The nearest pair of a face in the picture and a known face.

    image_name: file name of the known face; empty when none is within TOLERANCE.
    distance: Euclidean distance of the pair, no unit; None when nobody is known.
    box: where the face is; faces_found: how many there are in the picture.
    """

    image_name: str
    distance: float | None
    box: Box
    faces_found: int


def identify(data: bytes, known: Known, models: Models) -> Match:
    """Who is in the picture with these bytes.

    Raises:
        NotAPicture, PictureTooLarge: see read_picture.
        NoFace: the picture shows no face that the detector finds.
    """
    pixels = read_picture(data)
    boxes = _faces_in(pixels, models)
    if not known.names:
        return Match("", None, boxes[0], len(boxes))
    face, person, distance = nearest(models.encode(pixels, boxes), known.encodings)
    name = known.names[person] if distance <= TOLERANCE else ""
    return Match(name, distance, boxes[face], len(boxes))


def nearest(faces: Encodings, known: Encodings) -> tuple[int, int, float]:
    """Row in `faces`, row in `known` and distance of the nearest pair; neither may be empty."""
    distances = np.linalg.norm(faces[:, np.newaxis] - known, axis=2)
    face, person = np.unravel_index(distances.argmin(), distances.shape)
    return int(face), int(person), float(distances[face, person])


def encode_clearest_face(data: bytes, models: Models) -> Encodings:
    """The 128 numbers of a known person, from the bytes of a photo.

    Of several faces the one that the detector is surest of stands for the photo: patterns on clothes
    and flags are now and then taken for a face as well.

    Raises:
        NotAPicture, PictureTooLarge: see read_picture.
        NoFace: the picture shows no face that the detector finds.
    """
    pixels = read_picture(data)
    encoding: Encodings = models.encode(pixels, _faces_in(pixels, models)[:1])[0]
    return encoding


def _faces_in(pixels: Pixels, models: Models) -> list[Box]:
    boxes = models.find_faces(pixels)
    if not boxes:
        raise NoFace("no face was found in the picture")
    return boxes
