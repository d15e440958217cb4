"""Reads the numbers of dlib's face encoder from dlib's own model file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_CONVOLUTION, _SCALING, _LAST = b"\x01\x05con_4", b"\x01\x07affine_", b"\x01\x04fc_2"


class WrongModel(RuntimeError):
    """The file is not dlib's face encoder, or another version of it."""


@dataclass(frozen=True)
class Convolution:
    """One layer, its scaling folded in: `matrix` has shape (side * side * channels in, channels out)."""

    side: int
    matrix: Floats
    bias: Floats


@dataclass(frozen=True)
class Weights:
    """The convolutions from the picture on, and the last layer's matrix of shape (256, 128)."""

    convolutions: tuple[Convolution, ...]
    last: Floats


def read_weights(path: Path) -> Weights:
    """The weights in `dlib_face_recognition_resnet_model_v1.dat`.

    Raises:
        WrongModel: the file holds something else.
    Source:
        dlib's serialize.h (integers: a byte with sign and length, then the bytes, lowest first) and
        dnn/layers.h (what a layer writes, and in which order).
    """
    data = path.read_bytes()
    try:
        convolutions = tuple(_convolutions(data))
        last = _Reader(data, data.index(_LAST) + len(_LAST))
        outputs, inputs = last.integer(), last.integer()
        return Weights(convolutions, last.tensor().reshape(inputs, outputs))
    except (ValueError, IndexError) as error:
        raise WrongModel(f"{path.name} is not dlib's face encoder: {error}") from error


def _convolutions(data: bytes) -> Iterator[Convolution]:
    """Each convolution, with the scaling that follows it."""
    end, channels = 0, 3
    while (start := data.find(_CONVOLUTION, end)) >= 0:
        numbers = _Reader(data, start + len(_CONVOLUTION))
        parameters = numbers.tensor()
        count, side, _ = numbers.integer(), numbers.integer(), numbers.integer()
        scaling = _Reader(data, data.index(_SCALING, numbers.at) + len(_SCALING))
        gamma, beta = scaling.tensor().reshape(2, count)
        filters = parameters[:-count].reshape(count, channels, side, side) * gamma[:, None, None, None]
        matrix = np.ascontiguousarray(filters.transpose(2, 3, 1, 0).reshape(-1, count))
        yield Convolution(side, matrix, parameters[-count:] * gamma + beta)
        end, channels = scaling.at, count


class _Reader:
    """dlib's numbers one after the other, from a place in the file on."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self.at = at

    def integer(self) -> int:
        length = self._data[self.at] & 0x0F
        value = int.from_bytes(self._data[self.at + 1 : self.at + 1 + length], "little")
        self.at += 1 + length
        return value

    def tensor(self) -> Floats:
        """All numbers of a tensor, in one row; before them stand a version and four sizes."""
        if self.integer() != 2:
            raise ValueError("a tensor of another version")
        size = self.integer() * self.integer() * self.integer() * self.integer()
        values = np.frombuffer(self._data, "<f4", size, self.at).astype(np.float32)
        self.at += values.nbytes
        return values
