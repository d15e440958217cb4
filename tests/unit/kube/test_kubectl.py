import os

import pytest

from kubeface.errors import BadInput, CommandFailed, Missing
from kubeface.kube import Cluster, find_kubectl, kubectl, kustomize
from kubeface.kube.arguments import words
from kubeface.kube.kubectl import run
from kubeface.util.waiting import wait_for_exit


def test_kubectl_prints_what_the_cluster_holds(cluster, capsys):
    kubectl("get namespace default -o name", cluster=cluster)
    assert capsys.readouterr().out == "namespace/default\n"


def test_a_kubectl_that_fails_fails_the_cell(cluster):
    with pytest.raises(CommandFailed, match=r'(?s)kubectl get pod nobody ended with 1.*"nobody" not found'):
        kubectl("get pod nobody", cluster=cluster)


def test_kubectl_without_a_cluster_speaks_to_the_courses_own(kubeconfig, monkeypatch, capsys):
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(kubeconfig))
    kubectl("config current-context")
    assert capsys.readouterr().out == "admin\n"


def test_kubectl_never_falls_back_to_another_kubeconfig(monkeypatch, tmp_path):
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(tmp_path / "none"))
    with pytest.raises(Missing, match="no kubeconfig"):
        kubectl("get pods")


def test_a_command_that_takes_too_long_is_ended(cluster):
    with pytest.raises(CommandFailed, match="had not ended after 1 s"):
        kubectl("get namespaces --watch", cluster=cluster, timeout_s=1)


def test_a_missing_kubectl_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("KUBEFACE_KUBECTL", "/none/kubectl")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="KUBEFACE_KUBECTL"):
        find_kubectl()


def test_a_kustomization_is_rendered(tmp_path):
    (tmp_path / "kustomization.yaml").write_text("namespace: face\nresources: [one.yaml]\n")
    (tmp_path / "one.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n")
    assert kustomize(tmp_path)[0]["metadata"] == {"name": "one", "namespace": "face"}


def test_a_broken_kustomization_is_told_in_kubectls_words(tmp_path):
    (tmp_path / "kustomization.yaml").write_text("resources: [none.yaml]\n")
    with pytest.raises(CommandFailed, match=r"none\.yaml"):
        kustomize(tmp_path)


STUBBORN = "#!/bin/sh\ntrap '' INT\nsleep 1000 &\necho $$ $! > $PIDS\nwait\n"


def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(cluster, tmp_path, monkeypatch):
    plugin = tmp_path / "kubectl-stay"
    plugin.write_text(STUBBORN)
    plugin.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("PIDS", str(tmp_path / "pids"))
    with pytest.raises(CommandFailed, match="kubectl stay had not ended after 3 s"):
        kubectl("stay", cluster=cluster, timeout_s=3)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 2
    assert wait_for_exit(pids, timeout_s=10) == []


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: kubectl(), "missing a required argument: 'command'"),
        (lambda: kubectl(["get", "pods"]), "command is a list, not a str"),
        (lambda: kubectl("get pods", timeout_s="1"), "timeout_s is a str, not a Number"),
        (lambda: kubectl("get pods", "now"), "too many positional arguments"),
        (lambda: kubectl("get 'pods"), "cannot be taken apart"),
    ],
)
def test_a_call_that_does_not_fit_is_answered_in_a_sentence(call, said):
    with pytest.raises(BadInput, match=said):
        call()


def test_a_zero_byte_is_no_argument(cluster):
    with pytest.raises(BadInput, match="embedded null byte"):
        run(["get", "pod", "a\0b"], cluster=cluster)


def test_a_change_of_the_kubeconfig_reaches_its_file(kubeconfig, tmp_path):
    path = tmp_path / "config"
    path.write_text(kubeconfig.read_text())
    here = Cluster.connect(path)
    kubectl("config set-context admin --namespace=kept", cluster=here)
    assert Cluster.connect(path).namespace == "kept"


def test_a_context_that_is_there_no_longer_is_named(kubeconfig, tmp_path):
    path = tmp_path / "config"
    path.write_text(kubeconfig.read_text())
    here = Cluster.connect(path)
    kubectl("config rename-context admin mine", cluster=here)
    with pytest.raises(BadInput, match="has no context 'admin'\nit has guest, mine"):
        kubectl("get namespaces", cluster=here)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("get pods", ["get", "pods"]),
        ("-n face apply -f x", ["apply"]),
        ("--context=a --warnings-as-errors rollout status x", ["rollout", "status", "x"]),
        ("exec web -- ls x", ["exec", "web"]),
        ("-nface -v 6 logs", ["logs"]),
    ],
)
def test_the_command_is_found_among_options(line, found):
    assert words(line.split()) == found
