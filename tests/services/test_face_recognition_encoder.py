"""The encoder and the index against what they stand for: dlib's own encoder, and plain distances."""

from pathlib import Path

import dlib
import numpy as np
import photos
import pytest
from face_recognition_service.encoder import Encoder
from face_recognition_service.matching import Index
from face_recognition_service.models import _model_file
from face_recognition_service.weights import WrongModel, read_weights
from PIL import Image

MODEL = "dlib_face_recognition_resnet_model_v1.dat"
LARGEST_DIFFERENCE = 1e-5  # chosen: thirty times what was seen, and nothing beside the 0.6 of one person


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(read_weights(_model_file(MODEL)))


def chips() -> np.ndarray:
    """Parts of the photos in the encoder's size; what they show is of no matter here."""
    pictures = [Image.open(photos.unknown(name)).convert("RGB") for name in photos.OBAMA]
    noise = np.random.default_rng(0).integers(0, 256, (150, 150, 3), np.uint8)
    pictures += [Image.fromarray(noise), Image.new("RGB", (150, 150))]
    return np.array([np.asarray(picture.resize((150, 150))) for picture in pictures])


def test_the_encoder_computes_what_dlib_computes(encoder: Encoder) -> None:
    theirs = dlib.face_recognition_model_v1(str(_model_file(MODEL)))
    expected = np.array([theirs.compute_face_descriptor(chip) for chip in chips()])
    assert encoder.encode(chips()) == pytest.approx(expected, abs=LARGEST_DIFFERENCE)


def test_no_face_has_no_numbers(encoder: Encoder) -> None:
    assert encoder.encode(chips()[:0]).shape == (0, 128)


def test_another_file_is_no_encoder(tmp_path: Path) -> None:
    for data in (b"", b"text", _model_file(MODEL).read_bytes()[:5000]):
        (tmp_path / "model.dat").write_bytes(data)
        with pytest.raises(WrongModel, match="not dlib's face encoder"):
            read_weights(tmp_path / "model.dat")


@pytest.mark.parametrize("seed", range(5))
def test_the_index_finds_the_nearest_pair(seed: int) -> None:
    numbers = np.random.default_rng(seed)
    known = numbers.normal(0, 0.1, (5000, 128))
    faces = known[[4321, 17]] + numbers.normal(0, [[0.02], [0.01]], (2, 128))
    distances = np.linalg.norm(faces[:, np.newaxis] - known, axis=2)
    assert Index(known).nearest(faces) == (1, 17, pytest.approx(distances[1, 17], abs=1e-12))


def test_the_same_face_is_at_no_distance_and_of_two_the_first_counts() -> None:
    known = np.random.default_rng(0).normal(0, 0.1, (100, 128))
    known[60] = known[30]
    assert Index(known).nearest(known[[60]]) == (0, 30, 0.0)
