"""Find the kubeconfig that has a context."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kubeface import places
from kubeface.errors import BadInput, Missing
from kubeface.kube import near
from kubeface.kube.client import Cluster

#: The context that `kubeface up` hands out.
COURSE = near.OURS


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


def in_namespace(kubeconfig: str, namespace: str) -> str:
    """The text of a kubeconfig of ours, such that a bare `kubectl` speaks to the course in that namespace.

    Whatever else stands in it stays.

    >>> print(in_namespace("contexts: [{name: kube-face-cluster, context: {user: me}}]", "face"), end="")
    contexts:
    - name: kube-face-cluster
      context:
        user: me
        namespace: face
    current-context: kube-face-cluster
    """
    config: dict[str, Any] = yaml.safe_load(kubeconfig)
    config["current-context"] = COURSE
    for one in config["contexts"]:
        if one["name"] == COURSE:
            one["context"]["namespace"] = namespace
    return yaml.safe_dump(config, sort_keys=False)


def _kubeconfigs() -> Iterator[Path]:
    """Where a context may be: the course's kubeconfig, then those that kubectl reads."""
    yield places.kubeconfig()
    yield from (Path(one) for one in os.environ.get("KUBECONFIG", "").split(os.pathsep) if one)
    yield Path.home() / ".kube" / "config"
