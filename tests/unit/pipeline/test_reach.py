"""Which way leads to the services: through nodes that answer, else through the API server."""

import socket

import pytest

from kubeface.errors import CommandFailed, NotReady
from kubeface.kube import Cluster
from kubeface.kube.contexts import COURSE
from kubeface.pipeline.reach import NodePorts, Tunnels, is_reachable, way_to
from kubeface.util.waiting import wait_until

#: TEST-NET-1 (RFC 5737): no packet to it is ever answered.
NOWHERE = "192.0.2.200"


@pytest.fixture
def frontend(cluster, space, report):
    """A node and a Service: `frontend("127.0.0.1")` is the node's address."""

    def make(address):
        cluster.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": space}})
        report(f"node/{space}", {"conditions": [{"type": "Ready", "status": "True"}]}, "")
        report(f"node/{space}", {"addresses": [{"type": "InternalIP", "address": address}]}, "")
        port = {"name": "http", "port": 80}
        spec = {"type": "NodePort", "selector": {"app": "x"}, "ports": [port]}
        body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "frontend"}, "spec": spec}
        cluster.create(body, namespace=space)

    for one in cluster.nodes():
        cluster.delete(one.ref)
    yield make
    cluster.delete(f"node/{space}")


def test_a_refusal_is_an_answer_and_silence_is_none():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert is_reachable("127.0.0.1", port)
    assert is_reachable("127.0.0.1", port)  # closed by now
    assert not is_reachable(NOWHERE, port)


def test_nodes_that_answer_are_the_way(cluster, space, frontend):
    frontend("127.0.0.1")
    way = way_to(cluster, space)
    assert isinstance(way, NodePorts)
    assert way.address == "127.0.0.1"
    assert way.port("frontend") == cluster.get("service/frontend", namespace=space).spec.ports[0].nodePort


def test_where_they_do_not_the_api_server_is(cluster, space, frontend):
    frontend(NOWHERE)
    way = way_to(cluster, space)
    assert isinstance(way, Tunnels)
    assert way.address == "127.0.0.1"
    with pytest.raises(CommandFailed, match="kubectl opened no way to service/frontend"):
        way.port("frontend")  # no Pod is behind it


def test_the_courses_own_nodes_are_the_way_even_while_one_is_silent(cluster, space, frontend):
    frontend(NOWHERE)
    ours = Cluster(cluster.kubeconfig, COURSE, space, cluster.transport)
    assert isinstance(way_to(ours, space), NodePorts)


def test_a_tunnel_goes_on_however_much_it_says(cluster, space, frontend, monkeypatch, tmp_path):
    frontend(NOWHERE)
    talker = tmp_path / "kubectl"  # says as much as port-forward of many connections
    talker.write_text(
        "#!/bin/sh\necho 'Forwarding from 127.0.0.1:40000 -> 80'\n"
        "for n in $(seq 20000); do echo 'Handling connection for 40000'; done\n"
        f"touch {tmp_path}/through\nexec tail -f /dev/null\n"
    )
    talker.chmod(0o755)
    monkeypatch.setenv("KUBEFACE_KUBECTL", str(talker))
    tunnels = Tunnels(cluster, space)
    assert tunnels.port("frontend") == 40000
    wait_until((tmp_path / "through").exists, what="it waits for a reader", timeout_s=60)
    assert tunnels.port("frontend") == 40000


def test_a_service_that_opens_no_port_on_the_nodes_is_said(cluster, space, frontend):
    frontend("127.0.0.1")
    spec = {"type": "ClusterIP", "ports": [{"port": 80, "nodePort": None}]}
    cluster.patch("service/frontend", {"spec": spec}, namespace=space, strategic=True)
    with pytest.raises(NotReady, match="service/frontend opens no port on the nodes"):
        NodePorts(cluster, space).port("frontend")
