"""What Kubernetes promises of a Pod: volumes, security, kernel settings, exec and logs by WebSocket."""

import base64
import contextlib
import ssl
import tempfile
from urllib.parse import urlencode

import pytest
import websocket
import yaml
from objects import Manifest, named, namespace, pod

from kubeface.kube import Cluster, apply, wait
from kubeface.kube.kubectl import run
from kubeface.local.cluster import LocalCluster

SPACE = "pods"
#: The subprotocol of the API for streams of bytes, each message marked with its channel (1 is stdout).
PROTOCOL = "v4.channel.k8s.io"


@pytest.fixture
def full(api: Cluster) -> str:
    """One Pod with all of it, ready; its name. It stays for the next test."""
    apply(api, [namespace(SPACE)])
    settings = named("v1", "ConfigMap", "settings", data={"one": "first", "two": "second"})
    secret = named("v1", "Secret", "secret", stringData={"key": "hidden"})
    apply(api, [settings, secret, _pod()], namespace=SPACE)
    wait(api, "pod/full", for_="Ready", timeout_s=90, namespace=SPACE)
    return "full"


def test_projected_volumes_bring_several_sources_together(api: Cluster, full: str) -> None:
    assert _in(api, full, "cat /all/settings/one /all/secret/key; cat /all/labels") == 'firsthiddenapp="full"'
    assert len(_in(api, full, "cat /all/token").split(".")) == 3  # a signed token


def test_a_sub_path_is_one_part_of_a_volume(api: Cluster, full: str) -> None:
    assert _in(api, full, "cat /etc/two; ls /etc | grep -c one || true") == "second0"
    assert _in(api, full, "cat /data/made/by-first").strip() == "init"


def test_init_containers_run_before_and_a_sidecar_beside(api: Cluster, full: str) -> None:
    statuses = api.get(f"pod/{full}", namespace=SPACE).status.initContainerStatuses
    assert statuses[0].state.terminated.reason == "Completed"
    assert statuses[1].state.running


def test_security_is_carried_out(api: Cluster, full: str) -> None:
    status = dict(
        line.split(":\t", 1) for line in _in(api, full, "cat /proc/1/status").splitlines() if ":\t" in line
    )
    assert status["Seccomp"].strip() == "2"  # a filter, of the runtime's default profile
    assert status["NoNewPrivs"].strip() == "1"
    assert status["CapEff"].strip() == "0" * 16
    assert _in(api, full, "id -u; touch /x 2>&1 || true") == "10001touch: /x: Read-only file system"


def test_a_safe_kernel_setting_is_the_pod_s_own_and_an_unsafe_one_is_refused(api: Cluster, full: str) -> None:
    assert _in(api, full, "cat /proc/sys/net/ipv4/ip_unprivileged_port_start") == "80"
    unsafe = pod("unsafe")
    unsafe["spec"]["securityContext"] = {"sysctls": [{"name": "kernel.msgmax", "value": "65536"}]}
    apply(api, [unsafe], namespace=SPACE)
    ended = wait(api, "pod/unsafe", for_=lambda one: one.status.reason, timeout_s=60, namespace=SPACE)
    assert ended is not None
    assert ended.status.reason == "SysctlForbidden"


def test_a_pod_may_be_allowed_more_processors_than_its_node_has(
    trial: LocalCluster, api: Cluster, full: str
) -> None:
    """The kernel's cgroups of v1 refuse it, where the node itself has a hard limit."""
    node = trial.spec.nodes[0]
    generous = pod("generous", node=node.name)
    limits = {"requests": {"cpu": "10m"}, "limits": {"cpu": str(node.cpus + 1)}}
    generous["spec"]["containers"][0]["resources"] = limits
    apply(api, [generous], namespace=SPACE)
    wait(api, "pod/generous", for_="Ready", timeout_s=60, namespace=SPACE)


def test_exec_and_logs_come_through_a_websocket(api: Cluster, full: str) -> None:
    command = [("container", "main"), *(("command", word) for word in ("echo", "through a socket"))]
    said = _stream(api, full, "exec", [*command, ("stdout", "true")], PROTOCOL)
    assert b"\x01through a socket\n" in said
    said = _stream(api, full, "log", [("container", "main")], "binary.k8s.io")
    assert b"".join(said) == b"begun\n"


def test_the_namespace_goes(api: Cluster) -> None:
    api.delete(f"namespace/{SPACE}")
    wait(api, f"namespace/{SPACE}", for_="deleted", timeout_s=90)


def _pod() -> Manifest:
    one = pod("full", "echo begun; exec sleep 3600", labels={"app": "full"})
    labels = {"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}}
    token = {"serviceAccountToken": {"path": "token", "expirationSeconds": 600}}
    settings = {"configMap": {"name": "settings", "items": [{"key": "one", "path": "settings/one"}]}}
    secret = {"secret": {"name": "secret", "items": [{"key": "key", "path": "secret/key"}]}}
    spec = one["spec"]
    spec["volumes"] = [
        {"name": "all", "projected": {"sources": [settings, secret, labels, token]}},
        {"name": "settings", "configMap": {"name": "settings"}},
        {"name": "data", "emptyDir": {}},
    ]
    data = {"name": "data", "mountPath": "/data/made", "subPath": "part"}
    main = spec["containers"][0]
    main["volumeMounts"] = [
        {"name": "all", "mountPath": "/all"},
        {"name": "settings", "mountPath": "/etc/two", "subPath": "two"},
        data,
    ]
    first = main | {"name": "first", "command": ["sh", "-c", "echo init > /data/made/by-first"]}
    side = {"name": "side", "image": main["image"], "command": ["sleep", "3600"], "restartPolicy": "Always"}
    spec["initContainers"] = [first | {"volumeMounts": [data]}, side]
    safe = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    main["securityContext"] = safe
    port = {"name": "net.ipv4.ip_unprivileged_port_start", "value": "80"}
    profile = {"type": "RuntimeDefault"}
    spec["securityContext"] = {
        "runAsUser": 10001,
        "fsGroup": 10001,
        "seccompProfile": profile,
        "sysctls": [port],
    }
    return one


def _in(api: Cluster, name: str, script: str) -> str:
    """What a script prints in the Pod, its lines as one."""
    said = run(["-n", SPACE, "exec", name, "-c", "main", "--", "sh", "-c", script], cluster=api)
    return said if "\t" in said else said.replace("\n", "")


def _stream(api: Cluster, name: str, part: str, query: list[tuple[str, str]], protocol: str) -> list[bytes]:
    """Every message that comes until the other side ends."""
    context = _context(api)
    server = api.transport.address.replace("https", "wss")
    url = f"{server}/api/v1/namespaces/{SPACE}/pods/{name}/{part}?{urlencode(query)}"
    connection = websocket.create_connection(
        url, subprotocols=[protocol], sslopt={"context": context}, timeout=20
    )
    messages = []
    with contextlib.closing(connection.sock):
        while (message := connection.recv_data())[0] != websocket.ABNF.OPCODE_CLOSE:
            messages.append(message[1])
    return [one for one in messages if one.strip(b"\0\1\2\3")]  # each channel begins with an empty one


def _context(api: Cluster) -> ssl.SSLContext:
    config = yaml.safe_load(api.kubeconfig.read_text())
    user, cluster = config["users"][0]["user"], config["clusters"][0]["cluster"]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    context = ssl.create_default_context(cadata=authority)
    with tempfile.NamedTemporaryFile() as pair:
        pair.write(base64.b64decode(user["client-certificate-data"]))
        pair.write(base64.b64decode(user["client-key-data"]))
        pair.flush()
        context.load_cert_chain(pair.name)
    return context
