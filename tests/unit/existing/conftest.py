"""An API server of their own: here whole namespaces and every node are looked at, and taken away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from real_plane import api_server

from kubeface.kube import Cluster


@pytest.fixture(scope="session")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with api_server(tmp_path_factory.mktemp("other")) as kubeconfig:
        yield kubeconfig


@pytest.fixture(scope="session")
def cluster(kubeconfig: Path) -> Cluster:
    return Cluster.connect(kubeconfig)
