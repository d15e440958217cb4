"""An object as its manifest and the API server's defaults make it."""

from collections.abc import Mapping
from typing import Any

from kubeface.kube import Cluster, KubeObject


def as_made(cluster: Cluster, body: Mapping[str, Any], *, namespace: str | None = None) -> KubeObject:
    """An object as the API server would make it of a manifest now, with all its defaults; nothing is made.

    It has another name, so that what is there already is not looked at.
    """
    meta = {**body["metadata"], "name": f"{body['metadata']['name']}-untouched"}
    return cluster.apply({**body, "metadata": meta}, namespace=namespace, dry_run=True)
