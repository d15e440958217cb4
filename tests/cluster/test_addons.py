"""A cluster without add-ons is up all the same, and lacks what they give."""

from collections.abc import Iterator

import pytest
from objects import pod

from kubeface.errors import BadInput
from kubeface.kube import Cluster, wait
from kubeface.local.cluster import LocalCluster
from kubeface.local.spec import ADDONS, Wish


@pytest.fixture
def plain(provider: LocalCluster) -> Iterator[LocalCluster]:
    """The trial cluster, made anew with one node and no add-on."""
    provider.down(purge=True, say=print)
    provider.up(Wish(node_count=1, without=tuple(sorted(ADDONS))), say=print)
    yield provider
    provider.down(purge=True, say=print)


def test_a_cluster_can_do_without_every_add_on(plain: LocalCluster) -> None:
    api = Cluster.connect(plain.kubeconfig(), namespace="default")
    status = plain.status()
    assert (status.state, "storage" in status.processes) == ("running", False)
    for kind in ("deployments", "daemonsets", "services"):
        assert api.list(kind, namespace="kube-system") == []
    assert api.list("storageclasses") == []
    api.apply(pod("here"))
    wait(api, "pod/here", for_="Ready", timeout_s=60)
    with pytest.raises(
        BadInput, match=r"(?s)with different options.*--without dns: it was made without dns, "
    ):
        plain.up(Wish(without=("dns",)), say=print)
