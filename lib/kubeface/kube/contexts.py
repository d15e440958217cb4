"""Find the kubeconfig that has a context."""

import os
from collections.abc import Iterator
from pathlib import Path

from kubeface import places
from kubeface.errors import BadInput, Missing
from kubeface.kube.client import Cluster

#: The context that `kubeface up` hands out.
COURSE = "kube-face-cluster"


def connect_to(context: str, *, namespace: str | None = None) -> Cluster:
    """The cluster of a context, from the first kubeconfig that has it: the course's, then those of kubectl.

    Raises:
        BadInput: none has it.
    """
    looked = list(_kubeconfigs())
    for path in looked:
        try:
            return Cluster.connect(path, context=context, namespace=namespace)
        except (Missing, BadInput):
            continue
    raise BadInput(
        f"There is no context {context!r}.",
        seen=f"looked in {', '.join(map(str, looked))}",
        try_next="kubectl config get-contexts",
    )


def _kubeconfigs() -> Iterator[Path]:
    """Where a context may be: the course's kubeconfig, then those that kubectl reads."""
    yield places.kubeconfig()
    yield from (Path(one) for one in os.environ.get("KUBECONFIG", "").split(os.pathsep) if one)
    yield Path.home() / ".kube" / "config"
