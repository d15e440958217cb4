"""A cluster made with a way outside: what it opens, what stays shut, and that all of it goes again."""

import subprocess
import sys
from collections.abc import Iterator
from typing import IO

import pytest
from objects import TRIAL, pod
from pyroute2 import IPRoute, NetNS, netns
from traces import differences, traces

from kubeface.errors import BadInput
from kubeface.kube import Cluster, wait
from kubeface.kube.kubectl import run
from kubeface.local.cluster import LocalCluster
from kubeface.local.network import remove_folder_of_namespaces
from kubeface.local.spec import Networks, Wish
from kubeface.util.waiting import wait_until

pytestmark = pytest.mark.alone

OUTSIDE, HERE = "198.51.100.7", "198.51.100.1"  # for documentation (RFC 5737): no real host has them
SPACE = f"outside-{TRIAL}"  # not as the cluster names its own, which go with it
NETWORKS = Networks("10.63.0.0/24", "10.61.0.0/16", "10.62.0.0/16")
KUBELET = 10250


@pytest.fixture
def outside() -> Iterator[None]:
    """Another machine, which knows the way to the cluster's nodes: a network namespace with a cable to us."""
    netns.create(SPACE)
    try:
        with IPRoute() as host, NetNS(SPACE) as there:
            host.link("add", ifname="kf-outside", kind="veth", peer={"ifname": "eth0", "net_ns_fd": SPACE})
            for side, name, address in ((host, "kf-outside", HERE), (there, "eth0", OUTSIDE)):
                index = side.link_lookup(ifname=name)[0]
                side.addr("add", index=index, address=address, prefixlen=24)
                side.link("set", index=index, state="up")
            there.route("add", dst=NETWORKS.nodes, gateway=HERE)
        yield
    finally:
        with IPRoute() as host:  # the kernel takes a namespace's own cables away only some time later
            host.link("del", ifname="kf-outside")
        netns.remove(SPACE)
        remove_folder_of_namespaces()  # which pyroute2 makes with the first one


@pytest.fixture
def server(outside: None) -> Iterator[IO[str]]:
    """A web server there; its log grows line by line, each with the address of whoever has asked."""
    command = [sys.executable, "-u", "-m", "http.server", "8000", "--bind", OUTSIDE]
    with subprocess.Popen(
        ["ip", "netns", "exec", SPACE, *command], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        assert serving.stderr is not None
        assert "Serving" in serving.stdout.readline()
        yield serving.stderr
        serving.kill()


@pytest.fixture
def open_cluster(provider: LocalCluster) -> Iterator[LocalCluster]:
    """The trial cluster, made anew with one node, a way outside and addresses that we chose."""
    provider.down(purge=True, say=print)
    provider.up(Wish(node_count=1, internet=True, networks=NETWORKS), say=print)
    try:
        yield provider
    finally:
        provider.down(purge=True, say=print)


def test_a_pod_reaches_outside_under_the_hosts_address_and_nobody_comes_in(
    server: IO[str], open_cluster: LocalCluster
) -> None:
    api = Cluster.connect(open_cluster.kubeconfig(), namespace="default")
    spec = open_cluster.spec
    assert spec.networks == NETWORKS
    api.apply(pod("caller"))
    wait(api, "pod/caller", for_="Ready", timeout_s=60)
    page = run(["exec", "caller", "--", "wget", "-q", "-O", "-", f"http://{OUTSIDE}:8000/"], cluster=api)
    assert "Directory listing" in page
    assert server.readline().split()[0] == HERE
    node = spec.nodes[0].address
    wait_until(lambda: _connects(node), what=f"the host does not reach {node}", timeout_s=10)
    assert not _connects(node, "ip", "netns", "exec", SPACE)
    with pytest.raises(BadInput, match=r"(?s)with different options.*--networks 172\.31\.0\.0/24"):
        open_cluster.up(Wish(networks=Networks()), say=print)


def test_nothing_of_it_is_left(provider: LocalCluster) -> None:
    provider.down(purge=True, say=print)
    before = traces()
    provider.up(Wish(node_count=1, internet=True), say=print)
    assert any(f"kubeface-{TRIAL}" in line for line in traces()["rules"])
    provider.down(purge=True, say=print)
    assert differences(before, traces()) == []


def _connects(address: str, *inside: str) -> bool:
    """Whether somebody listens at the kubelet's port, seen from here or from inside a namespace."""
    script = f"import socket; socket.create_connection(({address!r}, {KUBELET}), 3)"
    return (
        subprocess.run([*inside, sys.executable, "-c", script], capture_output=True, check=False).returncode
        == 0
    )
