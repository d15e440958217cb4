"""Who is who in the cluster: every certificate and every kubeconfig."""

import base64
from dataclasses import dataclass
from pathlib import Path

import yaml

from kubeface.embedded.spec import REGISTRY_HOST, ClusterSpec, Node
from kubeface.host import files
from kubeface.host.pki import Authority, Pair, signing_key

#: The context learners meet, in kubectl and in every kubeconfig made here.
CONTEXT = "kube-face-cluster"


@dataclass(frozen=True)
class Identity:
    """A client of the API server: its user name and groups decide what it may do (RBAC)."""

    name: str
    user: str
    groups: tuple[str, ...] = ()


CLIENTS = (
    Identity("admin", "kubeface:bootstrap", ("system:masters",)),  # makes the first RBAC objects, stays here
    Identity("learner", "learner", ("kubeface:cluster-admins",)),
    Identity("controller-manager", "system:kube-controller-manager"),
    Identity("scheduler", "system:kube-scheduler"),
    Identity("storage", "kubeface:storage"),
)


class Credentials:
    """The cluster's certificates; leaves are made anew each time, authorities once."""

    def __init__(self, spec: ClusterSpec) -> None:
        self.spec = spec
        self.folder = spec.pki
        self.cluster = Authority(self.folder, "ca")
        self.etcd = Authority(self.folder, "etcd-ca")
        self.front_proxy = Authority(self.folder, "front-proxy-ca")
        self.tokens = signing_key(self.folder, "service-account")

    def write(self) -> None:
        """Issue every certificate and write every kubeconfig."""
        spec, here = self.spec, ["localhost", "127.0.0.1"]
        service = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"]
        names = [*service, f"{service[-1]}.cluster.local", spec.api_service, spec.gateway]
        self.cluster.issue("apiserver", "kube-apiserver", hosts=[*here, *names])
        self.cluster.issue("apiserver-kubelet-client", "kubeface:apiserver")
        self.cluster.issue(
            "controller-manager-server", "kube-controller-manager", hosts=[*here, spec.gateway]
        )
        self.cluster.issue("scheduler-server", "kube-scheduler", hosts=[*here, spec.gateway])
        self.cluster.issue("registry", "registry", hosts=[spec.gateway, REGISTRY_HOST])
        metrics = "metrics-server.kube-system.svc"
        self.cluster.issue("metrics-server", "metrics-server", hosts=[metrics, f"{metrics}.cluster.local"])
        self.etcd.issue("etcd", "etcd", hosts=[spec.gateway])
        self.etcd.issue("apiserver-etcd-client", "kube-apiserver")
        self.front_proxy.issue("front-proxy-client", "front-proxy-client")
        for client in CLIENTS:
            pair = self.cluster.issue(client.name, client.user, organizations=client.groups)
            files.write(self.kubeconfig(client.name), self._kubeconfig(client.user, pair))

    def kubeconfig(self, name: str) -> Path:
        """The kubeconfig file of a client in `CLIENTS`."""
        return self.folder / f"{name}.kubeconfig"

    def kubelet(self, node: Node) -> tuple[Pair, str]:
        """A node's certificate (client of the API server, server to it), and its kubeconfig."""
        user = f"system:node:{node.name}"
        hosts = [node.name, node.address]
        pair = self.cluster.issue(f"kubelet-{node.name}", user, organizations=["system:nodes"], hosts=hosts)
        return pair, self._kubeconfig(user, pair)

    def kube_proxy(self, node: Node) -> str:
        """The kubeconfig of a node's kube-proxy."""
        pair = self.cluster.issue(f"kube-proxy-{node.name}", "system:kube-proxy")
        return self._kubeconfig("system:kube-proxy", pair)

    def learner_kubeconfig(self) -> str:
        """The kubeconfig for the person at the keyboard: one context, everything in one file."""
        return self.kubeconfig("learner").read_text()

    def _kubeconfig(self, user: str, pair: Pair) -> str:
        cluster = {
            "server": self.spec.server,
            "certificate-authority-data": _base64(self.cluster.pair.cert),
        }
        credentials = {
            "client-certificate-data": _base64(pair.cert),
            "client-key-data": _base64(pair.key),
        }
        return yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": CONTEXT, "cluster": cluster}],
                "users": [{"name": user, "user": credentials}],
                "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": user}}],
                "current-context": CONTEXT,
            },
            sort_keys=False,
        )


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
