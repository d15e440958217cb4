"""Why a claim of storage is not bound."""

from collections.abc import Iterator

from kubeface.errors import ApiError
from kubeface.kube.client import Cluster
from kubeface.kube.reasons.evidence import latest_events
from kubeface.model.objects import KubeObject

DEFAULT = "storageclass.kubernetes.io/is-default-class"


def of_claim(cluster: Cluster, claim: KubeObject, namespace: str) -> Iterator[str]:
    """Why a claim is not bound; nothing if it is."""
    if claim.status is not None and claim.status.phase == "Bound":
        return
    events = latest_events(cluster, claim, namespace)
    said = _of_its_class(cluster, claim) or _said(events, "ProvisioningFailed", "FailedBinding")
    if not said and "WaitForFirstConsumer" in events:
        said = "it is bound when a first Pod that uses it has a node (WaitForFirstConsumer)"
    yield f"{claim.ref} is not bound: {said or _said(events, *events) or 'nobody says why'}"


def of_claims(cluster: Cluster, pod: KubeObject, namespace: str) -> Iterator[str]:
    """Which of the claims that a Pod uses are missing or not bound, and why."""
    for volume in (pod.raw.get("spec") or {}).get("volumes") or []:
        if "persistentVolumeClaim" in volume:
            ref = f"persistentvolumeclaim/{volume['persistentVolumeClaim']['claimName']}"
            claim = cluster.find(ref, namespace=namespace)
            if claim is None:
                yield f"{ref} does not exist in namespace {namespace}"
            else:
                yield from of_claim(cluster, claim, namespace)


def _of_its_class(cluster: Cluster, claim: KubeObject) -> str:
    """What is wrong with the claim's StorageClass; empty if nothing is, or it wants none."""
    named = (claim.raw.get("spec") or {}).get("storageClassName")
    try:
        classes = cluster.list("storageclasses")
    except ApiError:
        return ""  # who has rights in a namespace only does not see them
    there = f"there is {', '.join(one.name for one in classes)}" if classes else "the cluster has none"
    if named is None and not any(one.annotations.get(DEFAULT) == "true" for one in classes):
        return f"it names no StorageClass, and none is the default; {there}"
    if named and named not in [one.name for one in classes]:
        return f"its StorageClass {named} does not exist; {there}"
    return ""


def _said(events: dict[str, KubeObject], *named: str) -> str:
    return next((f"{name}: {str(events[name].message).strip()}" for name in named if name in events), "")
