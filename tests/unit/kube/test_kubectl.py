import pytest

from kubeface.errors import CommandFailed, Missing
from kubeface.kube import find_kubectl, kubectl, render


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
    assert render(tmp_path)[0]["metadata"] == {"name": "one", "namespace": "face"}


def test_a_broken_kustomization_is_told_in_kubectls_words(tmp_path):
    (tmp_path / "kustomization.yaml").write_text("resources: [none.yaml]\n")
    with pytest.raises(CommandFailed, match=r"none\.yaml"):
        render(tmp_path)
