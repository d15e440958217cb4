"""What a learner did to the course's context is put right, and what they added stays."""

from pathlib import Path

import pytest
import yaml

from kubeface.kube.kubectl import find_kubectl
from kubeface.local.kubeconfig import is_readable, repaired, server
from kubeface.util.process import run

OURS = yaml.safe_dump(
    {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "kube-face-cluster", "cluster": {"server": "https://172.31.0.1:6443"}}],
        "users": [{"name": "learner", "user": {"token": "ours"}}],
        "contexts": [
            {"name": "kube-face-cluster", "context": {"cluster": "kube-face-cluster", "user": "learner"}}
        ],
        "current-context": "kube-face-cluster",
    },
    sort_keys=False,
)
BROKEN = [
    "config unset current-context",
    "config delete-context kube-face-cluster",
    "config rename-context kube-face-cluster mine",
    "config delete-cluster kube-face-cluster",
    "config delete-user learner",
    "config set-cluster kube-face-cluster --server=https://192.0.2.1:1",
    "config set-context kube-face-cluster --user=nobody",
    "config set-context kube-face-cluster --cluster=none",
    "config set-credentials learner --token=other",
    "config unset clusters",
    "config unset users",
    "config unset contexts",
    "config set current-context nowhere",
]


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Path:
    path = tmp_path / "kube-face-cluster.kubeconfig"
    path.write_text(OURS)
    _kubectl(path, "config set-cluster other --server=https://192.0.2.9:6443")
    _kubectl(path, "config set-context other --cluster=other --user=me --namespace=there")
    return path


@pytest.mark.parametrize("deed", BROKEN)
def test_what_kubectl_can_break_is_whole_again_beside_what_was_added(deed: str, kubeconfig: Path) -> None:
    _kubectl(kubeconfig, deed)
    _mend(kubeconfig)
    seen = yaml.safe_load(_kubectl(kubeconfig, "config view --raw --minify"))
    assert seen["current-context"] == "kube-face-cluster"
    assert seen["clusters"] == yaml.safe_load(OURS)["clusters"]
    assert seen["users"] == yaml.safe_load(OURS)["users"]
    if deed != "config unset contexts" and deed != "config unset clusters":
        assert "there" in _kubectl(kubeconfig, "config get-contexts other")
    assert repaired(kubeconfig.read_text(), OURS) == kubeconfig.read_text()


@pytest.mark.parametrize(
    "deed",
    [
        "config set-context kube-face-cluster --namespace=practice",
        "config set-context workshop --cluster=kube-face-cluster --user=learner --namespace=workshop",
    ],
)
def test_what_is_whole_stays_byte_by_byte(deed: str, kubeconfig: Path) -> None:
    _kubectl(kubeconfig, deed)
    text = "# mine\n" + kubeconfig.read_text()
    assert repaired(text, OURS) == text


def test_a_current_context_of_ones_own_stays(kubeconfig: Path) -> None:
    _kubectl(kubeconfig, "config set-context aside --cluster=kube-face-cluster --user=learner")
    _kubectl(kubeconfig, "config use-context aside")
    text = kubeconfig.read_text()
    assert repaired(text, OURS) == text


def test_the_namespace_of_the_context_stays_when_it_is_put_right(kubeconfig: Path) -> None:
    _kubectl(kubeconfig, "config set-context kube-face-cluster --namespace=practice --user=nobody")
    _mend(kubeconfig)
    assert "namespace: practice" in _kubectl(kubeconfig, "config view --minify")


@pytest.mark.parametrize("text", ["", "\n", "null\n", "{}\n"])
def test_an_emptied_file_is_filled(text: str, tmp_path: Path) -> None:
    assert is_readable(text)
    path = tmp_path / "config"
    path.write_text(repaired(text, OURS))
    assert yaml.safe_load(_kubectl(path, "config view --raw")) | {"preferences": {}} == {
        **yaml.safe_load(OURS),
        "preferences": {},
    }


@pytest.mark.parametrize("text", ["[1, 2]", "a: b: c", "contexts: {}x", "clusters: words", "\0"])
def test_what_is_no_kubeconfig_becomes_ours(text: str) -> None:
    assert not is_readable(text)
    assert repaired(text, OURS) == OURS


def test_the_server_is_the_one_of_the_course_s_context(kubeconfig: Path) -> None:
    assert server(kubeconfig.read_text()) == "https://172.31.0.1:6443"
    assert server("") == server("[1]") == ""


def _mend(path: Path) -> None:
    path.write_text(repaired(path.read_text(), OURS))


def _kubectl(path: Path, words: str) -> str:
    return run([find_kubectl(), f"--kubeconfig={path}", *words.split()], what="kubectl config")
