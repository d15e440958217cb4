"""The course's cluster as its kubeconfig names it, and manifests of the test's own."""

import pytest
import yaml

from kubeface import places
from kubeface.checks import session
from kubeface.kube import Cluster, wait


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(session, "current", session.Session())


@pytest.fixture
def course(kubeconfig, tmp_path, monkeypatch):
    """The kubeconfig of the test's API server, as the one that `kubeface up` hands out."""
    config = yaml.safe_load(kubeconfig.read_text())
    config["contexts"][0]["name"] = config["current-context"] = "kube-face-cluster"
    path = tmp_path / "kube-face-cluster.kubeconfig"
    path.write_text(yaml.safe_dump(config))
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(path))
    assert places.kubeconfig() == path
    return path


@pytest.fixture
def here(course):
    """The course's cluster, as a lesson connects to it: without nodes, before and after."""
    cluster = Cluster.connect(course)
    remove_nodes(cluster)
    yield cluster
    remove_nodes(cluster)


@pytest.fixture
def node(here, report):
    """Make a node, ready or not: `node("node1", labels={"receiver": "true"})`."""

    def make(name, *, ready=True, labels=None, **spec):
        meta = {"name": name, "labels": labels or {}}
        here.create({"apiVersion": "v1", "kind": "Node", "metadata": meta, "spec": spec})
        report(f"node/{name}", {"conditions": [{"type": "Ready", "status": str(ready)}]}, "")
        return here.get(f"node/{name}")

    return make


@pytest.fixture
def let_go(here):
    """Do what the namespace controller does once a namespace that is going is empty."""

    def end(name):
        going = lambda one: one.is_terminating  # noqa: E731
        wait(here, f"namespace/{name}", for_=going, timeout_s=60)
        left = [one.name for one in here.list("configmaps", namespace=name)]
        assert left == [], "it was deleted before it was empty"
        meta = {"name": name}
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": meta, "spec": {"finalizers": []}}
        here.transport.json("put", f"/api/v1/namespaces/{name}/finalize", what="finalize", body=body)

    return end


def remove_nodes(cluster):
    for one in cluster.nodes():
        cluster.delete(one.ref)


@pytest.fixture
def named(request):
    """A name that only this test uses."""
    return request.node.name.replace("_", "-").replace("[", "-").replace("]", "").lower()[:50].rstrip("-")


@pytest.fixture
def folder(tmp_path, named):
    """Write a kustomization of ConfigMaps: `folder("base", greeting={"to": "you"})`."""

    def write(name, **maps):
        home = tmp_path / "manifests" / name
        home.mkdir(parents=True)
        objects = [
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": key}, "data": data}
            for key, data in maps.items()
        ]
        (home / "maps.yaml").write_text(yaml.safe_dump_all(objects))
        (home / "kustomization.yaml").write_text(
            yaml.safe_dump({"namespace": named, "resources": ["maps.yaml"]})
        )
        return tmp_path / "manifests"

    return write
