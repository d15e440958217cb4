"""Hints of a drill: how one looks, and what is not ready. None names a cause."""

from collections.abc import Callable

from kubeface.drills.kept import Kept
from kubeface.drills.pool import pool
from kubeface.drills.told import Told, call
from kubeface.kube import Cluster
from kubeface.pipeline.deploy import NAMESPACE, ORDER


def next_one(cluster: Cluster, kept: Kept) -> Told:
    """The next hint, and the first again after the last one; counted in what is kept."""
    number = kept.hints % len(HINTS)
    kept.hints += 1
    text = HINTS[number](cluster, kept)
    return Told("→", f"hint {number + 1} of {len(HINTS)}", text, (f"{call()} says whether it is repaired.",))


def way(cluster: Cluster, kept: Kept) -> str:
    """How a photo goes."""
    return (
        "A photo goes from the receiver by way of the database and the queue to the image-processor, which "
        "asks face-recognition; the frontend shows the row. Send one, and find out how far it gets."
    )


def readiness(cluster: Cluster, kept: Kept) -> str:
    """How many parts are ready."""
    found = [cluster.find(ref, namespace=NAMESPACE) for ref in ORDER]
    ready = sum(1 for one in found if one and one.desired and one.ready >= one.desired)
    if ready < len(ORDER):
        return (
            f"{ready} of {len(ORDER)} parts are ready. Of one that is not, ask in order: is there a Pod, "
            "has it a node, has it its image, does it start, is it ready? The first no is where you look: "
            f"`kubectl describe`, `kubectl logs`, `kubectl get events -n {NAMESPACE}`."
        )
    return (
        f"All {len(ORDER)} parts are ready, so look between them and around them: Services and endpoints, "
        "names, policies, volumes, nodes; and what the programs say: `kubectl logs`."
    )


def difference(cluster: Cluster, kept: Kept) -> str:
    """Where the right state is written down."""
    return (
        "The folder `manifests` says how it should be, and `kubectl diff --server-side --force-conflicts "
        "-k manifests` compares. It does not show what was added; `kubectl get nodes` and "
        f"`kubectl get all,hpa,pdb,quota,limits,netpol -n {NAMESPACE}` do."
    )


def lessons(cluster: Cluster, kept: Kept) -> str:
    """Where it was learned."""
    found = sorted({pool()[name].lesson for name in kept.incidents})
    return f"What it is about was learned in lesson {' and '.join(found)}."


#: From the gentlest on.
HINTS: tuple[Callable[[Cluster, Kept], str], ...] = (way, readiness, difference, lessons)
