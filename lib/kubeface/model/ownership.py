"""Ownership of objects, labels and taints: the course's, Kubernetes' own, or a user's."""

from collections.abc import Mapping
from typing import Any

from kubeface.model.objects import KubeObject

#: On everything that the course makes.
PART_OF = {"app.kubernetes.io/part-of": "face-pipeline"}
#: The same as kubectl takes it.
COURSE_LABEL = ",".join(f"{key}={value}" for key, value in PART_OF.items())
#: On the nodes that run the queue, with the value true.
NODE_LABEL = "receiver"
#: Specified: https://kubernetes.io/docs/reference/labels-annotations-taints/ and KEP 1111 for x-k8s.io.
KUBERNETES_DOMAINS = ("kubernetes.io", "k8s.io", "x-k8s.io")
CORDONED = "node.kubernetes.io/unschedulable"


def is_of_course(one: KubeObject) -> bool:
    """Whether an object has the course's label.

    >>> is_of_course(KubeObject({"metadata": {"labels": {"app.kubernetes.io/part-of": "face-pipeline"}}}))
    True
    """
    return PART_OF.items() <= one.labels.items()


def lacks_course_label(one: KubeObject | None) -> str:
    """Why an object is not the course's, in a sentence; empty if it is, or if there is none.

    >>> lacks_course_label(KubeObject({"kind": "Namespace", "metadata": {"name": "face"}}))
    'it lacks the label app.kubernetes.io/part-of=face-pipeline'
    """
    return "" if one is None or is_of_course(one) else f"it lacks the label {COURSE_LABEL}"


def is_of_kubernetes(key: str) -> bool:
    """Whether the key of a label, annotation or taint is in a domain that is reserved for Kubernetes.

    >>> [is_of_kubernetes(f"{domain}/x") for domain in ("node.kubernetes.io", "k8s.io", "notkubernetes.io")]
    [True, True, False]
    """
    domain, slash, _ = key.partition("/")
    return bool(slash) and any(
        domain == reserved or domain.endswith(f".{reserved}") for reserved in KUBERNETES_DOMAINS
    )


def node_reset(node: KubeObject, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The merge patch that takes off a node what people put on it; empty if there is nothing.

    That is labels and annotations outside Kubernetes' own domains, taints outside them, and `kubectl cordon`.

    Args:
        node: The node.
        labels: Those that it should have.
    """
    meta = node.raw.get("metadata") or {}
    patch: dict[str, Any] = {}
    for part, wanted in (("labels", dict(labels or {})), ("annotations", {})):
        there = meta.get(part) or {}
        gone = {key: None for key in there if not is_of_kubernetes(key) and key not in wanted}
        lacking = {key: value for key, value in wanted.items() if there.get(key) != value}
        if gone or lacking:
            patch.setdefault("metadata", {})[part] = gone | lacking
    spec = node.raw.get("spec") or {}
    taints = spec.get("taints") or []
    kept = [one for one in taints if is_of_kubernetes(one["key"]) and one["key"] != CORDONED]
    if spec.get("unschedulable") or kept != taints:
        patch["spec"] = {"unschedulable": None, "taints": kept or None}
    return patch
