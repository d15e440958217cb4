"""What a lesson's cell gives an exercise to begin with: the objects of a file, made afresh."""

from typing import Any

from kubeface.endstates.parts import at
from kubeface.endstates.untouched import as_made
from kubeface.kube import Cluster, KubeObject, apply, load_manifests, wait
from kubeface.kube.client import ref_of
from kubeface.pipeline.deploy import course_manifests

GONE_S = 60  # chosen: a few small Pods end within a second or two


def given(file: str) -> list[dict[str, Any]]:
    """The objects of a lesson's file: `08-probes/gate.yaml`."""
    return load_manifests(course_manifests() / "lessons" / file)


def afresh(cluster: Cluster, file: str) -> None:
    """The objects of a lesson's file as it has them, and no Pod of earlier ones left."""
    gone(cluster, file)
    apply(cluster, given(file))


def gone(cluster: Cluster, file: str) -> None:
    """None of the objects of a lesson's file, and none of their Pods."""
    objects = given(file)
    for one in objects:
        cluster.delete(ref_of(one))
    for one in objects:
        name = one["metadata"]["name"]
        for pod in cluster.list("pods", labels={"app.kubernetes.io/name": name}):
            cluster.delete(pod.ref, grace_s=0)
            wait(cluster, pod.ref, for_="deleted", timeout_s=GONE_S)
        wait(cluster, ref_of(one), for_="deleted", timeout_s=GONE_S)


def is_as_given(cluster: Cluster, found: KubeObject, file: str) -> bool:
    """Whether a workload asks for what its lesson's file asks for, with the API server's defaults."""
    [body] = [one for one in given(file) if ref_of(one) == found.ref]
    made = as_made(cluster, body)
    return not found.is_terminating and at(found, "spec") == at(made, "spec")
