"""The pipeline's policies on a cluster whose Pods have other addresses: each allows and refuses what it says.

A Pod with the labels of each service stands in for it, and answers on every port that any of them has.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest
from objects import NODES, Manifest, namespace, pod

from kubeface.kube import Cluster, apply, kustomize, wait
from kubeface.kube.contexts import NAMESPACE
from kubeface.kube.kubectl import run
from kubeface.local.cluster import LocalCluster
from kubeface.local.spec import Networks, Wish
from kubeface.pipeline.deploy import course_manifests
from kubeface.pipeline.ranges import STANDARD, fitted
from kubeface.util.waiting import wait_until

ELSEWHERE = Networks("10.66.0.0/24", "10.67.0.0/16", "10.68.0.0/16")
FOREIGN = "foreign"  # a namespace, and the Pod in it
PORTS = (3306, 4150, 4151, 4160, 4161, 8000, 8002, 8081, 50051)
SERVERS = ("mysql", "nsqd", "nsqlookupd", "receiver", "image-processor", "face-recognition", "frontend")
CLIENTS = (*SERVERS, "redeemer", FOREIGN)
#: Who may call what, and nobody else may call anything; who is no Pod is in `FROM_OUTSIDE`.
ALLOWED = {
    ("receiver", "mysql", 3306),
    ("image-processor", "mysql", 3306),
    ("redeemer", "mysql", 3306),
    ("frontend", "mysql", 3306),
    ("receiver", "nsqd", 4151),
    ("image-processor", "nsqd", 4150),
    ("image-processor", "nsqd", 4151),
    ("image-processor", "nsqlookupd", 4161),
    ("nsqd", "nsqlookupd", 4160),
    ("image-processor", "face-recognition", 50051),
    (FOREIGN, "receiver", 8000),
    (FOREIGN, "frontend", 8081),
}
FROM_OUTSIDE = {
    ("nsqd", 4151),
    ("nsqlookupd", 4161),
    ("image-processor", 8002),
    ("face-recognition", 50051),
    ("receiver", 8000),
    ("frontend", 8081),
}
PATIENCE_S = 2  # what is dropped is waited for so long; what is allowed takes some milliseconds
SETTLED_S = 90
SERVE = "cd /bin; " + " ".join(f"busybox httpd -p {port};" for port in PORTS) + " exec sleep 3600"


@pytest.fixture(scope="module")
def elsewhere(provider: LocalCluster) -> Iterator[Cluster]:
    """A cluster with other ranges, the policies of the course, and a Pod for each service."""
    provider.down(purge=True, say=print)
    provider.up(Wish(node_count=NODES, networks=ELSEWHERE), say=print)
    api = Cluster.connect(provider.kubeconfig(), namespace=NAMESPACE)
    apply(api, [namespace(NAMESPACE), namespace(FOREIGN)])
    apply(api, [_stand_in(name, number) for number, name in enumerate((*SERVERS, "redeemer"))])
    apply(api, [pod(FOREIGN, SERVE)], namespace=FOREIGN)
    for name in CLIENTS:
        wait(api, f"pod/{name}", for_="Ready", timeout_s=90, namespace=_space(name))
    apply(api, _policies(api))
    yield api
    provider.down(purge=True, say=print)


def test_the_ranges_are_filled_in(elsewhere: Cluster) -> None:
    written = [policy.raw for policy in elsewhere.list("networkpolicies")]
    assert len(written) == len(SERVERS) + len(("default-deny", "dns-access", "redeemer"))
    assert STANDARD not in str(written)
    assert str(written).count(ELSEWHERE.pods) == 4


@pytest.mark.parametrize("server", [*SERVERS, "redeemer"])
def test_a_service_is_reached_by_whom_it_should_be_and_by_nobody_else(
    elsewhere: Cluster, server: str
) -> None:
    wanted = {(client, port) for client, to, port in ALLOWED if to == server}
    seen: set[tuple[str, int]] = set()

    def holds() -> bool:
        nonlocal seen
        seen = _who_gets_in(elsewhere, server)
        return seen == wanted

    wait_until(
        holds,
        what=f"Not exactly {sorted(wanted)} reached {server}",
        timeout_s=SETTLED_S,
        every_s=1,
        evidence=lambda: f"{sorted(seen)} did",
    )


@pytest.mark.parametrize("server", [*SERVERS, "redeemer"])
def test_what_is_no_pod_reaches_what_the_policies_say(elsewhere: Cluster, server: str) -> None:
    address = _address(elsewhere, server)
    with ThreadPoolExecutor(len(PORTS)) as pool:
        reached = dict(zip(PORTS, pool.map(lambda port: _answers(address, port), PORTS), strict=True))
    assert {(server, port) for port, answers in reached.items() if answers} == {
        (to, port) for to, port in FROM_OUTSIDE if to == server
    }


def _stand_in(name: str, number: int) -> Manifest:
    labels = {"app.kubernetes.io/name": name}
    return pod(name, SERVE, node=f"node{number % NODES + 1}", labels=labels)


def _policies(api: Cluster) -> list[Manifest]:
    """As `deploy` applies them."""
    return [one for one in fitted(api, kustomize(course_manifests())) if one["kind"] == "NetworkPolicy"]


def _space(name: str) -> str:
    return FOREIGN if name == FOREIGN else NAMESPACE


def _address(api: Cluster, name: str) -> str:
    return str(api.get(f"pod/{name}", namespace=_space(name)).status.podIP)


def _who_gets_in(api: Cluster, server: str) -> set[tuple[str, int]]:
    """Which Pods reach the server, and at which ports; each asks at all of them at once."""
    address = _address(api, server)
    fetch = f"timeout {PATIENCE_S} wget -qO /dev/null http://{address}:$port/busybox && echo $port"
    ask = f"for port in {' '.join(map(str, PORTS))}; do ({fetch}) & done; wait"

    def reached(client: str) -> set[tuple[str, int]]:
        said = run(["-n", _space(client), "exec", client, "--", "sh", "-c", ask], cluster=api)
        return {(client, int(port)) for port in said.split()}

    clients = [client for client in CLIENTS if client != server]  # nobody is kept from itself
    with ThreadPoolExecutor(len(clients)) as pool:
        return set().union(*pool.map(reached, clients))


def _answers(address: str, port: int) -> bool:
    """Whether this machine, which is no Pod, gets an answer."""
    connection = HTTPConnection(address, port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/busybox")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
