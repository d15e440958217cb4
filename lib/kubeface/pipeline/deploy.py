"""Bring the pipeline up in a cluster, and take it away again."""

import base64
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kubeface import places
from kubeface.errors import Missing
from kubeface.kube import Cluster, apply, kustomize, load_manifests, wait, wait_all
from kubeface.kube.client import ref_of
from kubeface.kube.contexts import NAMESPACE as NAMESPACE
from kubeface.kube.rights import may
from kubeface.kube.user_objects import delete_labelled
from kubeface.kube.wait import Deadline
from kubeface.model.ownership import NODE_LABEL, PART_OF
from kubeface.pipeline.ranges import STANDARD, fitted, pod_ranges

SECRET = "kube-face-secret"  # noqa: S105 - its name, not its content
SECRET_KEYS = (
    "mysql-root-password",
    "receiver-password",
    "image-processor-password",
    "redeemer-password",
    "frontend-password",
)

# Who is needed by others is waited for first, so that a failure names the cause and not what follows from it.
ORDER = (
    "deployment/mysql",
    "deployment/nsqlookupd",
    "daemonset/nsqd",
    "deployment/face-recognition",
    "deployment/receiver",
    "deployment/image-processor",
    "deployment/frontend",
)


def manifests_folder() -> Path:
    """The manifests that lessons apply: the learner's own, in a folder of theirs; else the course's.

    Raises:
        Missing: they have been deleted.
    """
    own = places.folder_here()
    return _with_kustomization(own, "kubeface lesson restore manifests") if own else course_manifests()


def course_manifests() -> Path:
    """The manifests as the course has them.

    Raises:
        Missing: they have been deleted.
    """
    return _with_kustomization(places.SOURCE, "install kubeface again, or check the project out again")


def _with_kustomization(folder: Path, try_next: str) -> Path:
    manifests = folder / "manifests"
    if not (manifests / "kustomization.yaml").is_file():
        raise Missing(f"there are no manifests at {manifests}", try_next=try_next)
    return manifests


def deploy(cluster: Cluster, manifests: Path, say: Callable[[str], None], *, timeout_s: float) -> None:
    """The pipeline, running: all its Pods ready. What is there already is kept.

    Raises:
        NotReady: a part of it did not get ready in time; the reasons are in `seen`.
    """
    deadline = Deadline.after(timeout_s)
    _leave_going_namespace(cluster, deadline)
    apply(cluster, [one for one in load_manifests(manifests / "namespace") if not stands(cluster, one)])
    say(f"namespace {NAMESPACE}")
    ensure_secret(cluster)
    say(f"secret {SECRET}, with passwords that only the cluster knows")
    if may(cluster, "list", "nodes") and may(cluster, "patch", "nodes"):
        label_nodes(cluster)
        say(f"label {NODE_LABEL}=true on every node")
    objects = fitted(cluster, kustomize(manifests))
    apply(cluster, [one for one in objects if one["kind"] != "Namespace"])
    say(f"{len(objects)} objects applied")
    for ref in ORDER:
        wait(cluster, ref, for_="Ready", timeout_s=max(1.0, deadline.left_s), namespace=NAMESPACE)
        say(f"{ref} is ready")
    _fit_policies(cluster, manifests, say)


def _fit_policies(cluster: Cluster, manifests: Path, say: Callable[[str], None]) -> None:
    """By now Pods run, and their addresses tell what nobody may have told before."""
    objects = fitted(cluster, kustomize(manifests))
    apply(cluster, [one for one in objects if one["kind"] == "NetworkPolicy"])
    if not pod_ranges(cluster):
        say(f"where Pods are is not known: policies say {STANDARD}, see manifests/README.md")


def stands(cluster: Cluster, namespace: dict[str, Any]) -> bool:
    """Whether a namespace is there with the labels of its manifest: not everybody may make or change one."""
    there = cluster.find(ref_of(namespace))
    if there is None or there.is_terminating:
        return False
    wanted: dict[str, str] = namespace["metadata"].get("labels") or {}
    return wanted.items() <= there.labels.items()


def ensure_secret(cluster: Cluster) -> None:
    """The Secret, with a random password for each key that it lacks; the others are kept."""
    there = cluster.find(f"secret/{SECRET}", namespace=NAMESPACE)
    data = dict(there.raw.get("data") or {}) if there else {}
    missing = {key: _password() for key in SECRET_KEYS if key not in data}
    if there is None:
        cluster.create(_secret(missing), namespace=NAMESPACE)
    elif missing:
        cluster.patch(f"secret/{SECRET}", {"data": missing}, namespace=NAMESPACE)


def label_nodes(cluster: Cluster) -> None:
    """Every node labelled as one that runs an nsqd."""
    for node in cluster.nodes():
        if node.labels.get(NODE_LABEL) != "true":
            cluster.patch(node.ref, {"metadata": {"labels": {NODE_LABEL: "true"}}})


def remove(cluster: Cluster, *, timeout_s: float) -> None:
    """Nothing left of the pipeline: its namespace with all that is in it, and the label of the nodes.

    Whoever may not delete the namespace keeps it, without what the course made in it.

    Raises:
        NotReady: a part of it did not go in time.
    """
    deadline = Deadline.after(timeout_s)
    if not may(cluster, "delete", "namespaces", namespace=NAMESPACE):
        delete_labelled(cluster, NAMESPACE, PART_OF, deadline)
        return
    _end_pods(cluster, deadline)
    cluster.delete(f"namespace/{NAMESPACE}")
    for node in cluster.nodes():
        if NODE_LABEL in node.labels:
            cluster.patch(node.ref, {"metadata": {"labels": {NODE_LABEL: None}}})
    wait(cluster, f"namespace/{NAMESPACE}", for_="deleted", timeout_s=max(1.0, deadline.left_s))


def _end_pods(cluster: Cluster, deadline: Deadline) -> None:
    """Pods first: a namespace that still finds some when it is emptied looks again after 16 s or more."""
    for ref in ("cronjob/redeemer", *ORDER):
        cluster.delete(ref, namespace=NAMESPACE)
    pods = [pod.ref for pod in cluster.list("pods", namespace=NAMESPACE)]
    for ref in pods:
        cluster.delete(ref, namespace=NAMESPACE)
    wait_all(cluster, pods, for_="deleted", timeout_s=max(1.0, deadline.left_s), namespace=NAMESPACE)


def _leave_going_namespace(cluster: Cluster, deadline: Deadline) -> None:
    """A namespace that is being deleted takes nothing new: let it go first."""
    there = cluster.find(f"namespace/{NAMESPACE}")
    if there and there.is_terminating:
        wait(cluster, there.ref, for_="deleted", timeout_s=max(1.0, deadline.left_s))


def _secret(data: dict[str, str]) -> dict[str, Any]:
    meta = {"name": SECRET, "labels": dict(PART_OF)}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "data": data}


def _password() -> str:
    return base64.b64encode(secrets.token_urlsafe(24).encode()).decode()
