"""An image's fingerprint changes exactly when the image would."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kubeface.errors import BadInput
from kubeface.images import inputs

DOCKERFILE = """\
FROM base AS build
COPY --from=elsewhere /etc/never /build/
COPY images/a/requirements.txt /build/

FROM base
COPY --chmod=0755 images/a/app \\
     images/a/*.sql /app/
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    files = {
        ".dockerignore": "# comment\n.git\n**/__pycache__\n**/*_pb2.py\n",
        "images/a/Dockerfile": DOCKERFILE,
        "images/a/requirements.txt": "one==1",
        "images/a/app/core.py": "core",
        "images/a/app/deep/server.py": "server",
        "images/a/init.sql": "CREATE",
        "images/a/README.md": "read me",
    }
    for name, text in files.items():
        write(tmp_path / name, text)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def of(source: Path, base: str = "base") -> str:
    return inputs.fingerprint(source / "images/a/Dockerfile", source, base=base)


def test_what_is_copied_is_found(source: Path) -> None:
    found = inputs.copied(source / "images/a/Dockerfile", source)
    names = ["app/core.py", "app/deep/server.py", "init.sql", "requirements.txt"]
    assert [str(path.relative_to(source / "images/a")) for path in found] == names


@pytest.mark.parametrize(
    "change",
    [
        lambda source: write(source / "images/a/app/core.py", "other"),
        lambda source: write(source / "images/a/app/deep/new.py", ""),
        lambda source: write(source / "images/a/more.sql", ""),
        lambda source: write(source / "images/a/Dockerfile", DOCKERFILE + "USER 1\n"),
        lambda source: (source / "images/a/app/core.py").chmod(0o755),
        lambda source: (source / "images/a/app/core.py").rename(source / "images/a/app/kernel.py"),
        lambda source: (source / "images/a/app/deep/server.py").rename(source / "images/a/app/server.py"),
        lambda source: (source / "images/a/app/deep/server.py").unlink(),
    ],
    ids=["content", "new file", "new match", "Dockerfile", "mode", "name", "place", "removed"],
)
def test_a_change_that_matters(source: Path, change: Callable[[Path], object]) -> None:
    before = of(source)
    change(source)
    assert of(source) != before


@pytest.mark.parametrize(
    "path",
    ["images/a/README.md", "images/b/app.py", "images/a/app/__pycache__/core.pyc", "images/a/app/a_pb2.py"],
)
def test_a_change_that_does_not_matter(source: Path, path: str) -> None:
    before = of(source)
    write(source / path, "something new")
    assert of(source) == before


def test_a_touched_file_is_the_same_file(source: Path) -> None:
    before = of(source)
    (source / "images/a/app/core.py").touch()
    assert of(source) == before


def test_the_base_counts(source: Path) -> None:
    assert of(source, "bookworm") != of(source, "trixie")


def test_the_list_form_of_copy_is_read(source: Path) -> None:
    write(source / "images/a/Dockerfile", 'FROM base\nCOPY ["images/a/init.sql", "/sql/"]\n')
    assert inputs.copied(source / "images/a/Dockerfile", source) == [source / "images/a/init.sql"]


def test_a_copy_of_nothing_is_refused(source: Path) -> None:
    write(source / "images/a/Dockerfile", "FROM base\nCOPY images/a/gone /\n")
    with pytest.raises(BadInput, match="images/a/gone"):
        of(source)


def test_an_ignore_rule_we_would_misread_is_refused(source: Path) -> None:
    inputs._ignore_rules.cache_clear()
    write(source / ".dockerignore", "!images/a\n")
    with pytest.raises(BadInput, match=r"not !images/a"):
        of(source)


def test_what_only_its_owner_may_read_is_for_everybody_in_an_image(source: Path, tmp_path: Path) -> None:
    script = source / "images/a/run.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    dockerfile = source / "images/a/Dockerfile"
    dockerfile.write_text("FROM base\nCOPY images/a/ /app/\n")
    before = inputs.fingerprint(dockerfile, source, base="b")
    for path in source.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)
    assert inputs.fingerprint(dockerfile, source, base="b") == before
    folder = tmp_path.with_name("laid out")
    folder.mkdir()
    mask = os.umask(0o077)
    try:
        assert inputs.lay_out(dockerfile, source, folder) == folder / "images/a/Dockerfile"
    finally:
        os.umask(mask)
    laid_out = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.name for path in laid_out} >= {"Dockerfile", "run.sh", "server.py"}
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_dir()} == {0o755}
    assert {path.name for path in laid_out if path.stat().st_mode & 0o777 == 0o755} == {"run.sh"}
    assert {path.stat().st_mode & 0o777 for path in laid_out} == {0o755, 0o644}
    for path in laid_out:  # else Python would compile each anew
        assert path.stat().st_mtime == (source / path.relative_to(folder)).stat().st_mtime
