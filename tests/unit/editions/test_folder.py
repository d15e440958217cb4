"""Which folder can be the learner's own: theirs, writable, nothing else in it; a refusal is a sentence."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from small_course import COURSE, FIRST, NEXT, notebook

from kubeface import places
from kubeface.editions import Folder
from kubeface.errors import BadInput
from kubeface.util import files

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="acts for another account")


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The home of another person, who has typed `sudo`."""
    home = Path(tempfile.mkdtemp(prefix="home of nobody "))
    os.chown(home, NOBODY, NOBODY)
    monkeypatch.setenv("SUDO_UID", str(NOBODY))
    monkeypatch.setenv("SUDO_GID", str(NOBODY))
    yield home
    shutil.rmtree(home)


def test_what_is_there_already_is_not_taken_for_a_folder_to_work_in(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(BadInput, match=r"(?s)holds something else.*it has thesis\.txt.*--folder FOLDER"):
        Folder(tmp_path).renew(COURSE)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    Folder(tmp_path).renew(COURSE)
    assert (tmp_path / FIRST).read_bytes() == COURSE[FIRST]


def test_a_folder_that_was_prepared_and_then_cut_off_is_the_learner_s(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "kubeface")
    folder.prepare()
    (folder.path / "glossary.md").write_bytes(COURSE["glossary.md"])
    folder.renew(COURSE)
    assert (folder.path / FIRST).read_bytes() == COURSE[FIRST]


def test_the_checkout_and_what_is_in_it_stay_as_they_are() -> None:
    for path in (places.SOURCE, places.SOURCE / "mine"):
        with pytest.raises(BadInput, match="is in the course's own source, which stays as it is"):
            Folder(path).renew(COURSE)
    assert not (places.SOURCE / "mine").exists()


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "kubeface").symlink_to(tmp_path / "disk")
    Folder(tmp_path / "kubeface").renew(COURSE)
    assert (tmp_path / "disk" / FIRST).read_bytes() == COURSE[FIRST]
    assert (tmp_path / "kubeface").is_symlink()


@pytest.mark.parametrize("kind", ["a link to nowhere", "a file"])
def test_what_is_no_folder_is_said(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "kubeface"
    path.symlink_to("/nowhere/at/all") if "link" in kind else path.write_text("mine")
    with pytest.raises(BadInput, match=r"(?s)kubeface cannot be used.*File exists.*--folder FOLDER"):
        Folder(path).renew(COURSE)
    assert os.path.lexists(path)


@as_root
def test_a_folder_of_somebody_else_s_is_left_alone(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY, NOBODY)
    with pytest.raises(BadInput, match=r"(?s)somebody else's.*it belongs to nobody"):
        Folder(tmp_path).renew(COURSE)
    os.chown(tmp_path, 4242, 4242)
    with pytest.raises(BadInput, match="it belongs to the account 4242"):
        Folder(tmp_path).renew(COURSE)
    assert list(tmp_path.iterdir()) == []


@as_root
def test_under_sudo_everything_belongs_to_the_person(nobody: Path) -> None:
    folder = Folder(nobody / "a" / "kubeface")
    folder.renew(COURSE)
    (folder.path / FIRST).write_bytes(notebook("mine"))
    folder.renew(COURSE | NEXT)
    folder.restore(COURSE, ["00"])
    everything = [nobody / "a", *(nobody / "a").rglob("*")]
    assert len(everything) > 2 * len(COURSE)
    assert {path.stat().st_uid for path in everything} == {NOBODY}
    assert {path.stat().st_gid for path in everything} == {NOBODY}
    assert os.geteuid() == 0


@as_root
def test_what_the_person_may_not_write_to_is_said_and_nothing_changes(nobody: Path) -> None:
    folder = Folder(nobody / "kubeface")
    folder.renew(COURSE)
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    for one in (folder.path / "manifests" / "receiver", folder.path):
        one.chmod(0o500)
        with pytest.raises(BadInput, match=r"(?s)cannot be used.*was not changed.*Permission"):
            folder.renew(COURSE | NEXT | {"manifests/receiver/more.yaml": b"", "more.md": b""})
        one.chmod(0o700)
        now = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
        assert now == before
    assert os.geteuid() == 0


@as_root
def test_on_a_full_disk_nothing_changes_and_it_is_said(tmp_path: Path) -> None:
    """The folder holds the course; then the disk is full, and a larger version comes."""
    script = f"""
set -e
mount -t tmpfs -o size=200k tmpfs "{tmp_path}"
exec "{sys.executable}" -c '
import sys
from pathlib import Path
sys.path.insert(0, "{Path(__file__).parent}")
from small_course import COURSE, FIRST, NEXT, notebook
from kubeface.editions import Folder
from kubeface.util import refusals
folder = Folder(Path("{tmp_path}") / "kubeface")
folder.renew(COURSE)
(folder.path / FIRST).write_bytes(notebook("1 + 1", ran=True))
before = {{path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}}
try:
    folder.renew(COURSE | NEXT | {{"photos/known_people/large.png": bytes(300_000)}})
except OSError as error:
    print(refusals.in_words(error))
print({{path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}} == before)'
"""
    command = ["unshare", "--mount", "bash", "-c", script]
    environment = os.environ | {"JUPYTER_DATA_DIR": str(tmp_path.parent / "jupyter")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("There is no space left on the disk"), done.stdout + done.stderr
    assert done.stdout.endswith("True\n")


def test_two_at_once_wait_for_each_other(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The second one begins while the first writes, and finds nothing left to do."""
    (folder.path / FIRST).write_bytes(notebook("1 + 1", ran=True))
    writing, go_on = Event(), Event()
    write_together = files.write_together

    def slowly(contents: dict[Path, bytes], **options: int) -> None:
        writing.set()
        assert go_on.wait(60)
        write_together(contents, **options)

    monkeypatch.setattr(files, "write_together", slowly)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(folder.renew, COURSE | NEXT)
        assert writing.wait(60)
        second = pool.submit(folder.renew, COURSE | NEXT)
        assert not second.done()
        go_on.set()
        assert [bool(first.result(60)), second.result(60)] == [True, []]
    assert len(list(folder.path.rglob("earlier/**/*.ipynb"))) == 1


def test_jupyterlab_trusts_what_was_given_and_not_what_was_edited(folder: Folder) -> None:
    notary = NotebookNotary()
    given = nbformat.reads((folder.path / FIRST).read_text(), as_version=4)
    edited = nbformat.reads(notebook("mine").decode(), as_version=4)
    assert notary.check_signature(given)
    assert not notary.check_signature(edited)
    notary.store.close()


def test_a_place_for_signatures_that_cannot_be_written_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "file"))
    Folder(tmp_path / "kubeface").renew(COURSE)
    assert (tmp_path / "kubeface" / FIRST).exists()
