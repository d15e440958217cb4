"""The name of the cluster, and small objects, that several of these tests use."""

import os
from typing import Any

from kubeface.local.spec import Wish

Manifest = dict[str, Any]
#: The cluster of these tests; another name where somebody else tests on the same machine.
TRIAL = os.environ.get("KUBEFACE_TRIAL", "trial")
NODES = 2
WISH = Wish(node_count=NODES)
IMAGE = "registry.kubeface.internal/busybox:v1.0"
SLEEP = "exec sleep 3600"


def pod(
    name: str,
    script: str = "exec sleep 3600",
    *,
    node: str | None = None,
    labels: dict[str, str] | None = None,
) -> Manifest:
    """A Pod of one container that runs a script, on a node if one is named; it ends at once when asked to."""
    container = {"name": "main", "image": IMAGE, "command": ["sh", "-c", script]}
    place = {"kubernetes.io/hostname": node} if node else {}
    spec = {"containers": [container], "terminationGracePeriodSeconds": 0, "nodeSelector": place}
    return named("v1", "Pod", name, labels=labels or {}, spec=spec)


def deployment(
    name: str, script: str = "exec sleep 3600", *, replicas: int = 1, grace_s: int = 0
) -> Manifest:
    """A Deployment of such Pods, labelled `app: NAME`."""
    one = pod(name, script)["spec"] | {"terminationGracePeriodSeconds": grace_s}
    template = {"metadata": {"labels": {"app": name}}, "spec": one}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return named("apps/v1", "Deployment", name, spec=spec)


def claim(name: str, storage_class: str | None = None, mode: str = "ReadWriteOnce") -> Manifest:
    """A claim for a small volume."""
    spec: Manifest = {"accessModes": [mode], "resources": {"requests": {"storage": "1Mi"}}}
    if storage_class:
        spec["storageClassName"] = storage_class
    return named("v1", "PersistentVolumeClaim", name, spec=spec)


def mount(one: Manifest, *claims: str) -> Manifest:
    """The Pod with these claims mounted at /NAME."""
    one["spec"]["volumes"] = [{"name": c, "persistentVolumeClaim": {"claimName": c}} for c in claims]
    one["spec"]["containers"][0]["volumeMounts"] = [{"name": c, "mountPath": f"/{c}"} for c in claims]
    return one


def namespace(name: str) -> Manifest:
    return named("v1", "Namespace", name)


def named(
    version: str, kind: str, name: str, *, labels: dict[str, str] | None = None, **rest: Any
) -> Manifest:
    """Any object."""
    meta: Manifest = {"name": name} | ({"labels": labels} if labels else {})
    return {"apiVersion": version, "kind": kind, "metadata": meta, **rest}
