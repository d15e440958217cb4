"""What every cluster gets on top of Kubernetes itself: rights, DNS, storage; YAML beside this file."""

from pathlib import Path
from typing import Any

from kubeface.embedded.spec import ClusterSpec
from kubeface.kube import load

HERE = Path(__file__).parent
FILES = ("rbac.yaml", "storage.yaml", "coredns.yaml")


def objects(spec: ClusterSpec) -> list[dict[str, Any]]:
    """All of the add-ons' objects; the DNS Service has the address that every Pod was told."""
    found = [one for name in FILES for one in load(HERE / name)]
    for one in found:
        if one["kind"] == "Service" and one["metadata"]["name"] == "kube-dns":
            one["spec"]["clusterIP"] = spec.dns_service
    return found
