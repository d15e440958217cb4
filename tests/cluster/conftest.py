"""A cluster of the tests' own, beside whatever else runs: two nodes, gone afterwards.

It is called "trial"; KUBEFACE_TRIAL gives another name, where somebody else tests on the same machine.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from objects import TRIAL

from kubeface.embedded import cluster as embedded_cluster
from kubeface.embedded.cluster import Embedded
from kubeface.embedded.spec import ClusterSpec
from kubeface.embedded.toolchain import Toolchain
from kubeface.kube import Cluster
from kubeface.places import cache
from kubeface.providers.embedded import EmbeddedProvider

NODES = 2
Say = Callable[[str], None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.cluster)


@pytest.fixture(scope="session")
def provider() -> Iterator[EmbeddedProvider]:
    """The door to the trial cluster, which is up when a test begins; a test may do to it what it wants."""
    if os.geteuid() != 0:
        pytest.fail("the tests of the cluster need root rights")
    door = EmbeddedProvider(TRIAL, ClusterSpec(TRIAL, node_count=NODES))
    door.down(purge=True, say=print)
    yield door
    door.down(purge=True, say=print)


@pytest.fixture
def trial(provider: EmbeddedProvider) -> Embedded:
    """The trial cluster, running, with the nodes that it began with."""
    left = embedded_cluster.saved(TRIAL)
    if left and (len(left.nodes) != NODES or left.internet or left.without):  # by a test that failed
        provider.down(purge=True, say=print)
    provider.up(say=print)
    spec = embedded_cluster.saved(TRIAL)
    assert spec is not None
    return Embedded(spec, Toolchain(cache()))


@pytest.fixture
def api(trial: Embedded, provider: EmbeddedProvider) -> Cluster:
    """Its API, as the learner."""
    return Cluster.connect(provider.kubeconfig(), namespace="default")
