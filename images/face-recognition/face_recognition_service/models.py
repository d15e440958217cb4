"""dlib's models: where faces are, and 128 numbers for each."""

import importlib.util
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import dlib
import numpy as np
from numpy.typing import NDArray

from face_recognition_service.encoder import CHIP_SIDE, Encoder
from face_recognition_service.picture import Pixels, shrink
from face_recognition_service.weights import read_weights

Encodings = NDArray[np.float64]
T = TypeVar("T")

# Faces are looked for in a small copy first, and in a larger one only when the small copy shows none.
# Measured on the course's photos and variants of them: 544, 592, 600 and 640 pixels give the same answers.
# The time goes with the area, and is most of the whole (at 640 on one core 59 of 83 ms).
DETECTION_SIDES = (544, 1600)
# The library's default: look in a copy of twice the size too, so that faces from about 40 pixels are found.
UPSAMPLE_TIMES = 1
CHIP_PADDING = 0.25  # around a face, as a part of its size: what dlib cuts out for its encoder
ENCODING_LENGTH = 128


@dataclass(frozen=True)
class Box:
    """Where a face is, in pixels of the full-size picture."""

    top: int
    right: int
    bottom: int
    left: int

    def times(self, factor: float) -> "Box":
        """The same face in a picture that is `factor` times as large."""
        return Box(*(round(side * factor) for side in (self.top, self.right, self.bottom, self.left)))

    def within(self, width: int, height: int) -> "Box":
        """The part inside a picture of this size."""
        return Box(max(0, self.top), min(width, self.right), min(height, self.bottom), max(0, self.left))


class Models:
    """dlib's detector and 5-point landmarks, and the encoder. For one thread at a time: see ModelPool."""

    def __init__(self, encoder: Encoder) -> None:
        self._detector = dlib.get_frontal_face_detector()
        self._landmarks = dlib.shape_predictor(str(_model_file("shape_predictor_5_face_landmarks.dat")))
        self._encoder = encoder

    def find_faces(self, pixels: Pixels) -> list[Box]:
        """Where the faces are, best first; empty when there is none. A box may reach over the edges."""
        for side in DETECTION_SIDES:
            small, factor = shrink(pixels, side)
            found = self._detector(small, UPSAMPLE_TIMES)
            if found or factor == 1:
                break
        boxes = (Box(face.top(), face.right(), face.bottom(), face.left()) for face in found)
        return [box.times(factor) for box in boxes]

    def encode(self, pixels: Pixels, boxes: Sequence[Box]) -> Encodings:
        """128 numbers a face, no unit, shape (faces, 128): rows follow `boxes`.

        Two rows are taken as one person up to a Euclidean distance of 0.6.
        """
        chips = [self._cut_out(pixels, box) for box in boxes]
        return self._encoder.encode(np.array(chips).reshape(-1, CHIP_SIDE, CHIP_SIDE, 3))

    def _cut_out(self, pixels: Pixels, box: Box) -> Pixels:
        """The face, turned upright."""
        found = self._landmarks(pixels, dlib.rectangle(box.left, box.top, box.right, box.bottom))
        chip: Pixels = dlib.get_face_chip(pixels, found, CHIP_SIDE, CHIP_PADDING)
        return chip


class ModelPool:
    """`size` threads, each with models of its own: dlib's objects keep notes while they work.

    All work on pictures is done in them, so that memory is a matter of `size`, not of how many ask: what a
    thread has used, the C library keeps for that thread. The encoder is one for all.
    """

    def __init__(self, size: int) -> None:
        encoder = Encoder(read_weights(_model_file("dlib_face_recognition_resnet_model_v1.dat")))
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(
            size, "picture", lambda: setattr(self._own, "models", Models(encoder))
        )

    def run(self, work: Callable[[Models], T]) -> T:
        """What `work` returns or raises, as soon as a thread is free; `work` must not call `run` itself."""
        return self._threads.submit(lambda: work(self._own.models)).result()

    def close(self) -> None:
        """What runs is waited for; what waits is cancelled."""
        self._threads.shutdown(cancel_futures=True)


def _model_file(name: str) -> Path:
    """Found without importing the package, which would ask for a long gone part of setuptools."""
    package = importlib.util.find_spec("face_recognition_models")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("face_recognition_models is not installed")
    return Path(package.submodule_search_locations[0]) / "models" / name
