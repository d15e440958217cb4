"""environment.yml, for conda users, asks for what pyproject.toml asks for."""

import re
import tomllib

import yaml
from tracked import ROOT

CONDA_ONLY = {"python", "pip"}
#: What a learner has for cells of her own, and the library does not import: pip would compile dlib for it.
FACES = {"dlib_bin": "dlib", "face_recognition": "face_recognition", "setuptools": "setuptools"}


def test_conda_users_get_the_same_dependencies() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert difference(pyproject, conda) == {}


def test_the_same_python() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert f"python{pyproject['project']['requires-python']}" in conda["dependencies"]


def test_a_dependency_more_or_less_and_another_version_are_seen() -> None:
    pyproject = {
        "project": {"dependencies": ["rich>=14", "typer>=0.20", "httpx-sse>=1"]},
        "dependency-groups": {"services": ["dlib-bin>=20", "fastapi>=0.120"]},
    }
    conda = {"dependencies": ["python>=3.11", "httpx_sse>=1", "typer>=0.21", {"pip": ["pynsq>=1"]}]}
    assert difference(pyproject, conda) == {
        "rich": (">=14", None),
        "typer": (">=0.20", ">=0.21"),
        "pynsq": (None, ">=1"),
        "dlib": (">=20", None),
    }


def difference(pyproject: dict, conda: dict) -> dict[str, tuple[str | None, str | None]]:
    """Name → (version in pyproject.toml, version in environment.yml), where the two are not the same."""
    services = [one for one in pyproject["dependency-groups"]["services"] if parted(one)[0] in FACES]
    wanted = dict(map(parted, [*pyproject["project"]["dependencies"], *services]))
    wanted = {FACES.get(name, name): version for name, version in wanted.items()}
    lines = [line for line in conda["dependencies"] if isinstance(line, str)]
    lines += [line for part in conda["dependencies"] if isinstance(part, dict) for line in part["pip"]]
    given = {name: version for name, version in map(parted, lines) if name not in CONDA_ONLY}
    both = [*wanted, *(name for name in given if name not in wanted)]
    pairs = {name: (wanted.get(name), given.get(name)) for name in both}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def parted(requirement: str) -> tuple[str, str]:
    name, version = re.fullmatch(r"([\w.-]+?)([<>=!~].*)?", requirement).groups(default="")
    return name.lower().replace("-", "_"), version
