"""The cluster that is meant where none is named: the lesson's; outside a lesson, the course's own."""

from collections.abc import Callable

from kubeface.kube.client import Cluster
from kubeface.kube.contexts import NAMESPACE

_asked: list[Callable[[], Cluster | None]] = []


def cluster() -> Cluster:
    """The lesson's cluster; outside a lesson the course's own, in the namespace of its pipeline.

    Raises:
        Missing: there is none.
    """
    found = next(filter(None, (ask() for ask in _asked)), None)
    return found or Cluster.connect(namespace=NAMESPACE)


def ask_first(who: Callable[[], Cluster | None]) -> None:
    """From now on `who` is asked for the lesson's cluster; None means that there is no lesson."""
    _asked.append(who)
