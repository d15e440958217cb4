"""How large the images with Python in them are."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from bench.benchmark import Benchmark
from kubeface import places

SOURCE = Path(__file__).resolve().parents[1]
#: The images with Python in them: those that pin packages.
PYTHON_IMAGES = sorted(path.parent.name for path in SOURCE.glob("images/*/requirements.txt"))
LARGE = "face-recognition"  # it carries dlib, NumPy and the models


def size_mb(name: str) -> float:
    """What an image takes on a node's disk, all of its layers unpacked, in MB of 10⁶ bytes.

    It is built first, unless it is there and nothing has changed; of several tags the largest counts.

    Raises:
        KubefaceError: not root, or the build failed.
    """
    from kubeface.cli import setup
    from kubeface.images import load
    from kubeface.images.storage import Storage

    setup.build_images({name}, say=partial(print, file=sys.stderr))
    refs = {f"localhost/{image.ref}" for image in load(SOURCE) if image.name == name}
    sizes = unpacked_bytes(Storage(places.cache()).root)
    return max(sizes[ref] for ref in refs) / 1e6


def unpacked_bytes(root: Path) -> dict[str, int]:
    """The bytes of each image in a storage of containers/storage, by its names."""
    layers = {layer["id"]: layer for layer in _index(root, "layers")}
    return {
        name: _chain_bytes(image.get("layer"), layers)
        for image in _index(root, "images")
        for name in image.get("names") or []
    }


def _chain_bytes(layer: str | None, layers: dict[str, Any]) -> int:
    """A layer and all those below it."""
    if not layer:
        return 0
    return int(layers[layer].get("diff-size", 0)) + _chain_bytes(layers[layer].get("parent"), layers)


def _index(root: Path, kind: str) -> list[dict[str, Any]]:
    (file,) = root.glob(f"*-{kind}/{kind}.json")  # overlay-images/images.json
    entries: list[dict[str, Any]] = json.loads(file.read_text())
    return entries


def _benchmark(name: str) -> Benchmark:
    title = "image_mb" if name == LARGE else f"image_mb_{name.replace('-', '_')}"
    goal = "<= 400" if name == LARGE else "<= 200"
    how = f"the layers of the image {name} unpacked, from the storage it was built into"
    return Benchmark(title, "MB", goal, how, partial(size_mb, name))


BENCHMARKS = [_benchmark(name) for name in PYTHON_IMAGES]
