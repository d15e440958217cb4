"""A cluster of the tests' own, beside whatever else runs: two nodes, gone afterwards.

It is called "trial"; KUBEFACE_TRIAL gives another name, where somebody else tests on the same machine.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from objects import NODES, TRIAL, WISH, namespace

from kubeface.kube import Cluster, wait
from kubeface.local import state
from kubeface.local.cluster import LocalCluster
from left_behind import Guard

GONE_S = 90  # chosen: namespaces with Pods in them, all going at once
Say = Callable[[str], None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.cluster)
            if "course" in getattr(item, "fixturenames", ()):  # the other lane has the course's cluster
                item.add_marker(pytest.mark.alone)


@pytest.fixture(scope="session")
def provider(guard: Guard) -> Iterator[LocalCluster]:
    """The trial cluster, in whatever state; a test may do to it what it wants."""
    if os.geteuid() != 0:
        pytest.fail("the tests of the cluster need root rights")
    door = LocalCluster(TRIAL)
    with guard.holding(TRIAL):
        door.down(purge=True, say=print)
        yield door
        door.down(purge=True, say=print)


@pytest.fixture
def trial(provider: LocalCluster) -> LocalCluster:
    """The trial cluster, running, with the nodes that it began with."""
    left = state.saved(TRIAL)
    if left and (len(left.nodes) != NODES or left.internet or left.without):  # by a test that failed
        provider.down(purge=True, say=print)
    if not _runs_as_made(provider):
        provider.up(WISH, say=print)
    return provider


def _runs_as_made(provider: LocalCluster) -> bool:
    """Whether every program of the cluster runs and every node is Ready: then there is nothing to start."""
    status = provider.status()
    ready = [node for node in status.nodes if node.running and node.ready]
    return status.state == "running" and len(ready) == NODES


@pytest.fixture
def api(trial: LocalCluster, provider: LocalCluster) -> Cluster:
    """Its API, as the learner."""
    return Cluster.connect(provider.kubeconfig(), namespace="default")


@pytest.fixture(scope="module")
def spaces(provider: LocalCluster) -> Iterator[list[str]]:
    """The namespaces that a file's tests had of their own; after the last test all of them are gone."""
    used: list[str] = []
    yield used
    api = Cluster.connect(provider.kubeconfig())
    for name in used:
        wait(api, f"namespace/{name}", for_="deleted", timeout_s=GONE_S)


@pytest.fixture
def space(api: Cluster, spaces: list[str]) -> Iterator[str]:
    """A namespace of the test's own: nobody waits for it to go before the next test has another one."""
    name = f"space-{len(spaces)}"
    api.apply(namespace(name))
    spaces.append(name)
    yield name
    api.delete(f"namespace/{name}")
