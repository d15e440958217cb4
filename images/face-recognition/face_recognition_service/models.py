"""dlib's models: where faces are, and 128 numbers for each."""

import importlib.util
import queue
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dlib
import numpy as np
from numpy.typing import NDArray

from face_recognition_service.picture import Pixels, shrink

Encodings = NDArray[np.float64]

# Faces are looked for in a small copy first (measured: 3 to 4 times faster than at full size, with the
# same answers on the course's photos), and in a larger one only when the small copy shows none.
DETECTION_SIDES = (640, 1600)
# The library's default: look in a copy of twice the size too, so that faces from about 40 pixels are found.
UPSAMPLE_TIMES = 1
ENCODING_LENGTH = 128


@dataclass(frozen=True)
class Box:
    """Where a face is, in pixels of the full-size picture."""

    top: int
    right: int
    bottom: int
    left: int


class Models:
    """dlib's detector, 5-point landmarks and encoder. For one thread at a time: see ModelPool."""

    def __init__(self) -> None:
        self._detector = dlib.get_frontal_face_detector()
        self._landmarks = dlib.shape_predictor(_model_file("shape_predictor_5_face_landmarks.dat"))
        self._encoder = dlib.face_recognition_model_v1(
            _model_file("dlib_face_recognition_resnet_model_v1.dat")
        )

    def find_faces(self, pixels: Pixels) -> list[Box]:
        """Where the faces are, best first; empty when there is none."""
        for side in DETECTION_SIDES:
            small, factor = shrink(pixels, side)
            found = self._detector(small, UPSAMPLE_TIMES)
            if found or factor == 1:
                break
        return [_full_size(face, factor, pixels) for face in found]

    def encode(self, pixels: Pixels, boxes: Sequence[Box]) -> Encodings:
        """128 numbers a face, no unit, shape (faces, 128): rows follow `boxes`.

        Two rows are taken as one person up to a Euclidean distance of 0.6.
        """
        rows = [self._encode_one(pixels, box) for box in boxes]
        return np.array(rows, dtype=np.float64).reshape(len(rows), ENCODING_LENGTH)

    def _encode_one(self, pixels: Pixels, box: Box) -> Encodings:
        face = dlib.rectangle(box.left, box.top, box.right, box.bottom)
        return np.array(self._encoder.compute_face_descriptor(pixels, self._landmarks(pixels, face)))


class ModelPool:
    """`size` sets of models, lent to one thread at a time: dlib's objects keep notes while they work."""

    def __init__(self, size: int) -> None:
        self._free: queue.SimpleQueue[Models] = queue.SimpleQueue()
        for _ in range(size):
            self._free.put(Models())

    @contextmanager
    def borrow(self) -> Iterator[Models]:
        """One set, as soon as one is free."""
        models = self._free.get()
        try:
            yield models
        finally:
            self._free.put(models)


def _full_size(face: dlib.rectangle, factor: float, pixels: Pixels) -> Box:
    """A box found in a copy `factor` times smaller, inside the picture's edges."""
    height, width = pixels.shape[:2]
    return Box(
        top=max(0, round(face.top() * factor)),
        right=min(width, round(face.right() * factor)),
        bottom=min(height, round(face.bottom() * factor)),
        left=max(0, round(face.left() * factor)),
    )


def _model_file(name: str) -> str:
    """Found without importing the package, which would ask for a long gone part of setuptools."""
    package = importlib.util.find_spec("face_recognition_models")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("face_recognition_models is not installed")
    return str(Path(package.submodule_search_locations[0]) / "models" / name)
