"""The course's photos: fetched from two Python packages, verified, never committed."""

import hashlib
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from kubeface.errors import CommandFailed, KubefaceError, Missing
from kubeface.util import files
from kubeface.util.process import python, run


@dataclass(frozen=True)
class Photo:
    """One photo as a package carries it.

    Args:
        member: Its path inside the package's archive.
        sha256: Of its content.
    """

    member: str
    sha256: str


_FACES = "face_recognition-1.3.0/tests/test_images"
_SCIENCE = "skimage/data"
#: By path below the photos folder. Official portraits (public domain) and scikit-image's own samples.
PHOTOS: Mapping[str, Photo] = {
    "known_people/obama.jpg": Photo(
        f"{_FACES}/obama.jpg", "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6"
    ),
    "known_people/biden.jpg": Photo(
        f"{_FACES}/biden.jpg", "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c"
    ),
    "known_people/astronaut.png": Photo(
        f"{_SCIENCE}/astronaut.png", "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"
    ),
    "unknown_people/32bit.png": Photo(
        f"{_FACES}/32bit.png", "44dca895a7d635a4aedddd91a4f37af9a8a5b44e66154282a24645a757b5f627"
    ),
    "unknown_people/obama2.jpg": Photo(
        f"{_FACES}/obama2.jpg", "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6"
    ),
    "unknown_people/obama3.jpg": Photo(
        f"{_FACES}/obama3.jpg", "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3"
    ),
    "unknown_people/obama_partial_face.jpg": Photo(
        f"{_FACES}/obama_partial_face.jpg", "c2d1f09e7ef3042352b41e41286e6eb0522f64f88308be13886991b95db52117"
    ),
    "unknown_people/obama_partial_face2.jpg": Photo(
        f"{_FACES}/obama_partial_face2.jpg",
        "9a812347f97633542b8cd9992de22def11b74f79d82056bc3ee830f13878e028",
    ),
    "unknown_people/chelsea.png": Photo(
        f"{_SCIENCE}/chelsea.png", "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb"
    ),
}
#: A second picture of the astronaut, made from the first.
SMALL = "unknown_people/astronaut_small.jpg"
#: Head and shoulders, in pixels of the 512 × 512 portrait: left, top, right, bottom. The rest has a helmet,
#: and a badge that the detector takes for a second face (measured: score 0.1, hers 1.2).
_HEAD_AND_SHOULDERS = (60, 0, 380, 320)
_SMALL_SIDE_PX = 240

#: What pip fetches. One wheel for every machine: we only open it.
_REQUIREMENTS = """\
face-recognition==1.3.0 --hash=sha256:5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec
scikit-image==0.22.0 --hash=sha256:c5c378db54e61b491b9edeefff87e49fcf7fdf729bb93c777d7a5f15d36f743e
"""
_SOURCE_OR_WHEEL = ("--no-deps", "--no-binary=face-recognition", "--only-binary=scikit-image")
_ONE_WHEEL = (
    "--python-version=3.11",
    "--implementation=cp",
    "--abi=cp311",
    "--platform=manylinux_2_17_x86_64",
)


def fetch(cache: Path, say: Callable[[str], None]) -> Path:
    """The folder with known_people/ and unknown_people/; at once when all photos are there and unchanged.

    A missing or changed photo is replaced; photos that a user has added stay.

    Raises:
        Missing: the packages could not be fetched, or this Python cannot make a virtual environment.
        CommandFailed: a package does not carry what it should. No photo has been changed.
    """
    folder = cache / "photos"
    if wrong := wrong_ones(folder):
        say(f"Fetching {len(wrong)} photos")
        _write(folder, _download())
    _derive(folder)
    return folder


def wrong_ones(folder: Path) -> list[str]:
    """The photos that are missing in `folder` or differ from what they should be."""
    return [name for name, photo in PHOTOS.items() if not _is_right(folder / name, photo)]


def _is_right(path: Path, photo: Photo) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == photo.sha256


def _derive(folder: Path) -> None:
    """Make the small picture of the astronaut: mirrored, 240 × 240."""
    with Image.open(folder / "known_people" / "astronaut.png") as portrait:
        part = portrait.convert("RGB").crop(_HEAD_AND_SHOULDERS)
    small = part.resize((_SMALL_SIDE_PX, _SMALL_SIDE_PX), Image.Resampling.LANCZOS)
    data = BytesIO()
    ImageOps.mirror(small).save(data, "JPEG", quality=90)
    _write(folder, {SMALL: data.getvalue()})


def _write(folder: Path, photos: Mapping[str, bytes]) -> None:
    """Put photos in place, each whole or not at all, readable by everyone (a Pod is not its owner)."""
    for name, data in photos.items():
        for parent in (folder, (folder / name).parent):
            parent.mkdir(parents=True, exist_ok=True)
            parent.chmod(0o755)
        files.write(folder / name, data, mode=0o644)


def _download() -> dict[str, bytes]:
    """The content of every photo, by path below the photos folder, each verified."""
    with tempfile.TemporaryDirectory() as name:
        archives = _fetch_packages(Path(name))
        members = {member: data for archive in archives for member, data in _members(archive).items()}
    found = {name: members.get(photo.member, b"") for name, photo in PHOTOS.items()}
    for path, data in found.items():
        if hashlib.sha256(data).hexdigest() != PHOTOS[path].sha256:
            raise CommandFailed(f"The photo {path} is not what it should be.", seen=PHOTOS[path].member)
    return found


def _fetch_packages(folder: Path) -> list[Path]:
    """Download both packages with a pip of our own: the environment we run in may have none."""
    try:
        run(
            python("-m", "venv", folder / "venv"),
            what="Making an environment with pip",
            timeout_s=120,
        )
    except CommandFailed as error:
        raise Missing(
            "Fetching the photos needs Python's venv module.",
            seen=error.seen,
            try_next=error.try_next or "on Debian or Ubuntu: apt install python3-venv",
        ) from error
    (folder / "requirements.txt").write_text(_REQUIREMENTS)
    pip = python("-m", "pip", "--no-input", interpreter=folder / "venv" / "bin" / "python")
    pip += ["--disable-pip-version-check", "download", "--quiet"]
    wanted = [
        "--require-hashes",
        f"--requirement={folder / 'requirements.txt'}",
        f"--dest={folder / 'packages'}",
    ]
    try:
        run(
            [*pip, *_SOURCE_OR_WHEEL, *_ONE_WHEEL, *wanted],
            what="Downloading the photos",
            timeout_s=600,
        )
    except KubefaceError as error:
        raise Missing(
            "The photos could not be downloaded: the package index did not deliver them.",
            seen=error.seen,
            try_next=error.try_next
            or "check the network, the proxy and pip's settings of this machine, then run this again",
        ) from error
    return sorted((folder / "packages").iterdir())


def _members(archive: Path) -> dict[str, bytes]:
    """The photos in an archive, by their path in it."""
    wanted = {photo.member for photo in PHOTOS.values()}
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist() if name in wanted}
    with tarfile.open(archive) as source:
        taken = {entry.name: source.extractfile(entry) for entry in source if entry.name in wanted}
        return {name: file.read() for name, file in taken.items() if file is not None}
