"""A real etcd and a real API server for these tests, on loopback, gone afterwards."""

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from real_plane import api_server

from kubeface.kube import Cluster, wait

THREADS_END_S = 30  # chosen: an API server on a busy machine takes seconds to answer


@pytest.fixture(scope="session")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The kubeconfig of an API server without controllers: what a test writes stays as it wrote it."""
    with api_server(tmp_path_factory.mktemp("plane")) as kubeconfig:
        yield kubeconfig


@pytest.fixture(scope="session")
def cluster(kubeconfig: Path) -> Cluster:
    return Cluster.connect(kubeconfig)


@pytest.fixture
def space(cluster: Cluster, request: pytest.FixtureRequest) -> str:
    """A namespace of the test's own, also when the test runs for the second time."""
    words = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[:50].strip("-")
    name = f"{words}-{uuid.uuid4().hex[:8]}"
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    return name


@pytest.fixture
def report(cluster: Cluster) -> Callable[..., None]:
    """Write an object's status, as its controller or kubelet would."""

    def write(ref: str, status: dict[str, object], namespace: str) -> None:
        path = cluster._path(ref, namespace) + "/status"
        cluster.transport.json(
            "patch", path, what="report", body={"status": status}, content_type="application/merge-patch+json"
        )

    return write


@pytest.fixture
def no_thread_is_left() -> Iterator[None]:
    """What a test has begun in other threads ends with it, or soon after where the API server is slow."""
    before = set(threading.enumerate())
    yield
    more = [one for one in threading.enumerate() if one not in before]
    deadline = time.monotonic() + THREADS_END_S
    for one in more:
        one.join(max(0, deadline - time.monotonic()))
    assert [one for one in more if one.is_alive()] == []


@pytest.fixture
def later() -> Iterator[Callable[[Callable[[], object]], None]]:
    """Do something a moment from now, while the test waits; its error fails the test."""
    started: list[threading.Timer] = []
    failures: list[BaseException] = []

    def act(deed: Callable[[], object]) -> None:
        def guarded() -> None:
            try:
                deed()
            except BaseException as failure:
                failures.append(failure)

        started.append(threading.Timer(0.3, guarded))
        started[-1].start()

    yield act
    for timer in started:
        timer.join()
    assert not failures, failures


@pytest.fixture
def widgets(cluster: Cluster) -> Iterator[Callable[[str], dict[str, Any]]]:
    """A kind of somebody's own; makes the manifest of one by its name."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    spec = {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets"},
        "versions": [version],
    }
    meta = {"name": "widgets.example.com"}
    head = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    made = cluster.create({**head, "metadata": meta, "spec": spec})
    wait(cluster, made.ref, for_="Established", timeout_s=30)
    yield lambda name: {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": name}}
    cluster.delete(made.ref)
    wait(cluster, made.ref, for_="deleted", timeout_s=30)
