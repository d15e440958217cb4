"""The control plane: each program as a table of its flags, and whether it is ready."""

import json
import ssl
from collections.abc import Callable
from pathlib import Path

import yaml

from kubeface.errors import NotReady
from kubeface.linux.supervisor import Program
from kubeface.local.credentials import Credentials
from kubeface.local.spec import API_PORT, DNS_DOMAIN, REGISTRY_HOST, REGISTRY_PORT, ClusterSpec
from kubeface.local.toolchain import Toolchain
from kubeface.util import files, http_client

ETCD_PORT = 2379
#: How long a silent node counts as Ready. Kubernetes' default is 50 s; a lesson cannot wait that long.
NODE_GRACE_S = 16
#: How often a second controllers and scheduler may ask. Measured: at upstream's own limits (20, 30; 50, 100)
#: 1,000 Pods take 2.5 minutes; at these, 9 s.
_QPS = {"kube-api-qps": 300, "kube-api-burst": 500}
#: How long Pods stay bound to a lost node. Kubernetes' default is 300 s.
TOLERATION_S = 10
#: The image of the storage provisioner's helper Pods: a shell, mkdir and rm.
HELPER_IMAGE = f"{REGISTRY_HOST}/busybox:v1.0"
#: Where volumes are, as the nodes see it; /var/lib/shared is one folder on all nodes.
LOCAL_PATH, SHARED_PATH = "/var/lib/local-path", "/var/lib/shared"

_STORAGE = {
    "storageClassConfigs": {
        "local-path": {"nodePathMap": [{"node": "DEFAULT_PATH_FOR_NON_LISTED_NODES", "paths": [LOCAL_PATH]}]},
        "shared": {"sharedFileSystemPath": SHARED_PATH},
    }
}
_HELPER_POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "helper-pod"},
    "spec": {
        "priorityClassName": "system-node-critical",
        "tolerations": [{"operator": "Exists"}],
        "containers": [{"name": "helper-pod", "image": HELPER_IMAGE, "imagePullPolicy": "IfNotPresent"}],
    },
}


def etcd(spec: ClusterSpec, tools: Toolchain) -> Program:
    """The database of the cluster. Accepts only clients with a certificate of etcd's own authority."""
    url = f"https://{spec.gateway}:{ETCD_PORT}"
    peer = "http://127.0.0.1:0"  # a single member has no peers to listen to
    return _program(
        "etcd",
        tools.program("etcd", "server"),
        {
            "data-dir": spec.folder / "etcd",
            "listen-client-urls": url,
            "advertise-client-urls": url,
            "listen-peer-urls": peer,
            "cert-file": spec.pki / "etcd.crt",
            "key-file": spec.pki / "etcd.key",
            "trusted-ca-file": spec.pki / "etcd-ca.crt",
            "client-cert-auth": "true",
            "log-level": "warn",
            "auto-compaction-retention": "1",
            "unsafe-no-fsync": "true" if spec.fast else "false",
        },
    )


def apiserver(spec: ClusterSpec, tools: Toolchain) -> Program:
    """The API server: the only program that speaks to etcd."""
    pki = spec.pki
    return _program(
        "kube-apiserver",
        tools.program("kubernetes", "kube-apiserver"),
        {
            "etcd-servers": f"https://{spec.gateway}:{ETCD_PORT}",
            "etcd-cafile": pki / "etcd-ca.crt",
            "etcd-certfile": pki / "apiserver-etcd-client.crt",
            "etcd-keyfile": pki / "apiserver-etcd-client.key",
            "bind-address": spec.gateway,
            "advertise-address": spec.gateway,
            "secure-port": API_PORT,
            "service-cluster-ip-range": spec.networks.services,
            "tls-cert-file": pki / "apiserver.crt",
            "tls-private-key-file": pki / "apiserver.key",
            "client-ca-file": pki / "ca.crt",
            "authorization-mode": "Node,RBAC",
            "enable-admission-plugins": "NodeRestriction",
            "anonymous-auth": "false",
            "allow-privileged": "true",
            "service-account-issuer": f"https://kubernetes.default.svc.{DNS_DOMAIN}",
            "service-account-key-file": pki / "service-account.pub",
            "service-account-signing-key-file": pki / "service-account.key",
            # To the kubelets: for logs, exec and port-forward, by address (node names are in no DNS).
            "kubelet-certificate-authority": pki / "ca.crt",
            "kubelet-client-certificate": pki / "apiserver-kubelet-client.crt",
            "kubelet-client-key": pki / "apiserver-kubelet-client.key",
            "kubelet-preferred-address-types": "InternalIP",
            # To aggregated API servers, such as metrics-server.
            "requestheader-client-ca-file": pki / "front-proxy-ca.crt",
            "requestheader-allowed-names": "front-proxy-client",
            "requestheader-extra-headers-prefix": "X-Remote-Extra-",
            "requestheader-group-headers": "X-Remote-Group",
            "requestheader-username-headers": "X-Remote-User",
            "proxy-client-cert-file": pki / "front-proxy-client.crt",
            "proxy-client-key-file": pki / "front-proxy-client.key",
            "enable-aggregator-routing": "true",
            "default-not-ready-toleration-seconds": TOLERATION_S,
            "default-unreachable-toleration-seconds": TOLERATION_S,
        },
    )


def controller_manager(spec: ClusterSpec, tools: Toolchain) -> Program:
    """The controllers: loops that bring the actual state to the desired one."""
    credentials = Credentials(spec)
    kubeconfig = credentials.kubeconfig("controller-manager")
    pki = spec.pki
    return _program(
        "kube-controller-manager",
        tools.program("kubernetes", "kube-controller-manager"),
        {
            "kubeconfig": kubeconfig,
            "authentication-kubeconfig": kubeconfig,
            "authorization-kubeconfig": kubeconfig,
            "bind-address": spec.gateway,
            "tls-cert-file": pki / "controller-manager-server.crt",
            "tls-private-key-file": pki / "controller-manager-server.key",
            "client-ca-file": pki / "ca.crt",
            "requestheader-client-ca-file": pki / "front-proxy-ca.crt",
            "service-account-private-key-file": pki / "service-account.key",
            "root-ca-file": pki / "ca.crt",
            "cluster-signing-cert-file": pki / "ca.crt",
            "cluster-signing-key-file": pki / "ca.key",
            "use-service-account-credentials": "true",
            "allocate-node-cidrs": "false",  # each node's range is fixed, like its routes
            "cluster-cidr": spec.networks.pods,
            "service-cluster-ip-range": spec.networks.services,
            "leader-elect": "false",
            **_QPS,
            # The autoscaler looks every 5 s and believes young Pods sooner than upstream's 15 s, 30 s, 5 min.
            "horizontal-pod-autoscaler-sync-period": "5s",
            "horizontal-pod-autoscaler-initial-readiness-delay": "5s",
            "horizontal-pod-autoscaler-cpu-initialization-period": "15s",
            "horizontal-pod-autoscaler-downscale-stabilization": "10s",
            "node-monitor-period": "2s",
            "node-monitor-grace-period": f"{NODE_GRACE_S}s",
        },
    )


def scheduler(spec: ClusterSpec, tools: Toolchain) -> Program:
    """The scheduler: assigns Pods to nodes."""
    kubeconfig = Credentials(spec).kubeconfig("scheduler")
    pki = spec.pki
    return _program(
        "kube-scheduler",
        tools.program("kubernetes", "kube-scheduler"),
        {
            "kubeconfig": kubeconfig,
            "authentication-kubeconfig": kubeconfig,
            "authorization-kubeconfig": kubeconfig,
            "bind-address": spec.gateway,
            "tls-cert-file": pki / "scheduler-server.crt",
            "tls-private-key-file": pki / "scheduler-server.key",
            "client-ca-file": pki / "ca.crt",
            "requestheader-client-ca-file": pki / "front-proxy-ca.crt",
            "leader-elect": "false",
            **_QPS,
        },
    )


def registry(spec: ClusterSpec, tools: Toolchain) -> Program:
    """The image registry that nodes pull from. Its data are the cluster's own."""
    settings = {
        "version": 0.1,
        "log": {"level": "warn"},
        "storage": {
            "filesystem": {"rootdirectory": str(spec.registry_data)},
            "maintenance": {"uploadpurging": {"enabled": False}},
        },
        "http": {
            "addr": f"{spec.gateway}:{REGISTRY_PORT}",
            "tls": {"certificate": str(spec.pki / "registry.crt"), "key": str(spec.pki / "registry.key")},
        },
    }
    file = spec.folder / "registry.yaml"
    files.write(file, yaml.safe_dump(settings))
    return Program(
        "registry", (str(tools.program("registry", "registry")), "serve", str(file)), stop_signal="KILL"
    )


def storage_provisioner(spec: ClusterSpec, tools: Toolchain) -> Program:
    """The provisioner that makes a volume for each claim (local-path-provisioner, two StorageClasses)."""
    folder = spec.folder / "storage"
    files.write(folder / "config.json", json.dumps(_STORAGE))
    files.write(folder / "helper-pod.yaml", yaml.safe_dump(_HELPER_POD))
    program = tools.program("storage", "local-path-provisioner")
    flags = {
        "config": folder / "config.json",
        "kubeconfig": Credentials(spec).kubeconfig("storage"),
        "helper-image": HELPER_IMAGE,
        "helper-pod-file": folder / "helper-pod.yaml",
        "namespace": "kube-system",
        "configmap-name": "local-path-scripts",
        "service-account-name": "default",
    }
    command = (str(program), "start", *(f"--{name}={value}" for name, value in flags.items()))
    return Program("storage", command, stop_signal="KILL")


def is_healthy(spec: ClusterSpec, url: str, client: str) -> Callable[[], bool]:
    """A function for `wait_ready`: whether this URL answers 200 to the client certificate of that name."""
    authority = "etcd-ca" if client == "apiserver-etcd-client" else "ca"

    def answers() -> bool:
        try:
            trust = ssl.create_default_context(cafile=spec.pki / f"{authority}.crt")
            trust.load_cert_chain(spec.pki / f"{client}.crt", spec.pki / f"{client}.key")
            with http_client.failing_as(url), http_client.near(timeout_s=2, trust=trust) as asking:
                return asking.get(url).status_code == 200
        except (OSError, NotReady):
            return False

    return answers


def etcd_ready(spec: ClusterSpec) -> Callable[[], bool]:
    """A function that tells whether etcd is healthy."""
    return is_healthy(spec, f"https://{spec.gateway}:{ETCD_PORT}/health", "apiserver-etcd-client")


def apiserver_ready(spec: ClusterSpec) -> Callable[[], bool]:
    """A function that tells whether the API server is ready: /readyz answers 200."""
    return is_healthy(spec, f"{spec.server}/readyz", "admin")


def registry_ready(spec: ClusterSpec) -> Callable[[], bool]:
    """A function that tells whether the registry answers."""
    return is_healthy(spec, f"https://{spec.registry}/v2/", "admin")


def _program(name: str, path: Path, flags: dict[str, object]) -> Program:
    command = (str(path), *(f"--{flag}={value}" for flag, value in flags.items()))
    # SIGTERM takes etcd 8 s and the API server 15 s; etcd has synced every write it acknowledged.
    return Program(name, command, stop_signal="KILL")
