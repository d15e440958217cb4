"""A name is looked at before it becomes a path, and no two clusters share what is made of theirs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kubeface.errors import BadInput
from kubeface.local import lock, names, spec, state
from kubeface.local.cluster import LocalCluster
from kubeface.local.spec import LINK_LENGTH, ClusterSpec

NO_NAMES = [
    "", " ", ".", "..", "/", "../victim", "/etc", "a/b", "kube-face-cluster", "Bad Name", "a b", "50%", "ü",
    "face ", "Face", "-a", "a-", "1st", "a_b", "a.b", "a\n", "$NAME", "*",
    "--purge", "a" * 64, "a" * 108, "\0", "~",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where clusters would be, were they made by this test; the learner's files too."""
    for module in (spec, state, lock):
        monkeypatch.setattr(module, "STATE", tmp_path / "state")
    monkeypatch.setattr(lock, "RUN", tmp_path / "run")
    monkeypatch.setattr(spec, "RUN", tmp_path / "run")
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(tmp_path / "kube-face-cluster.kubeconfig"))
    return tmp_path / "state"


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_cannot_be_a_name_is_refused_before_anything_is_touched(name: str, folder: Path) -> None:
    state.save(ClusterSpec("face"))
    (folder.parent / "victim").mkdir()
    (folder.parent / "kube-face-cluster.kubeconfig").write_text("mine")
    before = sorted(folder.parent.rglob("*"))
    with pytest.raises(BadInput) as refused:
        LocalCluster(name)
    assert refused.value.try_next.startswith("--name ")
    assert len(refused.value.what) < 120
    assert sorted(folder.parent.rglob("*")) == before


@pytest.mark.parametrize("verb", ["down --purge", "logs etcd", "node add"])
def test_every_command_refuses_it_in_a_sentence(verb: str) -> None:
    command = [sys.executable, "-m", "kubeface", *verb.split(), "--name", "../victim"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "kubeface: A cluster cannot be named '../victim'." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["face", "a", "lab-2", "x1", "a--b", "a" * 63])
def test_a_usual_name_is_a_name(name: str, folder: Path) -> None:
    assert LocalCluster(name).name == name
    assert len(str(spec.Path("/run/kubeface") / name / "supervisor.sock.12345678")) <= 107  # as Linux has it


@pytest.mark.parametrize("name", ["My_Lab", "1st", "a.b"])
def test_a_cluster_that_an_earlier_version_made_is_still_spoken_to(name: str, folder: Path) -> None:
    state.save(ClusterSpec(name))
    assert LocalCluster(name).name == name


def test_a_folder_that_is_no_cluster_makes_no_name(folder: Path) -> None:
    (folder / "lost+found").mkdir(parents=True)
    with pytest.raises(BadInput):
        LocalCluster("lost+found")


def test_a_cluster_is_the_one_of_its_folder_whatever_its_file_says(folder: Path) -> None:
    state.save(ClusterSpec("face"))
    copied = json.loads((folder / "face" / "cluster.json").read_text())
    (folder / "copy").mkdir()
    (folder / "copy" / "cluster.json").write_text(json.dumps(copied))
    found = state.saved("copy")
    assert found is not None
    assert found.folder == folder / "copy"


def test_a_namespace_belongs_to_one_cluster() -> None:
    one, other, third = ClusterSpec("face"), ClusterSpec("face-two"), ClusterSpec("face-node1")
    for mine, theirs in ((one, other), (other, one), (one, third), (third, one)):
        for name in (mine.switch, *(node.netns for node in mine.nodes)):
            assert mine.owns_namespace(name)
            assert not theirs.owns_namespace(name)


def test_long_names_share_no_interface() -> None:
    many = [
        "conformance-one",
        "conformance-two",
        "kubernetes-lab1",
        "kubernetes-lab2",
        "a" * 62,
        "a" * 63,
        "face",
    ]
    links = [ClusterSpec(name).host_link for name in many]
    assert len(set(links)) == len(many)
    assert max(map(len, links)) <= LINK_LENGTH
    assert ClusterSpec("face").host_link == ClusterSpec("face").older_host_link == "kf-face"
    assert ClusterSpec("twelve-chars").host_link == "kf-twelve-chars"


@pytest.mark.parametrize(
    "program",
    ["../../x", "../../../../../../../var/log/dpkg", "/etc/passwd", "", "*", "etcd/../../secret", "x"],
)
def test_a_log_is_one_of_those_there_are(program: str, folder: Path) -> None:
    state.save(ClusterSpec("face"))
    logs = folder / "face" / "logs"
    logs.mkdir()
    (logs / "etcd.log").write_text("fine")
    (folder / "secret.log").write_text("secret")
    (logs / "x.log").symlink_to(folder / "secret.log")
    door = LocalCluster("face")
    assert door.log("etcd") == logs / "etcd.log"
    with pytest.raises(BadInput, match="There is no log of") as refused:
        door.log(program)
    assert "logs here: etcd" in refused.value.seen
    for node in ("../..", "node1/../..", "", "node9"):
        if node:
            with pytest.raises(BadInput, match="There is no node"):
                door.log("etcd", node)


def test_advice_speaks_of_the_cluster_that_was_meant() -> None:
    assert names.command("node start node2", "face") == "kubeface node start node2"
    assert names.command("down --purge", "lab") == "kubeface down --purge --name lab"
