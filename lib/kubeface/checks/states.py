"""Hints that describe the current state of an object."""

from collections.abc import Callable

from kubeface.kube import Cluster
from kubeface.kube.reasons import reasons


def how_it_is(ref: str, *, namespace: str | None = None) -> Callable[[Cluster], str | None]:
    """A hint that says why an object is not ready; none when the cluster gives no reason.

    >>> tell = how_it_is("deployment/spare", namespace="practice")
    >>> tell(cluster) is None  # there is no such Deployment: another hint helps with that
    True

    Args:
        ref: `deployment/spare`.
        namespace: Where, if not in the cluster's own namespace.
    """

    def tell(cluster: Cluster) -> str | None:
        one = cluster.find(ref, namespace=namespace)
        told = reasons(cluster, one, namespace=namespace or cluster.namespace) if one else []
        return f"As it is now, {one.ref} is not ready: {told[0]}" if one and told else None

    return tell
