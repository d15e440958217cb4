"""What Kubernetes promises of the network: every record of the DNS, sessions that stay, ports of the host."""

import http.client
import re
from collections.abc import Callable

import pytest
from objects import Manifest, named, namespace, pod

from kubeface.kube import Cluster, apply, wait
from kubeface.kube.kubectl import run
from kubeface.local.cluster import LocalCluster
from kubeface.util.waiting import wait_until

SPACE = "network"
#: Answers with the Pod's name.
SERVE = "mkdir -p /tmp/w; hostname > /tmp/w/index.html; exec busybox httpd -f -p 8080 -h /tmp/w"
LABELS = {"app": "web"}


@pytest.fixture
def pods(trial: LocalCluster, api: Cluster) -> list[str]:
    """Two Pods that serve, one on each node, and one that asks; left standing between the tests."""
    web = [pod(f"web-{node.name}", SERVE, node=node.name, labels=LABELS) for node in trial.spec.nodes]
    for one in web:
        one["spec"] |= {"hostname": one["metadata"]["name"], "subdomain": "headless"}
    web[0]["spec"]["containers"][0]["ports"] = [{"containerPort": 8080, "hostPort": 8099}]
    sticky = {"sessionAffinity": "ClientIP"}
    apply(api, [namespace(SPACE)])
    apply(
        api,
        [
            *web,
            pod("asker", node="node1"),
            _service("headless", clusterIP="None"),
            _service("spread"),
            _service("sticky", **sticky),
            named("v1", "Service", "elsewhere", spec={"type": "ExternalName", "externalName": "example.com"}),
        ],
        namespace=SPACE,
    )
    names = [one["metadata"]["name"] for one in web]
    for name in (*names, "asker"):
        wait(api, f"pod/{name}", for_="Ready", timeout_s=90, namespace=SPACE)
    return names


def test_a_headless_service_has_the_address_of_every_pod(api: Cluster, pods: list[str]) -> None:
    wanted = {api.get(f"pod/{name}", namespace=SPACE).status.podIP for name in pods}
    _until(lambda: wanted <= set(_asked(api, "headless").split()), "headless has both addresses")


def test_a_pod_with_a_subdomain_has_a_name_of_its_own(api: Cluster, pods: list[str]) -> None:
    address = api.get("pod/web-node1", namespace=SPACE).status.podIP
    _until(lambda: address in _asked(api, "web-node1.headless").split(), "web-node1.headless is known")


def test_a_named_port_has_a_service_record(api: Cluster, pods: list[str]) -> None:
    _until(
        lambda: "8080 web-node2.headless" in _asked(api, "_http._tcp.headless", "srv"),
        "there is an SRV record",
    )


def test_an_external_name_is_an_alias_and_an_address_leads_back_to_its_name(
    api: Cluster, pods: list[str]
) -> None:
    _until(lambda: "canonical name = example.com" in _asked(api, "elsewhere", "cname"), "there is a CNAME")
    address = api.get("service/spread", namespace=SPACE).spec.clusterIP
    backwards = ".".join(reversed(address.split("."))) + ".in-addr.arpa."
    _until(lambda: f"spread.{SPACE}.svc" in _asked(api, backwards, "ptr"), "there is a PTR record")


def test_a_session_stays_with_its_pod_where_that_is_asked_for(api: Cluster, pods: list[str]) -> None:
    _until(lambda: len(_answers(api, "spread")) == 2, "both Pods answer")
    assert len(_answers(api, "sticky")) == 1


def test_a_host_port_is_served_on_its_node_and_no_other(
    trial: LocalCluster, api: Cluster, pods: list[str]
) -> None:
    first, second = (node.address for node in trial.spec.nodes)
    _until(lambda: _get(first, 8099) == "web-node1", "the port answers")
    assert _get(second, 8099) is None


def test_a_pod_in_its_nodes_network_reaches_services_too(api: Cluster, pods: list[str]) -> None:
    asker = pod("host-asker", node="node2")
    asker["spec"] |= {"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"}
    apply(api, [asker], namespace=SPACE)
    wait(api, "pod/host-asker", for_="Ready", timeout_s=60, namespace=SPACE)
    _until(lambda: len(_answers(api, "spread", asker="host-asker")) == 2, "both Pods answer")


def test_the_namespace_goes(api: Cluster) -> None:
    api.delete(f"namespace/{SPACE}")
    wait(api, f"namespace/{SPACE}", for_="deleted", timeout_s=90)


def _service(name: str, **more: object) -> Manifest:
    port = {"name": "http", "port": 8080, "targetPort": 8080}
    return named("v1", "Service", name, spec={"selector": LABELS, "ports": [port], **more})


def _asked(api: Cluster, name: str, kind: str = "a") -> str:
    """What nslookup says in a Pod."""
    full = name if name.endswith(".") else f"{name}.{SPACE}.svc.cluster.local"
    script = f"nslookup -type={kind} {full} 2>&1 || true"
    return re.sub(r"[ \t]+", " ", run(["-n", SPACE, "exec", "asker", "--", "sh", "-c", script], cluster=api))


def _answers(api: Cluster, service: str, *, asker: str = "asker") -> set[str]:
    """Who answered to twenty questions of a Pod."""
    script = f"for i in $(seq 20); do wget -qO- http://{service}:8080; done"
    return set(run(["-n", SPACE, "exec", asker, "--", "sh", "-c", script], cluster=api).split())


def _get(host: str, port: int) -> str | None:
    connection = http.client.HTTPConnection(host, port, timeout=3)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode().strip()
    except OSError:
        return None
    finally:
        connection.close()


def _until(holds: Callable[[], bool], what: str) -> None:
    """kube-proxy and the DNS hear of an endpoint a moment after its Pod is Ready."""
    wait_until(holds, what=f"It was not seen that {what}", timeout_s=30, every_s=0.3)
