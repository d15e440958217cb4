"""NetworkPolicies are kept: who may not speak to a Pod does not reach it, from whichever node."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from objects import Manifest, named, namespace, pod

from kubeface import Pipeline
from kubeface.errors import CommandFailed
from kubeface.kube import Cluster, KubeObject, apply, wait
from kubeface.kube.kubectl import run
from kubeface.local.cluster import LocalCluster
from kubeface.util import process
from kubeface.util.waiting import wait_until

SPACE, NEXT_DOOR = "policies", "next-door"
PORT, OTHER_PORT = 8080, 8081
SERVE = f"cd /bin; busybox httpd -p {OTHER_PORT}; exec busybox httpd -f -p {PORT}"
PROBE = {"httpGet": {"path": "/busybox", "port": PORT}, "periodSeconds": 1, "failureThreshold": 1}
#: The server `web` is on node1, so that some of these are its neighbours and others come over the wire.
CLIENTS = {
    "near-friend": ("node1", SPACE),
    "far-friend": ("node2", SPACE),
    "near-stranger": ("node1", SPACE),
    "far-stranger": ("node2", SPACE),
    "near-guest": ("node1", NEXT_DOOR),
    "far-guest": ("node2", NEXT_DOOR),
}
EVERYBODY = set(CLIENTS)
FRIENDS = {"near-friend", "far-friend"}
GUESTS = {"near-guest", "far-guest"}
#: How long a dropped connection is waited for; one that is allowed takes a few milliseconds.
PATIENCE_S = 2
SETTLED_S = 60


@pytest.fixture
def web(trial: LocalCluster, api: Cluster) -> Iterator[str]:
    """The address of a Pod that serves at two ports; nobody's policies are left from before."""
    apply(api, [namespace(SPACE), namespace(NEXT_DOOR)])
    apply(api, [_server("web"), *_clients(SPACE), _service()], namespace=SPACE)
    apply(api, _clients(NEXT_DOOR), namespace=NEXT_DOOR)
    for name, (_, space) in [("web", ("node1", SPACE)), *CLIENTS.items()]:
        wait(api, f"pod/{name}", for_="Ready", timeout_s=90, namespace=space)
    wait(api, "daemonset/kube-network-policies", for_="Ready", timeout_s=90, namespace="kube-system")
    yield str(api.get("pod/web", namespace=SPACE).status.podIP)
    for policy in api.list("networkpolicies", namespace=SPACE):
        api.delete(policy.ref, namespace=SPACE)


def test_without_a_policy_everybody_gets_in(api: Cluster, web: str) -> None:
    _settles(api, web, EVERYBODY)
    _settles(api, "web.policies", EVERYBODY)


def test_default_deny_keeps_all_out_until_it_is_taken_away(api: Cluster, web: str) -> None:
    apply(api, [_policy("deny", {}, ingress=[])], namespace=SPACE)
    _settles(api, web, set())
    _settles(api, "web.policies", set())
    api.delete("networkpolicy/deny", namespace=SPACE)
    _settles(api, web, EVERYBODY)


def test_the_labelled_pods_are_let_in_and_by_the_service_too(api: Cluster, web: str) -> None:
    friends = {"from": [{"podSelector": {"matchLabels": {"who": "friend"}}}]}
    apply(api, [_policy("deny", {}, ingress=[]), _policy("allow", WEB, ingress=[friends])], namespace=SPACE)
    _settles(api, web, FRIENDS)
    _settles(api, "web.policies", FRIENDS)


def test_a_port_is_open_and_the_one_beside_it_is_not(api: Cluster, web: str) -> None:
    apply(api, [_policy("port", WEB, ingress=[{"ports": [{"port": PORT}]}])], namespace=SPACE)
    _settles(api, web, set(), port=OTHER_PORT)
    _settles(api, web, EVERYBODY)


def test_a_whole_namespace_is_let_in_by_its_name(api: Cluster, web: str) -> None:
    there = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": NEXT_DOOR}}}
    apply(api, [_policy("guests", WEB, ingress=[{"from": [there]}])], namespace=SPACE)
    _settles(api, web, GUESTS)


def test_who_may_not_speak_reaches_neither_the_pod_nor_the_dns(api: Cluster, web: str) -> None:
    dns = {"namespaceSelector": {}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    friends = {"matchLabels": {"who": "friend"}}
    apply(api, [_policy("silence", friends, egress=[])], namespace=SPACE)
    _settles(api, web, EVERYBODY - FRIENDS)
    assert not _knows(api, "far-friend", "web.policies.svc.cluster.local")
    asking = {"to": [dns], "ports": [{"port": 53, "protocol": "UDP"}]}
    apply(api, [_policy("silence", friends, egress=[asking])], namespace=SPACE)
    _until(lambda: _knows(api, "far-friend", "web.policies.svc.cluster.local"), "the DNS is asked")
    _settles(api, web, EVERYBODY - FRIENDS)


def test_probes_and_the_node_itself_pass_where_nobody_else_does(
    trial: LocalCluster, api: Cluster, web: str
) -> None:
    apply(api, [_policy("deny", {}, ingress=[], egress=[])], namespace=SPACE)
    _settles(api, web, set())
    apply(api, [_server("later")], namespace=SPACE)
    ready = wait(api, "pod/later", for_="Ready", timeout_s=60, namespace=SPACE)
    assert ready is not None
    url = f"http://{ready.status.podIP}:{PORT}/busybox"
    ask = f"import urllib.request; print(urllib.request.urlopen({url!r}, timeout=5).status)"
    inside = ["nsenter", f"--net=/run/netns/{trial.spec.nodes[0].netns}", sys.executable, "-c", ask]
    assert process.run(inside, what="Asking from the node").strip() == "200"
    api.delete("pod/later", namespace=SPACE)


def test_a_node_keeps_them_again_after_a_power_cut(provider: LocalCluster, api: Cluster, web: str) -> None:
    apply(api, [_policy("deny", {}, ingress=[])], namespace=SPACE)
    _settles(api, web, set())
    provider.stop_node("node1")
    provider.start_node("node1")
    for name in ("web", *(client for client, (node, _) in CLIENTS.items() if node == "node1")):
        space = CLIENTS.get(name, ("node1", SPACE))[1]
        wait(api, f"pod/{name}", for_=_is_back, timeout_s=90, namespace=space)
    _settles(api, str(api.get("pod/web", namespace=SPACE).status.podIP), set())
    api.delete("networkpolicy/deny", namespace=SPACE)
    _settles(api, "web.policies", EVERYBODY)


def test_the_namespaces_go(api: Cluster) -> None:
    for space in (SPACE, NEXT_DOOR):
        api.delete(f"namespace/{space}")
    for space in (SPACE, NEXT_DOOR):
        wait(api, f"namespace/{space}", for_="deleted", timeout_s=90)


@pytest.mark.parametrize(
    ("who", "address", "is_let_through"),
    [
        ("image-processor", "mysql:3306", True),
        ("receiver", "mysql:3306", True),
        ("face-recognition", "mysql:3306", False),
        ("image-processor", "face-recognition:50051", True),
        ("frontend", "face-recognition:50051", False),
        ("receiver", "nsqd:4151", True),
        ("frontend", "nsqd:4150", False),
        ("receiver", "frontend:8081", False),  # which anybody may call, and the receiver calls nobody else
    ],
)
def test_the_pipeline_speaks_as_its_policies_say(
    course: Path, who: str, address: str, is_let_through: bool
) -> None:
    cluster = Cluster.connect(course, namespace="face")
    Pipeline(cluster).deploy()
    host, port = address.split(":")
    dial = f"import socket; socket.create_connection(({host!r}, {port}), {PATIENCE_S})"
    command = ["exec", f"deployment/{who}", "--", "python3", "-c", dial]
    if is_let_through:
        run(command, cluster=cluster)
        return
    with pytest.raises(CommandFailed, match="TimeoutError: timed out"):
        run(command, cluster=cluster)


WEB = {"matchLabels": {"app": "web"}}


def _is_back(one: KubeObject) -> bool:
    return one.is_ready and one.status.containerStatuses[0].restartCount > 0


def _server(name: str) -> Manifest:
    one = pod(name, SERVE, node="node1", labels={"app": "web"})
    one["spec"]["containers"][0]["readinessProbe"] = PROBE
    return one


def _clients(space: str) -> list[Manifest]:
    return [
        pod(name, node=node, labels={"who": name.partition("-")[2]})
        for name, (node, home) in CLIENTS.items()
        if home == space
    ]


def _service() -> Manifest:
    spec = {"selector": WEB["matchLabels"], "ports": [{"port": PORT}]}
    return named("v1", "Service", "web", spec=spec)


def _policy(name: str, pods: Manifest, **rules: list[Any]) -> Manifest:
    """A policy for these Pods, in the directions that it has rules for."""
    spec = {"podSelector": pods, "policyTypes": [way.capitalize() for way in rules], **rules}
    return named("networking.k8s.io/v1", "NetworkPolicy", name, spec=spec)


def _settles(api: Cluster, host: str, wanted: set[str], port: int = PORT) -> None:
    """Exactly these get in, soon, and then again: a policy is kept a moment after it is stored."""
    seen: set[str] = set()

    def holds() -> bool:
        nonlocal seen
        seen = _who_gets_in(api, host, port)
        return seen == wanted

    wait_until(
        holds,
        what=f"Others than {sorted(wanted)} got in",
        timeout_s=SETTLED_S,
        every_s=0.3,
        evidence=lambda: f"{sorted(seen)} did",
    )
    assert _who_gets_in(api, host, port) == wanted


def _who_gets_in(api: Cluster, host: str, port: int) -> set[str]:
    """Which of the clients reach a host, each asked over a new connection."""
    fetch = f"timeout {PATIENCE_S} wget -qO /dev/null http://{host}:{port}/busybox && echo in || echo out"

    def gets_in(name: str) -> bool:
        return run(["-n", CLIENTS[name][1], "exec", name, "--", "sh", "-c", fetch], cluster=api) == "in\n"

    with ThreadPoolExecutor(len(CLIENTS)) as pool:
        return {name for name, there in zip(CLIENTS, pool.map(gets_in, CLIENTS), strict=True) if there}


def _knows(api: Cluster, who: str, name: str) -> bool:
    """Whether a client is told an address for a name."""
    ask = f"timeout {PATIENCE_S} nslookup {name} > /dev/null && echo known || echo unknown"
    return run(["-n", CLIENTS[who][1], "exec", who, "--", "sh", "-c", ask], cluster=api) == "known\n"


def _until(holds: Callable[[], bool], what: str) -> None:
    wait_until(holds, what=f"It was not seen that {what}", timeout_s=SETTLED_S, every_s=0.3)
