"""The course's exercises, and a stage on a real API server to set states of a cluster on, without nodes."""

import pytest
from stage import COURSE, Stage

from kubeface.checks.judging import judge
from kubeface.kube import Cluster


@pytest.fixture
def here(cluster, space):
    return Cluster(cluster.kubeconfig, cluster.context, space, cluster.transport)


@pytest.fixture
def stage(here, report):
    yield Stage(here, report)
    for one in here.list("services"):
        here.delete(one.ref)  # ports of the nodes belong to the whole cluster


@pytest.fixture
def verdict(here):
    """The verdict on the state that is set, as `outcome: because`."""

    def ask(name, cluster=here):
        found = judge(COURSE[name], cluster)
        return f"{found.outcome}: {found.because}"

    return ask


@pytest.fixture
def nodes(cluster):
    """Three nodes, which are gone afterwards: nodes belong to no namespace."""
    names = [f"node{number}" for number in (1, 2, 3)]
    for name in names:
        labels = {"kubernetes.io/hostname": name, "receiver": "true"}
        body = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}
        cluster.delete(f"node/{name}")
        cluster.apply(body)
        cluster.patch(f"node/{name}", {"spec": {"taints": None}})  # a new node has one until it is ready
    yield names
    for name in names:
        cluster.delete(f"node/{name}")
