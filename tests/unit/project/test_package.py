"""The package: what is in it, that every build of it is the same, that it works without a checkout."""

import email
import json
import os
import re
import stat
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.metadata import Metadata
from packaging.requirements import Requirement
from tracked import ROOT, files

from kubeface import images
from kubeface.editions.notebooks import cleared
from kubeface.images import inputs

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
#: Folders of the checkout, and where they lie in the wheel.
PLACES = {
    "lib/kubeface": "kubeface",
    "notebooks": "kubeface/course/notebooks",
    "manifests": "kubeface/course/manifests",
    "images": "kubeface/course/images",
}
#: Files that lie in the wheel a second time, where images are built of them.
BESIDE = tuple(files(".dockerignore", "lib/kubeface/local/toolchain/nsq/go.*"))
LARGEST_BYTES = 2_000_000  # chosen: twice of what docs/package.md says
FIRST = "00-start-here.ipynb"
IN_THE_PACKAGE = """
import json, sys
from pathlib import Path
from kubeface import images, places
from kubeface.images import inputs
made = {
    image.ref: inputs.fingerprint(places.SOURCE / image.folder / "Dockerfile", places.SOURCE, base="")
    for image in images.load(places.SOURCE) if image.folder
}
print(json.dumps({"source": str(places.SOURCE), "path": sys.path, "images": made}))
"""
COMPLETES = {
    "bash": """kubeface --install-completion; . ~/.bashrc
        COMP_WORDS=(kubeface no) COMP_CWORD=1; _kubeface_completion kubeface; echo "${COMPREPLY[@]}" """,
    "fish": """kubeface --install-completion; . ~/.config/fish/completions/kubeface.fish
        complete -C 'kubeface no'""",
    "zsh": """kubeface --install-completion; autoload -Uz compinit; compinit -u; . ~/.zfunc/_kubeface
        echo $_comps[kubeface]
        _KUBEFACE_COMPLETE=complete_zsh _TYPER_COMPLETE_ARGS='kubeface no' kubeface""",
}


def build(source: Path, target: str, folder: Path, umask: int = 0o022) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder]
    said = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False, umask=umask)
    assert said.returncode == 0, said.stderr
    [built] = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def bin_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a fresh environment with the wheel in it, and what it depends on lent by the one that runs this."""
    fresh = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", fresh], check=True)
    pip = [fresh / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(pip, check=True)
    [packages] = fresh.glob("lib/python*/site-packages")
    lent = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    (packages / "lent.pth").write_text("\n".join(lent))  # files there that lead to a checkout are not read
    return fresh / "bin"


class Person:
    """Somebody in an empty folder, with an empty home, on a machine that knows of no checkout."""

    def __init__(self, bin_folder: Path, home: Path) -> None:
        self.home = home
        path = f"{bin_folder}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
        self._settings = {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8"}

    def types(self, *words: str) -> subprocess.CompletedProcess[str]:
        here = self.home / "an empty folder"
        here.mkdir(exist_ok=True)
        said = subprocess.run(
            words, cwd=here, env=self._settings, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in said.stderr
        assert list(here.iterdir()) == []
        return said


@pytest.fixture
def person(bin_folder: Path, tmp_path: Path) -> Person:
    return Person(bin_folder, tmp_path)


def place(path: Path) -> str:
    """Where a file of the checkout lies in the wheel."""
    name = str(path.relative_to(ROOT))
    [folder] = [one for one in PLACES if name.startswith(f"{one}/")]
    return PLACES[folder] + name.removeprefix(folder)


def is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def test_the_wheel_has_each_file_of_the_library_and_of_the_course_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {one.filename: one for one in archive.infolist() if ".dist-info/" not in one.filename}
        tracked = {place(path): path for path in files(*PLACES)}
        tracked |= {f"kubeface/course/{path.relative_to(ROOT)}": path for path in BESIDE}
        assert {place(ROOT / f"notebooks/{name}") for name in (FIRST, "glossary.md", "minutes.json")} <= set(
            packed
        )
        assert sorted(packed) == sorted(tracked)
        assert [name for name, path in tracked.items() if archive.read(name) != path.read_bytes()] == []
    modes = {name: stat.S_IMODE(one.external_attr >> 16) for name, one in packed.items()}
    assert modes == {name: inputs.mode(path) for name, path in tracked.items()}


def test_the_wheel_is_small_and_has_no_binary(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert [name for name in archive.namelist() if not is_text(archive.read(name))] == []
    assert wheel.name.endswith("-py3-none-any.whl")
    assert wheel.stat().st_size < LARGEST_BYTES


def test_the_sdist_has_each_file_of_the_checkout(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert {str(path.relative_to(ROOT)) for path in files()} - packed == set()


def test_from_the_sdist_in_another_folder_the_same_wheel_is_built(
    wheel: Path, sdist: Path, tmp_path: Path
) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    [source] = (tmp_path / "source").iterdir()
    (tmp_path / "built").mkdir()
    assert build(source, "wheel", tmp_path / "built", umask=0o077).read_bytes() == wheel.read_bytes()


def test_an_index_takes_the_metadata_and_its_page_stands_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [one for one in archive.namelist() if one.endswith(".dist-info/METADATA")]
        raw = archive.read(name)
        assert name.replace("METADATA", "licenses/LICENSE") in archive.namelist()
    told = Metadata.from_email(raw, validate=True)
    assert (told.name, str(told.version), told.license_expression) == ("kubeface", "0.1.0", "Apache-2.0")
    assert told.requires_python == PROJECT["requires-python"]
    assert told.description_content_type == "text/markdown"
    assert told.description == (ROOT / PROJECT["readme"]).read_text()
    assert relative_links(told.description) == []
    assert {one.partition(" ::")[0] for one in email.message_from_bytes(raw).get_all("Classifier", [])} <= {
        "Development Status", "Environment", "Framework", "Intended Audience", "Operating System",
        "Programming Language", "Topic",
    }  # fmt: skip


def relative_links(page: str) -> list[str]:
    return re.findall(r"\]\((?!https?:|#)([^)]+)\)", page)


def test_a_link_that_leads_nowhere_on_an_index_is_seen() -> None:
    assert relative_links("![a](docs/a.png), [b](https://example.org), [c](#start)") == ["docs/a.png"]


def test_nothing_that_it_depends_on_has_to_be_compiled() -> None:
    """face_recognition asks for dlib, which an index has as source only; services alone need it."""
    names = {Requirement(one).name.lower().replace("_", "-") for one in PROJECT["dependencies"]}
    assert names & {"dlib", "dlib-bin", "face-recognition"} == set()


def test_installed_it_says_its_version(person: Person) -> None:
    said = person.types("kubeface", "--version")
    assert said.stdout.startswith(f"kubeface {PROJECT['version']}, Kubernetes v1.")


def test_installed_it_finds_its_own_course_and_makes_the_same_images_of_it(
    person: Person, bin_folder: Path
) -> None:
    said = person.types(str(bin_folder / "python"), "-c", IN_THE_PACKAGE)
    found = json.loads(said.stdout)
    assert Path(found["source"]).is_relative_to(bin_folder.parent)
    assert str(ROOT / "lib") not in found["path"]
    assert found["images"] == {
        image.ref: inputs.fingerprint(ROOT / image.folder / "Dockerfile", ROOT, base="")
        for image in images.load(ROOT)
        if image.folder
    }


def test_installed_it_gives_a_lesson(person: Person) -> None:
    said = person.types("kubeface", "lesson", "restore", "00", "--folder", str(person.home / "mine"))
    assert said.returncode == 0, said.stderr
    given = (person.home / "mine" / FIRST).read_bytes()
    assert given == cleared((ROOT / "notebooks" / FIRST).read_bytes())


@pytest.mark.skipif(os.geteuid() != 0, reason="sudo may ask for a password")
def test_installed_it_looks_at_the_machine(person: Person) -> None:
    said = person.types("kubeface", "doctor")
    assert "In order: root rights" in said.stdout
    assert "kubeface setup does it." in said.stdout
    assert said.returncode == 1


@pytest.mark.parametrize("name", COMPLETES)
def test_installed_a_shell_completes_its_commands(person: Person, name: str) -> None:
    said = person.types(name, "-c", COMPLETES[name])
    assert "node" in said.stdout.split("\n", 1)[1], said.stdout + said.stderr
