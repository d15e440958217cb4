"""Who is in this picture: the whole answer, without any wire. Works in a notebook cell as in a Pod."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from face_recognition_service.matching import Index
from face_recognition_service.models import DETECTION_SIDES, ENCODING_LENGTH, Box, Encodings, Models
from face_recognition_service.picture import Pixels, read_draft, read_picture
from face_recognition_service.refusals import NoFace

TOLERANCE = 0.6  # the largest distance for one person; from dlib's face_recognition.py example
# Chosen: twice what the encoder takes of a face itself (100 of the 150 pixels that it is given).
ENOUGH_PX = 200


@dataclass(frozen=True)
class Known:
    """The known people at one moment: row i of `encodings` is the face in the file `names[i]`."""

    names: Sequence[str] = ()
    encodings: Encodings = field(default_factory=lambda: np.empty((0, ENCODING_LENGTH)))
    skipped: Mapping[str, str] = field(default_factory=dict)  # file name → why it is not used

    @cached_property
    def index(self) -> Index:
        """Prepared once, at the first question."""
        return Index(self.encodings)


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
        NotAPicture: see read_picture.
        NoFace: the picture shows no face that the detector finds.
    """
    seen = _look(data, models)
    height, width = (side * seen.times_smaller for side in seen.pixels.shape[:2])
    boxes = [box.times(seen.times_smaller).within(width, height) for box in seen.boxes]
    if not known.names:
        return Match("", None, boxes[0], len(boxes))
    face, person, distance = known.index.nearest(models.encode(seen.pixels, seen.boxes))
    name = known.names[person] if distance <= TOLERANCE else ""
    return Match(name, distance, boxes[face], len(boxes))


def encode_clearest_face(data: bytes, models: Models) -> Encodings:
    """The 128 numbers of a known person, from the bytes of a photo.

    Of several faces the one that the detector is surest of stands for the photo: patterns on clothes
    and flags are now and then taken for a face as well.

    Raises:
        NotAPicture: see read_picture.
        NoFace: the picture shows no face that the detector finds.
    """
    seen = _look(data, models)
    encoding: Encodings = models.encode(seen.pixels, seen.boxes[:1])[0]
    return encoding


@dataclass(frozen=True)
class _Seen:
    """A picture and its faces, best first; it may be `times_smaller` than the photo.

    Boxes that reach over its edges stay whole: the marks in a face are found by its whole box.
    """

    pixels: Pixels
    boxes: Sequence[Box]
    times_smaller: int


def _look(data: bytes, models: Models) -> _Seen:
    """The faces of a photo, in pixels that show each as well as the encoder needs it.

    That is the photo in full size, or a draft of a large one where its faces are large too.
    """
    pixels, times = read_draft(data, DETECTION_SIDES[-1])
    boxes = models.find_faces(pixels)
    if not boxes:
        raise NoFace("no face was found in the picture")
    if times > 1 and min(box.bottom - box.top for box in boxes) < ENOUGH_PX:
        return _Seen(read_picture(data), [box.times(times) for box in boxes], 1)
    return _Seen(pixels, boxes, times)
