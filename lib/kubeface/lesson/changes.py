"""`with changes():` in a cell: what did that change?"""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from kubeface.checks import session
from kubeface.kube import Cluster

if TYPE_CHECKING:
    from kubeface.views.changes import Changes

SETTLE_S = 30.0  # as in kubeface.views.recording, which is imported only when it is needed


def changes(
    cluster: Cluster | None = None,
    *,
    namespace: str | None = None,
    timeout_s: float = SETTLE_S,
    exact: bool = False,
    live: bool = False,
) -> AbstractContextManager["Changes"]:
    """Show what the code under `with` led to: objects created, modified and deleted, under their owners.

    It is shown when things have settled: no object that changed is being worked on any more. Fields that
    differ are listed, without what the server notes for itself, and never a Secret's values. The numbers
    tell the order in time. An error in the block goes on, after what had come of it is shown. What is not
    recorded: events, and what a CronJob starts because it is time to.

    Args:
        cluster: Where to look; without one, the lesson's cluster.
        namespace: Where in it; without one, the cluster's own. Objects without a namespace count too.
        timeout_s: How long to wait for things to settle, in seconds; what is not settled then is named.
        exact: Full names and values, with the hashes that differ in every run, and each Pod by itself.
        live: Show what there is so far while things settle.

    Raises:
        Missing: no cluster was named, and there is none.
        ConnectionFailed: the API server is not there when the block begins, or when it ends.

    >>> card = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "card"}}
    >>> with changes(cluster) as seen:
    ...     one = cluster.apply(card | {"data": {"to": "you"}})
    1  + created  configmap/card
    >>> [change.ref for change in seen]
    ['configmap/card']
    """
    from kubeface.views.recording import recorded

    found = cluster or session.cluster()
    return recorded(found, namespace=namespace, timeout_s=timeout_s, exact=exact, live=live)
