"""Progress in a folder of the test's own, and a session that knows the test's cluster."""

import pytest

from kubeface.checks import questions, registry, session
from kubeface.kube import Cluster


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("KUBEFACE_SOLVED", "KUBEFACE_PREDICTIONS", "KUBEFACE_STATIC"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def own_session(monkeypatch):
    monkeypatch.setattr(session, "current", session.Session())


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
    monkeypatch.setattr(registry, "_KNOWN", {})
    monkeypatch.setattr(questions, "_KNOWN", {})


@pytest.fixture
def here(cluster, space):
    """The test's cluster, working in a namespace of the test's own."""
    return Cluster(cluster.kubeconfig, cluster.context, space, cluster.transport)
