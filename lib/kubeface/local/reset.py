"""Reset a running cluster to how it was when it was new, without stopping anything of its own."""

import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from kubeface.errors import ApiError
from kubeface.kube import Cluster, KubeObject, apply, wait
from kubeface.kube.transport import NotFound
from kubeface.kube.wait import Deadline
from kubeface.linux import cgroups
from kubeface.local import addons, nodes
from kubeface.local.dns import wait_for_dns
from kubeface.local.programs import api as connect
from kubeface.local.spec import ClusterSpec
from kubeface.local.toolchain import Toolchain
from kubeface.model.kinds import Kind
from kubeface.model.ownership import node_reset
from kubeface.util.waiting import wait_until

#: Kubernetes makes these by itself, and again when they are missing.
SYSTEM_SPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
#: What nobody but these has written belongs to the cluster.
SYSTEM_WRITERS = {
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "api-priority-and-fairness-config-consumer-v1",
    "api-priority-and-fairness-config-producer-v1",
    "clusterrole-aggregation-controller",
    "local-path-provisioner",
}
#: The machines themselves, and what mirrors them or the Services.
_KEPT_KINDS = ("Node", "CSINode", "IPAddress", "ServiceCIDR", "ComponentStatus", "Namespace")
_SPACE = Kind("v1", "Namespace", "namespaces", namespaced=False)
#: They may forbid what follows, or keep a namespace from ending: they go first.
_GUARDS = (
    *(
        Kind("admissionregistration.k8s.io/v1", name, f"{name.lower()}s", namespaced=False)
        for name in (
            "ValidatingWebhookConfiguration",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicyBinding",
            "MutatingAdmissionPolicyBinding",
        )
    ),
    Kind("apiregistration.k8s.io/v1", "APIService", "apiservices", namespaced=False),
)
#: What is deleted before and after all other kinds, which are 1.
_ORDER = {"Pod": 0, "CustomResourceDefinition": 2, "APIService": 2}
#: Where the kubelet keeps the cgroup of a Pod, by its class.
_CLASSES = {"Guaranteed": "", "Burstable": "burstable/", "BestEffort": "besteffort/"}
#: How long a Pod may take to end, and after how long nobody waits for a finalizer any more (chosen).
POD_GRACE_S, FORCE_AFTER_S, TIMEOUT_S = 1, 4.0, 60.0
AT_ONCE = 8


def reset(spec: ClusterSpec, tools: Toolchain) -> None:
    """Delete everything that was not there when the cluster was new, from the API and from the disks.

    Every node is switched on before. Images stay on the nodes.

    Raises:
        NotReady: something is still there after a minute.
    """
    nodes.restore_all(spec)
    api = connect(spec)
    pristine = addons.objects(spec, tools)
    ours = {_key(one) for one in pristine}
    _delete_all(api, [(kind, one) for kind in _GUARDS for one in _user_objects(api, kind, ours)])
    _empty(spec, api, ours)
    _clear_volumes(spec)
    for node in api.nodes():
        if change := node_reset(node):
            api.patch(node.ref, change)
    apply(api, pristine)
    wait(api, "serviceaccount/default", for_="exists", timeout_s=TIMEOUT_S)
    wait_for_dns(spec)


def _empty(spec: ClusterSpec, api: Cluster, ours: set[str]) -> None:
    """Delete every namespace but the system's, and every object of a user's in those and outside of any."""
    deadline = Deadline.after(TIMEOUT_S)
    kinds: list[Kind] = []
    left: list[tuple[Kind, KubeObject]] = []

    def is_empty() -> bool:
        nonlocal kinds, left
        open_ = [one for one in _user_namespaces(api) if not one.is_terminating]
        _delete_all(api, [(_SPACE, one) for one in open_])  # from then on nothing new can be made in them
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(
                pool.map(lambda kind: [(kind, one) for one in _user_objects(api, kind, ours)], kinds)
            )
        kinds = [kind for kind, some in zip(kinds, found, strict=True) if some]
        left = [pair for some in found for pair in some]
        _delete_all(api, left, force=TIMEOUT_S - deadline.left_s > FORCE_AFTER_S)
        _kill(spec, [one for kind, one in left if kind.name == "Pod"])
        return not left and not open_

    for _ in range(2):  # a second look at everything: what ended last may have made something
        kinds = _kinds(api)
        wait_until(
            is_empty,
            what="Not everything was gone",
            timeout_s=TIMEOUT_S,
            evidence=lambda: ", ".join(f"{one.ref} in {one.namespace}" for _, one in left),
            every_s=0.1,
        )
        for space in _user_namespaces(api):
            _finish(api, space)


def _kill(spec: ClusterSpec, pods: Iterable[KubeObject]) -> None:
    """Kill the processes of terminating Pods, whatever grace period they have asked for."""
    groups = {one.name: one.cgroup for one in spec.nodes}
    for pod in pods:
        if pod.node in groups:
            cgroups.kill(f"{groups[pod.node]}/kubepods/{_CLASSES[pod.status.qosClass]}pod{pod.metadata.uid}")


def _clear_volumes(spec: ClusterSpec) -> None:
    """Delete the folders of all volumes; no claim is left that they could belong to."""
    disks = [one.disk / "lib" / "local-path" for one in spec.nodes]
    for folder in (spec.shared, *disks):
        for volume in folder.iterdir():
            shutil.rmtree(volume, ignore_errors=True)


def _kinds(api: Cluster) -> list[Kind]:
    """Every kind that can be listed and deleted, in the version that the server prefers.

    Pods come first: they take longest. Definitions come last.
    """
    groups = api.transport.json("get", "/apis", what="list the groups of the API")["groups"]
    paths = ["/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in groups)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = [kind for some in pool.map(lambda path: _kinds_at(api, path), paths) for kind in some]
    return sorted(found, key=lambda kind: _ORDER.get(kind.name, 1))


def _kinds_at(api: Cluster, path: str) -> list[Kind]:
    try:
        answer = api.transport.json("get", path, what=f"list the kinds of {path}")
    except ApiError:
        return []  # an API server behind this one that is gone: what it held is out of reach
    return [
        Kind(answer["groupVersion"], one["kind"], one["name"], one["namespaced"])
        for one in answer["resources"]
        if {"list", "delete"} <= set(one["verbs"]) and one["kind"] not in _KEPT_KINDS
        if answer["groupVersion"] != "events.k8s.io/v1"  # the same objects as those of v1
    ]


def _user_objects(api: Cluster, kind: Kind, ours: set[str]) -> Iterator[KubeObject]:
    """The objects of a kind that a reset deletes."""
    try:
        found = api.snapshot(kind)[0]
    except ApiError:
        return  # a kind that has just gone with its definition
    for one in found:
        if (one.namespace and one.namespace not in SYSTEM_SPACES) or not _is_ours(one, ours):
            yield one


def _is_ours(one: KubeObject, ours: set[str]) -> bool:
    """Whether an object outside the namespaces of users belongs to the cluster."""
    if one.kind == "PersistentVolume":
        return False
    if one.kind == "Event":
        return one.namespace != "default"
    if one.kind == "Service" and (one.namespace, one.name) == ("default", "kubernetes"):
        return True
    inborn = one.name.startswith("system-") and one.kind == "PriorityClass"
    if inborn or "kubernetes.io/bootstrapping" in one.labels or _key(one.raw) in ours:
        return True
    if one.namespace == "kube-system" and one.metadata.ownerReferences:
        return True  # goes with its owner
    writers = {entry["manager"] for entry in one.raw["metadata"].get("managedFields") or []}
    if not writers:  # an object without content has no writer either
        return one.kind == "ServiceAccount" and (one.namespace == "kube-system" or one.name == "default")
    return writers <= SYSTEM_WRITERS


def _delete_all(api: Cluster, found: Iterable[tuple[Kind, KubeObject]], *, force: bool = False) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda pair: _delete(api, *pair, force=force), found))


def _delete(api: Cluster, kind: Kind, one: KubeObject, *, force: bool) -> None:
    """Delete an object; by force, without waiting for the kubelet or for finalizers."""
    path = kind.path(one.name, one.namespace)
    body: dict[str, Any] = {"propagationPolicy": "Background"}
    if kind.name == "Pod":
        body["gracePeriodSeconds"] = 0 if force else POD_GRACE_S
    try:
        if not one.is_terminating or (kind.name == "Pod" and (force or _grace_s(one) > POD_GRACE_S)):
            api.transport.json("delete", path, what=f"delete {one.ref}", body=body)
        if force and one.metadata.finalizers:
            free = {"metadata": {"finalizers": None}}
            merge = "application/merge-patch+json"
            api.transport.json("patch", path, what=f"free {one.ref}", body=free, content_type=merge)
    except ApiError:
        return  # it has gone, or a guard that has just gone is still asked: the next look tells


def _grace_s(pod: KubeObject) -> int:
    return int(pod.raw["metadata"].get("deletionGracePeriodSeconds") or 0)


def _user_namespaces(api: Cluster) -> list[KubeObject]:
    return [space for space in api.list("namespaces") if space.name not in SYSTEM_SPACES]


def _finish(api: Cluster, space: KubeObject) -> None:
    """Finalize an empty namespace, as its controller would do 5 s later (a fixed delay)."""
    body = {**space.raw, "spec": {"finalizers": []}}
    path = f"/api/v1/namespaces/{space.name}/finalize"
    try:
        api.transport.json("put", path, what=f"finish {space.ref}", body=body)
    except NotFound:
        return
    wait(api, space.ref, for_="deleted", timeout_s=TIMEOUT_S)


def _key(body: dict[str, Any]) -> str:
    """The key that identifies an object in the cluster."""
    meta = body["metadata"]
    return f"{body['kind']} {meta.get('namespace', '')} {meta['name']}"
