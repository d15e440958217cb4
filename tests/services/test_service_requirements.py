"""The requirements of the images: complete, and the versions that the tests ran with."""

import re
import tomllib
from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement
from real_servers import ROOT

IMAGES = sorted(file.parent.name for file in ROOT.glob("images/*/requirements.txt"))


def pins(image: str) -> dict[str, str]:
    """Name → version, as the image installs them (without looking for dependencies)."""
    lines = (ROOT / "images" / image / "requirements.txt").read_text().splitlines()
    given = [Requirement(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]
    return {plain(one.name): str(one.specifier).removeprefix("==") for one in given}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_has_the_versions_of_the_lock_file(image: str) -> None:
    locked: dict[str, set[str]] = {}
    for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]:
        locked.setdefault(package["name"], set()).add(package.get("version", ""))
    assert pins(image)
    assert {
        name: version for name, version in pins(image).items() if version not in locked.get(name, set())
    } == {}


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_has_everything_that_its_packages_need(image: str) -> None:
    given = set(pins(image))
    needed = {
        plain(wanted.name)
        for name in given
        for wanted in map(Requirement, requires(name) or [])
        if not wanted.marker or wanted.marker.evaluate({"extra": ""})
    }
    assert needed - given - {"dlib"} == set()  # dlib-bin carries dlib, compiled
