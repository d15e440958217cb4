"""Who learns on a cluster of somebody: noted on namespaces, so that two keep out of each other's way."""

import contextlib
import getpass
import socket
from collections.abc import Iterable

from kubeface.kube.client import Cluster
from kubeface.kube.transport import Forbidden
from kubeface.model.objects import KubeObject

#: On each namespace that a lesson uses on a cluster which is not the course's own.
LEARNER = "course.kubeface.internal/learner"


def myself() -> str:
    """The user and the machine, `anna@laptop`."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


def other_learner(namespace: KubeObject | None) -> str:
    """Who else uses a namespace for lessons; empty when nobody does.

    >>> notes = {"course.kubeface.internal/learner": "anna@laptop"}
    >>> other_learner(KubeObject({"kind": "Namespace", "metadata": {"annotations": notes}}))
    'anna@laptop'
    """
    notes = (namespace.raw.get("metadata") or {}).get("annotations") or {} if namespace else {}
    noted = str(notes.get(LEARNER) or "")
    return "" if noted == myself() else noted


def claim(cluster: Cluster, namespaces: Iterable[str]) -> None:
    """Note on namespaces who uses them; where that is not this user's to write, nobody is kept out."""
    for name in namespaces:
        with contextlib.suppress(Forbidden):
            cluster.patch(f"namespace/{name}", {"metadata": {"annotations": {LEARNER: myself()}}})


def release(namespace: str) -> str:
    """The command that lets others in."""
    return f"kubectl annotate namespace {namespace} {LEARNER}-"
