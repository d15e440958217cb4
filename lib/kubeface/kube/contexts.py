"""Which cluster is meant: by the name of a context, or by none."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from kubeface import places
from kubeface.errors import BadInput, KubefaceError
from kubeface.kube.client import Cluster
from kubeface.kube.kubeconfig import files_of, joined, merged

#: The context that `kubeface up` hands out.
COURSE = places.CONTEXT
#: Where the course's pipeline runs.
NAMESPACE = "face"


#: Asked, in order, for the cluster that is meant where none is named.
_sources: list[Callable[[], Cluster | None]] = []


def current_cluster() -> Cluster:
    """The lesson's cluster; outside a lesson the course's own, in the namespace of its pipeline.

    Raises:
        Missing: there is none.
    """
    found = next(filter(None, (ask() for ask in _sources)), None)
    return found or Cluster.connect(namespace=NAMESPACE)


def ask_for_current(source: Callable[[], Cluster | None]) -> None:
    """Have `current_cluster` ask a function for the lesson's cluster; None means that there is no lesson."""
    _sources.append(source)


def connect_to(context: str, *, namespace: str | None = None) -> Cluster:
    """The cluster of a context, from the first place that has it: the course's, then those of kubectl.

    Raises:
        BadInput: none has it, or the one that has it cannot be used.
    """
    looked, odd = [], []
    for files in dict.fromkeys(_kubeconfigs()):
        if not any(path.exists() for path in files):
            continue
        looked.append(joined(files))
        try:
            has_it = context in merged(files).contexts
        except KubefaceError as cause:
            odd.append(str(cause))
            continue
        if has_it:
            return Cluster.connect(joined(files), context=context, namespace=namespace)
    raise BadInput(
        f"There is no context {context!r}.",
        seen="\n".join([f"looked in {', '.join(looked)}" if looked else "there is no kubeconfig", *odd]),
        try_next="kubectl config get-contexts",
    )


def in_namespace(kubeconfig: str, namespace: str) -> str:
    """The text of a kubeconfig with the course's context made current, in a namespace.

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


def _kubeconfigs() -> Iterator[tuple[Path, ...]]:
    """Where a context may be: the course's kubeconfig; those of KUBECONFIG, merged; kubectl's own."""
    yield (places.kubeconfig(),)
    yield files_of(os.environ.get("KUBECONFIG", ""))
    yield (Path.home() / ".kube" / "config",)
