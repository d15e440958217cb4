"""128 numbers for a face: dlib's network, computed with NumPy.

dlib's own way to compute it, as its package is compiled, takes six times as long (measured: 60 ms a face
instead of 10) and holds Python's lock meanwhile. The numbers are the same to five digits; a test compares.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from face_recognition_service.weights import Convolution, Floats, Weights

CHIP_SIDE = 150  # specified: the network takes faces of 150 x 150 pixels
_MEAN_RGB = np.array([122.782, 117.001, 104.298], np.float32)  # dlib's input_rgb_image_sized
_SCALE = np.float32(1 / 256)
#: Blocks of two convolutions, from the picture on; at "down" the picture is halved (dlib's anet_type).
_BLOCKS = ("same",) * 3 + ("down",) + ("same",) * 3 + (("down",) + ("same",) * 2) * 2 + ("down",)


class Encoder:
    """Many threads may use one: its weights are only read."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def encode(self, chips: NDArray[np.uint8]) -> NDArray[np.float64]:
        """128 numbers for each face.

        Args:
            chips: RGB pixels of upright faces cut out by dlib, shape (faces, 150, 150, 3).
        Returns:
            Shape (faces, 128), no unit.
        """
        layers = iter(self._weights.convolutions)
        values = (chips.astype(np.float32) - _MEAN_RGB) * _SCALE
        values = _largest_of_3(_positive(_convolve(values, next(layers), step=2)))
        for block in _BLOCKS:
            step = 2 if block == "down" else 1
            inner = _positive(_convolve(values, next(layers), step))
            inner = _convolve(inner, next(layers), 1)
            values = _positive(_sum(inner, _mean_of_2(values) if step == 2 else values))
        encodings: Floats = values.mean(axis=(1, 2)) @ self._weights.last
        return encodings.astype(np.float64, copy=False)


def _convolve(values: Floats, layer: Convolution, step: int) -> Floats:
    """One matrix product: a row for each place of the window. Edges are filled up only at step 1."""
    side, count = layer.side, values.shape[0]
    if step == 1:
        edge = side // 2
        values = np.pad(values, ((0, 0), (edge, edge), (edge, edge), (0, 0)))
    windows = sliding_window_view(values, (side, side), axis=(1, 2))[:, ::step, ::step]
    height, width = windows.shape[1:3]
    rows = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, layer.matrix.shape[0])
    products = rows @ layer.matrix
    products += layer.bias
    return products.reshape(count, height, width, layer.bias.size)


def _positive(values: Floats) -> Floats:
    return np.maximum(values, 0, out=values)


def _largest_of_3(values: Floats) -> Floats:
    """The largest of each 3 x 3 window, two apart."""
    windows = sliding_window_view(values, (3, 3), axis=(1, 2))[:, ::2, ::2]
    largest: Floats = windows.max(axis=(4, 5))
    return largest


def _mean_of_2(values: Floats) -> Floats:
    """The mean of each 2 x 2 window; an odd last row or column falls away."""
    count, height, width, channels = values.shape
    whole = values[:, : height // 2 * 2, : width // 2 * 2]
    means: Floats = whole.reshape(count, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
    return means


def _sum(one: Floats, other: Floats) -> Floats:
    """Both added. Where a picture is halved their sizes and channels differ: what is missing counts as 0."""
    if one.shape == other.shape:
        one += other
        return one
    total = np.zeros(np.maximum(one.shape, other.shape), np.float32)
    for part in (one, other):
        total[tuple(slice(size) for size in part.shape)] += part
    return total
