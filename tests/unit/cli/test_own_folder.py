"""`kubeface lesson restore`, and which folder `kubeface lab` opens."""

import os
import pwd
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kubeface import places
from kubeface.cli import lab, own_folder
from kubeface.cli.commands import app
from kubeface.errors import BadInput

NOTEBOOK = "05-services-and-dns.ipynb"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home of anna"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("KUBEFACE_CACHE", str(tmp_path / "cache"))
    for name in ("KUBEFACE_FOLDER", "SUDO_UID", "JUPYTER_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    return home


def typed(*words: str) -> str:
    done = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("lesson", ["5", "05", "nb05", NOTEBOOK])
def test_a_lesson_is_restored_in_the_folder_of_the_person(home: Path, lesson: str) -> None:
    own_folder.renew(home / "kubeface", print)
    (home / "kubeface" / NOTEBOOK).write_text("mine")
    assert "what you had is below earlier/" in typed("lesson", "restore", lesson)
    assert (home / "kubeface" / NOTEBOOK).read_text().startswith("{")
    assert [path.read_text() for path in (home / "kubeface" / "earlier").rglob("*.ipynb")] == ["mine"]


@pytest.mark.parametrize("way", ["option", "environment", "working directory"])
def test_another_folder_is_named_or_is_where_we_are(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    other = tmp_path / "other"
    own_folder.renew(other, print)
    (other / "glossary.md").write_text("mine")
    options = []
    if way == "option":
        options = ["--folder", str(other)]
    elif way == "environment":
        monkeypatch.setenv("KUBEFACE_FOLDER", str(other))
    else:
        monkeypatch.chdir(other / "manifests" / "receiver")
    assert "glossary.md" in typed("lesson", "restore", "glossary.md", *options)
    assert (other / "glossary.md").read_text() != "mine"
    assert not (home / "kubeface").exists()


def test_by_default_it_is_in_the_home_and_never_the_checkout(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert own_folder.chosen(None) == home / "kubeface"
    (home / "kubeface").symlink_to(places.SOURCE)
    assert own_folder.chosen(None) == home / "kubeface-course"
    (home / "kubeface").unlink()
    installed = home / "kubeface" / ".venv" / "site-packages" / "kubeface" / "course"
    monkeypatch.setattr(places, "SOURCE", installed)
    assert own_folder.chosen(None) == home / "kubeface-course"
    (home / "kubeface" / places.RECORD).mkdir(parents=True)  # it was the learner's before
    assert own_folder.chosen(None) == home / "kubeface"
    monkeypatch.setenv("KUBEFACE_FOLDER", "~/mine")
    assert own_folder.chosen(None) == home / "mine"
    monkeypatch.chdir(home)
    assert own_folder.chosen(Path("here")) == home / "here"


def test_under_sudo_it_is_in_the_home_of_who_typed_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person = next(one for one in pwd.getpwall() if one.pw_uid not in (0, os.getuid()))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("SUDO_UID", str(person.pw_uid))
    assert places.default_folder() == home / "kubeface"  # sudo has kept HOME
    monkeypatch.setenv("HOME", pwd.getpwuid(0).pw_dir)
    assert places.default_folder() == Path(person.pw_dir) / "kubeface"


def test_a_process_in_the_checkout_is_in_nobody_s_folder(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where the checkout itself lies in one."""
    assert places.folder_here() is None
    own_folder.renew(home / "kubeface", print)
    checkout = home / "kubeface" / "src" / "checkout"
    (checkout / "notebooks").mkdir(parents=True)
    monkeypatch.chdir(checkout / "notebooks")
    assert places.folder_here() == home / "kubeface"
    monkeypatch.setattr(places, "SOURCE", checkout)
    assert places.folder_here() is None
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert places.folder_here() is None


def test_a_folder_that_cannot_be_used_is_told_before_anything_is_set_up(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "kubeface").mkdir()
    (home / "kubeface" / "thesis.txt").write_text("mine")
    monkeypatch.setattr(lab, "foreground", lambda _: pytest.fail("it has begun"))
    with pytest.raises(BadInput, match="holds something else"):
        lab.everything("face", home / "kubeface", opens=False, say=print)


@pytest.mark.parametrize("name", ["kubeface", "my folder"])
def test_what_is_advised_without_a_browser_names_another_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    said: list[str] = []
    monkeypatch.setattr(lab, "foreground", lambda _: 0)
    lab.everything("face", home / name, opens=False, say=said.append)
    assert said[0] == f"Your own folder is {home / name}, with the course in it."
    assert said[-1].endswith(f"--folder '{home / name}'") == (name != "kubeface")
    assert (home / name / "00-start-here.ipynb").exists()


def test_jupyterlab_opens_the_folder_and_its_terminals_know_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    became: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(lab, "foreground", lambda _: 0)
    monkeypatch.setattr(os, "execve", lambda _, words, environment: became.append((words, environment)))
    monkeypatch.chdir(home)  # and back at the end
    lab.everything("face", home / "kubeface", opens=True, say=print)
    assert Path.cwd() == home / "kubeface"
    [(words, environment)] = became
    assert f"--ServerApp.root_dir={home / 'kubeface'}" in words
    assert "--LabApp.default_url=/lab/tree/00-start-here.ipynb" in words
    assert environment["KUBEFACE_FOLDER"] == str(home / "kubeface")
