"""No packet of the cluster leaves the machine: what is not there is refused, at once, on this machine."""

import errno
import ipaddress
import socket
import time

import pytest
from objects import pod
from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from kubeface.kube import Cluster, wait
from kubeface.kube.kubectl import run
from kubeface.linux import cgroups
from kubeface.local.cluster import LocalCluster
from kubeface.util.process import run as execute

pytestmark = pytest.mark.alone

REFUSED = (errno.ENETUNREACH, errno.EHOSTUNREACH)
#: Addresses for documentation (RFC 5737): no host has them, and a default route would take them.
OUTSIDE = "198.51.100.7"


def test_the_host_sends_nothing_for_the_cluster_to_its_default_route(trial: LocalCluster) -> None:
    with IPRoute() as ip:
        ours = ip.link_lookup(ifname=trial.spec.host_link)[0]
        for net in trial.spec.networks.ranges:
            last = str(ipaddress.ip_network(net)[-5])  # nobody has it
            try:
                leads_to = ip.route("get", dst=last)[0].get_attr("RTA_OIF")
            except NetlinkError:  # it is refused
                leads_to = None
            assert leads_to in (None, ours)


def test_an_address_of_no_pod_is_refused_at_once(trial: LocalCluster) -> None:
    nobody = str(ipaddress.ip_network(trial.spec.networks.pods)[200 * 256 + 7])
    start = time.monotonic()
    with pytest.raises(OSError) as refusal:
        socket.create_connection((nobody, 80), timeout=10)
    assert refusal.value.errno in REFUSED
    assert time.monotonic() - start < 2


def test_a_pod_and_a_node_that_call_outside_are_refused_at_once(trial: LocalCluster, api: Cluster) -> None:
    api.apply(pod("caller"))
    wait(api, "pod/caller", for_="Ready", timeout_s=60)
    script = f"nc {OUTSIDE} 80 < /dev/null 2>&1; true"
    start = time.monotonic()
    said = run(["exec", "caller", "--", "sh", "-c", script], cluster=api)
    assert "unreachable" in said.lower() or "no route" in said.lower()
    assert time.monotonic() - start < 15  # without an answer, TCP would try for two minutes
    for node in trial.spec.nodes:
        inside = ["nsenter", f"--net=/run/netns/{node.netns}", "ip", "-o", "route", "get", OUTSIDE]
        with pytest.raises(Exception, match=r"(?i)unreachable|no route"):
            execute(inside, what="Asking for a route")
    api.delete("pod/caller", grace_s=0)


def test_status_tells_disk_and_memory(trial: LocalCluster, provider: LocalCluster) -> None:
    status = provider.status()
    assert 50 < (status.disk_mib or 0) < 100_000
    held = cgroups.memory_bytes(trial.spec.cgroup) / 2**20
    assert 0.5 * held < (status.memory_mib or 0) < 2 * held
    assert held > 200  # an API server alone takes that
