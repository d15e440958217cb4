"""The certificates and kubeconfigs of every program and user of a cluster."""

import base64
from dataclasses import dataclass
from pathlib import Path

import yaml

from kubeface.linux.pki import Authority, Pair, fault, signing_key
from kubeface.local.spec import REGISTRY_HOST, ClusterSpec, Node
from kubeface.places import CONTEXT
from kubeface.util import files


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


@dataclass(frozen=True)
class Leaf:
    """A certificate that one of the cluster's authorities signs; see `Authority.issue`."""

    authority: Authority
    name: str
    common_name: str
    organizations: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    @property
    def fault(self) -> str:
        """Why the existing certificate cannot be used; empty if it can."""
        return fault(self.authority.pair_of(self.name), self.authority.pair)

    def issue(self) -> Pair:
        """Issue the certificate and write it to disk."""
        return self.authority.issue(
            self.name, self.common_name, organizations=self.organizations, hosts=self.hosts
        )


class Credentials:
    """The certificates of a cluster: authorities are kept while valid, leaves issued at each start."""

    def __init__(self, spec: ClusterSpec) -> None:
        self.spec = spec
        self.folder = spec.pki
        self.cluster = Authority(self.folder, "ca")
        self.etcd = Authority(self.folder, "etcd-ca")
        self.front_proxy = Authority(self.folder, "front-proxy-ca")

    def write(self) -> None:
        """Issue every certificate and write every kubeconfig; those of nodes come with their disks.

        An authority that cannot serve any more is made anew. The key that signs the tokens of ServiceAccounts
        stays, so that what the cluster keeps stays usable.
        """
        for authority in self._authorities:
            authority.ensure()
        signing_key(self.folder, "service-account")
        for leaf in self._leaves():
            leaf.issue()
        for client in CLIENTS:
            pair = self.cluster.pair_of(client.name)
            files.write(self.kubeconfig(client.name), self._kubeconfig(client.user, pair))

    def faults(self) -> list[str]:
        """Why existing certificates cannot be used, one sentence each."""
        of_nodes = [
            leaf for node in self.spec.nodes for leaf in (self._kubelet(node), self._kube_proxy(node))
        ]
        found = [fault(authority.pair) for authority in self._authorities]
        found += [leaf.fault for leaf in (*self._leaves(), *of_nodes)]
        return [one for one in found if one]

    @property
    def _authorities(self) -> tuple[Authority, ...]:
        return self.cluster, self.etcd, self.front_proxy

    def _leaves(self) -> list[Leaf]:
        """All certificates but those of the nodes."""
        spec, here = self.spec, ("localhost", "127.0.0.1")
        service = ("kubernetes", "kubernetes.default", "kubernetes.default.svc")
        names = (*service, f"{service[-1]}.cluster.local", spec.api_service, spec.gateway)
        metrics = "metrics-server.kube-system.svc"
        at_gateway = (*here, spec.gateway)
        servers = {
            "apiserver": ("kube-apiserver", (*here, *names)),
            "controller-manager-server": ("kube-controller-manager", at_gateway),
            "scheduler-server": ("kube-scheduler", at_gateway),
            "registry": ("registry", (spec.gateway, REGISTRY_HOST)),
            "metrics-server": ("metrics-server", (metrics, f"{metrics}.cluster.local")),
        }
        return [
            *(Leaf(self.cluster, name, user, hosts=hosts) for name, (user, hosts) in servers.items()),
            *(Leaf(self.cluster, client.name, client.user, client.groups) for client in CLIENTS),
            Leaf(self.cluster, "apiserver-kubelet-client", "kubeface:apiserver"),
            Leaf(self.etcd, "etcd", "etcd", hosts=(spec.gateway,)),
            Leaf(self.etcd, "apiserver-etcd-client", "kube-apiserver"),
            Leaf(self.front_proxy, "front-proxy-client", "front-proxy-client"),
        ]

    def kubeconfig(self, name: str) -> Path:
        """The kubeconfig file of a client in `CLIENTS`."""
        return self.folder / f"{name}.kubeconfig"

    def kubelet(self, node: Node) -> tuple[Pair, str]:
        """A node's certificate (client of the API server, server to it), and its kubeconfig."""
        leaf = self._kubelet(node)
        pair = leaf.issue()
        return pair, self._kubeconfig(leaf.common_name, pair)

    def kube_proxy(self, node: Node) -> str:
        """The kubeconfig of a node's kube-proxy."""
        leaf = self._kube_proxy(node)
        return self._kubeconfig(leaf.common_name, leaf.issue())

    def _kubelet(self, node: Node) -> Leaf:
        hosts = (node.name, node.address)
        return Leaf(
            self.cluster, f"kubelet-{node.name}", f"system:node:{node.name}", ("system:nodes",), hosts
        )

    def _kube_proxy(self, node: Node) -> Leaf:
        return Leaf(self.cluster, f"kube-proxy-{node.name}", "system:kube-proxy")

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
