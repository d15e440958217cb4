"""After a reset the cluster holds what a new one holds, and its own programs have not been touched."""

from pathlib import Path

import pytest
from objects import Manifest, claim, deployment, mount, named, namespace, pod
from traces import supervised

from kubeface.errors import BadInput
from kubeface.kube import Cluster, apply, wait
from kubeface.kube.kubectl import run
from kubeface.linux import cgroups
from kubeface.local.cluster import LocalCluster
from kubeface.util.waiting import wait_until

pytestmark = pytest.mark.alone

NEW_S = 20  # chosen: four times the benchmark's goal, for a machine that does other things too


def test_whatever_was_made_is_gone_in_seconds(
    trial: LocalCluster, provider: LocalCluster, api: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    provider.reset()
    before, running = _inventory(api), supervised(trial.spec.cgroup)
    _disorder(api)
    assert _inventory(api) != before  # the comparison does see what was made
    seconds = provider.reset()
    with capsys.disabled():
        print(f"\nreset: {seconds:.1f} s")
    assert _inventory(api) == before
    assert seconds < NEW_S
    assert supervised(trial.spec.cgroup) == running
    assert _volumes(trial) == []
    wait_until(lambda: not _sleepers(trial), what="Containers of the removed Pods run", timeout_s=20)


def test_a_reset_switches_on_what_was_off_and_reconnects_what_was_not_connected(
    trial: LocalCluster, provider: LocalCluster, api: Cluster
) -> None:
    provider.stop_node("node1")
    provider.disconnect_node("node2")
    provider.reset()
    assert all(node.is_ready for node in api.nodes())
    assert run(["run", "probe", "--image", "none"], cluster=api)  # the door is open again
    provider.reset()
    assert api.find("pod/probe") is None


def _disorder(api: Cluster) -> None:
    """Something of everything that a course makes, and of what keeps a namespace from going."""
    stubborn = deployment("stubborn", "trap '' TERM; sleep 3600", replicas=3, grace_s=30)
    user = mount(pod("user", "echo kept > /own/f; echo kept > /ours/f; exec sleep 3600"), "own", "ours")
    claims = [claim("own"), claim("ours", "shared", "ReadWriteMany")]
    held = named("v1", "ConfigMap", "held")
    held["metadata"]["finalizers"] = ["example.com/nobody-frees-it"]
    apply(api, [namespace("mess"), namespace("mess-two")])
    apply(api, [stubborn, user, *claims, held], namespace="mess")
    apply(api, [deployment("web", replicas=2), named("v1", "ConfigMap", "note")], namespace="default")
    apply(api, [named("v1", "ConfigMap", "note")], namespace="kube-system")
    apply(api, [_definition(), named("scheduling.k8s.io/v1", "PriorityClass", "high", value=1000), _role()])
    for ref in ("deployment/stubborn", "pod/user"):
        wait(api, ref, for_="Ready", timeout_s=90, namespace="mess")
    wait(api, "customresourcedefinition/toys.example.com", for_="Established", timeout_s=30)
    toy = named("example.com/v1", "Toy", "ball")
    toy["metadata"]["finalizers"] = ["example.com/nobody-frees-it"]
    wait_until(lambda: _is_known(api, "Toy"), what="the new kind is not known", timeout_s=30)
    api.apply(toy, namespace="mess-two")
    api.apply(_webhook())
    run(["label", "node", "node1", "disk=fast"], cluster=api)
    run(["taint", "node", "node2", "mine=yes:NoSchedule"], cluster=api)
    run(["cordon", "node1"], cluster=api)
    run(["-n", "kube-system", "scale", "deployment/metrics-server", "--replicas=0"], cluster=api)


def _is_known(api: Cluster, kind: str) -> bool:
    try:
        return bool(api.kind(kind))
    except BadInput:
        return False


def _inventory(api: Cluster) -> list[str]:
    """The names of everything in the API, but for what counts or comes and goes."""
    words = run(["api-resources", "--verbs=list,delete", "-o", "name"], cluster=api).split()
    kinds = [word for word in words if not word.startswith(("events", "pods", "leases", "ipaddresses"))]
    wanted = 'jsonpath={range .items[*]}{.kind} {.metadata.namespace} {.metadata.name}{"\\n"}{end}'
    lines = run(["get", ",".join(kinds), "-A", "-o", wanted], cluster=api).splitlines()
    nodes = [f"{n.name} {sorted(n.labels)} {n.spec.unschedulable} {n.spec.taints}" for n in api.nodes()]
    scale = api.get("deployment/metrics-server", namespace="kube-system").spec.replicas
    return sorted([*(line for line in lines if "EndpointSlice" not in line), *nodes, f"scale {scale}"])


def _volumes(trial: LocalCluster) -> list[Path]:
    folders = [trial.spec.shared, *(node.disk / "lib" / "local-path" for node in trial.spec.nodes)]
    return [volume for folder in folders for volume in folder.iterdir()]


def _sleepers(trial: LocalCluster) -> list[int]:
    """The processes of the Pods that were made here."""
    found = []
    for pid in cgroups.processes(trial.spec.cgroup):
        command = Path(f"/proc/{pid}/cmdline")
        if command.exists() and b"sleep" in command.read_bytes():
            found.append(pid)
    return found


def _definition() -> Manifest:
    names = {"plural": "toys", "singular": "toy", "kind": "Toy", "listKind": "ToyList"}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    spec = {"group": "example.com", "names": names, "scope": "Namespaced", "versions": [version]}
    return named("apiextensions.k8s.io/v1", "CustomResourceDefinition", "toys.example.com", spec=spec)


def _role() -> Manifest:
    return named("rbac.authorization.k8s.io/v1", "ClusterRole", "reader", rules=[])


def _webhook() -> Manifest:
    """Refuses every deletion, since nobody answers at its address."""
    rule = {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["DELETE"], "resources": ["*"]}
    hook = {
        "name": "closed.example.com",
        "rules": [rule],
        "clientConfig": {"url": "https://127.0.0.1:1/none"},
        "failurePolicy": "Fail",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    kind = "ValidatingWebhookConfiguration"
    return named("admissionregistration.k8s.io/v1", kind, "closed", webhooks=[hook])
