"""The course's photos on this machine, and pictures made of them."""

import os
import shutil
import struct
import zlib
from io import BytesIO
from pathlib import Path

from PIL import Image

from kubeface.errors import Missing

OBAMA = ("obama2.jpg", "obama3.jpg", "obama_partial_face.jpg", "obama_partial_face2.jpg")
ASTRONAUT = "astronaut_small.jpg"
NO_FACE = ("chelsea.png", "coffee.png")
NEEDED = (
    "known_people/obama.jpg",
    "known_people/biden.jpg",
    "known_people/astronaut.png",
    *(f"unknown_people/{name}" for name in (*OBAMA, ASTRONAUT)),
)


def photos_folder() -> Path:
    """Where known_people/ and unknown_people/ are: KUBEFACE_PHOTOS, or `photos` in the cache."""
    cache = Path(os.environ.get("KUBEFACE_CACHE", Path.home() / ".cache/kubeface"))
    folder = Path(os.environ.get("KUBEFACE_PHOTOS", cache / "photos"))
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise Missing(
            f"{folder} lacks {', '.join(missing)}", try_next="fetch the photos, or set KUBEFACE_PHOTOS"
        )
    return folder


def copy_photos(target: Path) -> Path:
    """The photos in a folder of the test's own."""
    shutil.copytree(photos_folder(), target)
    return target


def known(name: str) -> Path:
    """One photo of known_people."""
    return photos_folder() / "known_people" / name


def unknown(name: str) -> Path:
    """One photo of unknown_people."""
    return photos_folder() / "unknown_people" / name


def without_face() -> Path:
    """A photo that shows nobody."""
    return next(path for path in map(unknown, NO_FACE) if path.is_file())


def beside(*paths: Path) -> Image.Image:
    """One picture of several, side by side."""
    parts = [Image.open(path).convert("RGB") for path in paths]
    whole = Image.new("RGB", (sum(part.width for part in parts), max(part.height for part in parts)))
    left = 0
    for part in parts:
        whole.paste(part, (left, 0))
        left += part.width
    return whole


def jpeg(picture: Image.Image, **options: object) -> bytes:
    """The picture as the bytes of a JPEG file."""
    data = BytesIO()
    picture.save(data, "JPEG", **{"quality": 92, **options})
    return data.getvalue()


def png_head(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and whose pixels are missing: whoever decodes it finds it broken."""
    size = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + size + struct.pack(">I", zlib.crc32(size))
    return head + struct.pack(">I", 1000) + b"IDAT" + zlib.compress(b"few")
