"""What every cluster gets on top of Kubernetes: rights, DNS, storage, metrics; YAML beside this file."""

import base64
from pathlib import Path
from typing import Any

from kubeface.embedded.spec import ClusterSpec
from kubeface.kube import load

HERE = Path(__file__).parent
FILES = ("rbac.yaml", "storage.yaml", "coredns.yaml", "metrics.yaml")


def objects(spec: ClusterSpec) -> list[dict[str, Any]]:
    """All of the add-ons' objects, with the addresses and certificates of this cluster."""
    found = [one for name in FILES for one in load(HERE / name)]
    for one in found:
        if one["kind"] == "Service" and one["metadata"]["name"] == "kube-dns":
            one["spec"]["clusterIP"] = spec.dns_service  # the address that every Pod was told
        if one["kind"] == "APIService":
            one["spec"]["caBundle"] = _base64(spec.pki / "ca.crt")
    return [_metrics_certificate(spec), *found]


def _metrics_certificate(spec: ClusterSpec) -> dict[str, Any]:
    pair = {name: _base64(spec.pki / f"metrics-server.{end}") for name, end in _TLS.items()}
    meta = {"name": "metrics-server-tls", "namespace": "kube-system"}
    return {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": meta, "data": pair}


_TLS = {"tls.crt": "crt", "tls.key": "key"}


def _base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
