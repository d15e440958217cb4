"""The add-ons of a cluster: rights, DNS, storage, metrics, network policies, each a YAML file beside this."""

import base64
import functools
from collections.abc import Collection
from pathlib import Path
from typing import Any

from kubeface.kube import load_manifests
from kubeface.local import egress
from kubeface.local.spec import API_PORT, ClusterSpec
from kubeface.local.toolchain import Toolchain

HERE = Path(__file__).parent
#: Add-ons that `up` waits for; each is a file.
REQUIRED = ("rights", "dns", "storage")
#: Add-ons applied last; `up` does not wait for them.
OPTIONAL = ("metrics", "policies")


def objects(
    spec: ClusterSpec, tools: Toolchain, names: Collection[str] = (*REQUIRED, *OPTIONAL)
) -> list[dict[str, Any]]:
    """The objects of a cluster's add-ons, with its addresses and certificates filled in."""
    names = [name for name in names if spec.has(name)]
    found = [one for name in names for one in load_manifests(HERE / f"{name}.yaml")]
    for one in found:
        if one["kind"] == "Service" and one["metadata"]["name"] == "kube-dns":
            one["spec"]["clusterIP"] = spec.dns_service  # the address that every Pod was told
        if one["kind"] == "ConfigMap" and one["metadata"]["name"] == "coredns" and spec.internet:
            one["data"]["Corefile"] = _asking_outside(one["data"]["Corefile"])
        if one["kind"] == "DaemonSet":
            pod = one["spec"]["template"]["spec"]
            pod["containers"][0]["env"] += _api_server(spec)
            pod["volumes"][0]["hostPath"]["path"] = str(tools.program("netpol", "cmd"))
        if one["kind"] == "APIService":
            one["spec"]["caBundle"] = _base64(spec.pki / "ca.crt")
    return [*([_metrics_certificate(spec)] if "metrics" in names else []), *found]


@functools.cache  # asked for once a node
def dns_image() -> str:
    """The image of CoreDNS, the first Pod of a new cluster."""
    deployment = next(one for one in load_manifests(HERE / "dns.yaml") if one["kind"] == "Deployment")
    image: str = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
    return image


def _api_server(spec: ClusterSpec) -> list[dict[str, str]]:
    """The API server's own address: that of its Service serves only once kube-proxy has set its rules."""
    address = {"KUBERNETES_SERVICE_HOST": spec.gateway, "KUBERNETES_SERVICE_PORT": str(API_PORT)}
    return [{"name": name, "value": value} for name, value in address.items()]


def _asking_outside(corefile: str) -> str:
    """CoreDNS' settings, with this machine's name servers for what is not of the cluster."""
    servers = " ".join(egress.resolvers())
    return (
        corefile.replace("    cache 5\n", f"    forward . {servers}\n    cache 5\n") if servers else corefile
    )


def _metrics_certificate(spec: ClusterSpec) -> dict[str, Any]:
    pair = {name: _base64(spec.pki / f"metrics-server.{end}") for name, end in _TLS.items()}
    meta = {"name": "metrics-server-tls", "namespace": "kube-system"}
    return {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": meta, "data": pair}


_TLS = {"tls.crt": "crt", "tls.key": "key"}


def _base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
