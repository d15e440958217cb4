"""The cluster does what Kubernetes promises: nodes, Pods, volumes, Services, logs, exec."""

import http.client
import os
import subprocess
from typing import Any

import pytest
from objects import claim, mount, pod

from kubeface.kube import Cluster, apply, find_kubectl, wait
from kubeface.local.cluster import LocalCluster
from kubeface.places import programs
from kubeface.util.waiting import wait_until


def test_nodes_are_as_large_as_asked(trial: LocalCluster, api: Cluster) -> None:
    for node in trial.spec.nodes:
        capacity = api.get(f"node/{node.name}").status.capacity
        assert (capacity.cpu, capacity.memory) == (str(node.cpus), f"{node.memory_mib // 1024}Gi")


def test_pods_may_run_on_every_processor_of_the_machine(
    trial: LocalCluster, api: Cluster, space: str
) -> None:
    """A node's one processor is a share of the machine's: no node's Pods crowd on the first."""
    pods = [pod(f"on-{node.name}", node=node.name) for node in trial.spec.nodes]
    apply(api, pods, namespace=space)
    for one in pods:
        name = one["metadata"]["name"]
        wait(api, f"pod/{name}", for_="Ready", timeout_s=60, namespace=space)
        status = _kubectl(api, "-n", space, "exec", name, "--", "grep", "Cpus_allowed:", "/proc/self/status")
        allowed = int(status.split()[1].replace(",", ""), base=16)
        assert allowed == sum(1 << number for number in os.sched_getaffinity(0))


def test_the_version_is_the_pinned_one(api: Cluster) -> None:
    assert api.get("node/node1").status.nodeInfo.kubeletVersion == "v1.37.2"


def test_a_pod_is_started_spoken_to_and_read(trial: LocalCluster, api: Cluster, space: str) -> None:
    apply(api, [pod("talker", "echo hello; exec sleep 3600")], namespace=space)
    wait(api, "pod/talker", for_="Ready", timeout_s=60, namespace=space)
    assert _kubectl(api, "-n", space, "logs", "talker") == "hello\n"
    assert _kubectl(api, "-n", space, "exec", "talker", "--", "echo", "yes") == "yes\n"


def test_names_and_services_reach_pods_on_every_node(trial: LocalCluster, api: Cluster, space: str) -> None:
    serve = "mkdir -p /tmp/www; echo here > /tmp/www/index.html; exec busybox httpd -f -p 8080 -h /tmp/www"
    pods = [
        pod(f"web-{node.name}", serve, node=node.name, labels={"app": "web"}) for node in trial.spec.nodes
    ]
    apply(api, [*pods, _service()], namespace=space)
    for one in pods:
        wait(api, f"pod/{one['metadata']['name']}", for_="Ready", timeout_s=60, namespace=space)
    for node in trial.spec.nodes:
        _until_it_answers(node.address, 30123)  # the NodePort, on every node's address
        own = f"web-{node.name}"
        answer = _kubectl(api, "-n", space, "exec", own, "--", "wget", "-qO-", f"http://web.{space}.svc:8080")
        assert answer == "here\n"


def test_volumes_are_made_on_demand_and_one_kind_is_seen_by_every_node(
    trial: LocalCluster, api: Cluster, space: str
) -> None:
    claims = [claim("own"), claim("ours", "shared", "ReadWriteMany")]
    writer = pod("writer", "echo mine > /own/f; echo ours > /ours/f; exec sleep 3600", node="node1")
    reader = pod("reader", node="node2")
    mount(writer, "own", "ours")
    mount(reader, "ours")
    apply(api, [*claims, writer, reader], namespace=space)
    for name in ("writer", "reader"):
        wait(api, f"pod/{name}", for_="Ready", timeout_s=60, namespace=space)
    assert _kubectl(api, "-n", space, "exec", "reader", "--", "cat", "/ours/f") == "ours\n"


def test_too_much_memory_ends_a_container_as_oom_killed(api: Cluster, space: str) -> None:
    hungry = pod("hungry", "exec dd if=/dev/zero of=/dev/null bs=256M")
    hungry["spec"]["restartPolicy"] = "Never"
    hungry["spec"]["containers"][0]["resources"] = {"limits": {"memory": "32Mi"}}
    apply(api, [hungry], namespace=space)
    ended = wait(
        api, "pod/hungry", for_=lambda one: one.status.phase == "Failed", timeout_s=60, namespace=space
    )
    assert ended is not None
    assert ended.status.containerStatuses[0].state.terminated.reason == "OOMKilled"


def test_kubectl_is_given_to_the_user(trial: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBEFACE_KUBECTL")
    assert find_kubectl() == programs() / "kubectl"


def _service() -> dict[str, Any]:
    port = {"port": 8080, "nodePort": 30123}
    spec = {"type": "NodePort", "selector": {"app": "web"}, "ports": [port]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}


def _kubectl(api: Cluster, *arguments: str) -> str:
    command = [find_kubectl(), "--kubeconfig", api.kubeconfig, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _until_it_answers(host: str, port: int) -> None:
    """kube-proxy hears of an endpoint a moment after its Pod is Ready."""

    def answers() -> bool:
        try:
            return _get(host, port) == "here\n"
        except OSError:
            return False

    wait_until(answers, what=f"{host}:{port} does not answer", timeout_s=10)


def _get(host: str, port: int) -> str:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode()
    finally:
        connection.close()
