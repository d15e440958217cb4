"""A node's disk: the settings of its containerd, kubelet and kube-proxy.

A node sees its folder `var/` as /var, so every path is the usual one: /var/lib/kubelet, /var/log/pods.
"""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from kubeface.linux import kernel, supervisor
from kubeface.linux.supervisor import Program
from kubeface.local import addons
from kubeface.local.credentials import Credentials
from kubeface.local.node_start import API_SERVER_LOCK, CONTAINERD, SUPERVISOR
from kubeface.local.spec import DNS_DOMAIN, REGISTRY_HOST, ClusterSpec, Node
from kubeface.local.toolchain import Toolchain
from kubeface.util import files
from kubeface.util.process import find

PAUSE_IMAGE = f"{REGISTRY_HOST}/pause:v1.0"
#: Whoever started the cluster may not have administrators' folders on theirs.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#: Bit 24 of a capability set (include/uapi/linux/capability.h).
CAP_SYS_RESOURCE = 1 << 24


@dataclass(frozen=True)
class Boot:
    """The input of node_boot.py, as JSON: a node boots without importing anything else of kubeface."""

    name: str
    netns: str
    cgroup: str
    disk: str
    shared: str
    cpus: int
    memory_mib: int
    needed: list[str]  # folders that must stay visible when /var becomes the node's own
    rules: str  # for iptables-restore; empty for none
    start: list[str]  # what starts the programs, beside process 1
    command: list[str]  # what becomes process 1


def program(node: Node) -> Program:
    """The node as one supervised program; killing it is a power cut."""
    boot = Path(__file__).with_name("node_boot.py")
    command = (sys.executable, "-I", str(boot), str(node.folder / "boot.json"))
    return Program(node.name, command, {"PATH": PATH}, stop_signal="KILL")


def prepare(node: Node, tools: Toolchain) -> None:
    """Write the node's disk: settings, certificates, and what it boots with."""
    credentials = Credentials(node.cluster)
    for name in ("kubelet", "containerd", "kube-proxy", "shared", "local-path", "cni"):
        (node.disk / "lib" / name).mkdir(mode=0o755, parents=True, exist_ok=True)
    (node.disk / "log").mkdir(exist_ok=True)
    node.cluster.shared.mkdir(exist_ok=True)
    _kubelet(node, credentials)
    _containerd(node, tools)
    _kube_proxy(node, credentials)
    conf = supervisor.configuration(
        _programs(node, tools),
        folder=Path("/var/lib"),
        logs=Path("/var/log"),
        socket=Path(SUPERVISOR),
    )
    files.write(node.disk / "lib" / "supervisord.conf", conf)
    files.write(node.folder / "boot.json", json.dumps(asdict(_boot(node, tools)), indent=1))


def api_server_lock(node: Node) -> Path:
    """The lock file that a booting node waits for before it starts kube-proxy; see start_barrier.py."""
    return node.disk / API_SERVER_LOCK.relative_to("/var")


def is_unprivileged() -> bool:
    """True where this process may not raise its limits (a container, some virtual machines)."""
    status = Path("/proc/self/status").read_text()
    effective = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff:"))
    return not int(effective, 16) & CAP_SYS_RESOURCE


def _boot(node: Node, tools: Toolchain) -> Boot:
    needed = {
        Path(sys.prefix),
        Path(sys.base_prefix),
        Path(__file__).resolve().parents[1],
        tools.cache / "toolchain",
    }
    return Boot(
        name=node.name,
        netns=node.netns,
        cgroup=node.cgroup,
        disk=str(node.disk),
        shared=str(node.cluster.shared),
        cpus=node.cpus,
        memory_mib=node.memory_mib,
        needed=sorted(str(path.resolve()) for path in needed),
        rules=_policy_rules(node) if kernel.lacks("CONFIG_NFT_QUEUE") else "",
        start=[
            sys.executable,
            "-I",
            str(Path(__file__).with_name("node_start.py")),
            _fetch(node.cluster, tools),
        ],
        command=supervisor.command(Path("/var/lib/supervisord.conf"), foreground=True),
    )


def _fetch(spec: ClusterSpec, tools: Toolchain) -> str:
    """Commands, as JSON, that fetch the images of a cluster's first Pods."""
    ctr = [str(tools.program("containerd", "ctr")), f"--address={CONTAINERD}", "--namespace=k8s.io"]
    pull = [*ctr, "images", "pull", "--hosts-dir=/var/lib/containerd/certs.d"]
    images = [PAUSE_IMAGE, *([addons.dns_image()] if spec.has("dns") else [])]
    return json.dumps([[*pull, image] for image in images])


def _policy_rules(node: Node) -> str:
    """The rules that kube-network-policies sets by nftables itself, for kernels without `queue` there.

    The first packet of a connection that has an end at one of the node's Pods waits for its word, if it runs.
    What the node's own programs send, such as the kubelet's probes, is let through.
    """
    ask = "-j NFQUEUE --queue-num 100 --queue-bypass"
    return f"""\
*mangle
-A POSTROUTING -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
-A POSTROUTING -m owner --uid-owner 0 -j ACCEPT
-A POSTROUTING -s {node.pods} {ask}
-A POSTROUTING -d {node.pods} {ask}
COMMIT
"""


def _programs(node: Node, tools: Toolchain) -> list[Program]:
    """The programs of a node; node_start.py starts each once it can work."""
    containerd = tools.program("containerd", "containerd")
    path = f"{containerd.parent}:{PATH}"
    kubelet = (
        str(tools.program("kubernetes", "kubelet")),
        "--config=/var/lib/kubelet/config.yaml",
        "--kubeconfig=/var/lib/kubelet/kubeconfig",
        "--root-dir=/var/lib/kubelet",
        "--cert-dir=/var/lib/kubelet/pki",
        f"--hostname-override={node.name}",
        f"--node-ip={node.address}",
    )
    proxy = (str(tools.program("kubernetes", "kube-proxy")), "--config=/var/lib/kube-proxy/config.yaml")
    return [
        Program("containerd", (str(containerd), "--config=/var/lib/containerd/config.toml"), {"PATH": path}),
        Program("kubelet", kubelet, {"PATH": path}),
        Program("kube-proxy", proxy, {"PATH": path}),
    ]


def _kubelet(node: Node, credentials: Credentials) -> None:
    folder = node.disk / "lib" / "kubelet"
    pair, kubeconfig = credentials.kubelet(node)
    files.write(folder / "kubeconfig", kubeconfig)
    files.write(folder / "tls.crt", pair.cert.read_bytes())
    files.write(folder / "tls.key", pair.key.read_bytes())
    files.write(folder / "ca.crt", credentials.cluster.pair.cert.read_bytes())
    files.write(folder / "resolv.conf", "# Nothing outside the cluster is resolved.\n", mode=0o644)
    settings = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": node.address,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": "/var/lib/kubelet/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": "/var/lib/kubelet/tls.crt",
        "tlsPrivateKeyFile": "/var/lib/kubelet/tls.key",
        "containerRuntimeEndpoint": f"unix://{CONTAINERD}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": "/",
        "failCgroupV1": False,
        "failSwapOn": False,
        "featureGates": {"KubeletInUserNamespace": is_unprivileged()},
        "clusterDNS": [node.cluster.dns_service],
        "clusterDomain": DNS_DOMAIN,
        "resolvConf": "/var/lib/kubelet/resolv.conf",
        "volumePluginDir": "/var/lib/kubelet/volume-plugins",
        "enforceNodeAllocatable": ["pods"],
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,  # the host's disk is not the node's to tidy
        "imagePullCredentialsVerificationPolicy": "NeverVerify",
        "nodeStatusUpdateFrequency": "4s",
        "nodeLeaseDurationSeconds": 8,
        "registerNode": True,
        "maxPods": 110,
    }
    files.write(folder / "config.yaml", yaml.safe_dump(settings, sort_keys=False))


def _kube_proxy(node: Node, credentials: Credentials) -> None:
    folder = node.disk / "lib" / "kube-proxy"
    files.write(folder / "kubeconfig", credentials.kube_proxy(node))
    settings = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": "/var/lib/kube-proxy/kubeconfig"},
        "clusterCIDR": node.cluster.networks.pods,
        "hostnameOverride": node.name,
        "mode": "iptables",
        "iptables": {"minSyncPeriod": "100ms"},  # upstream's 1 s is for thousands of Services
        # These sysctls belong to the whole machine; zero leaves them alone.
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }
    files.write(folder / "config.yaml", yaml.safe_dump(settings, sort_keys=False))


def _containerd(node: Node, tools: Toolchain) -> None:
    spec, folder = node.cluster, node.disk / "lib" / "containerd"
    files.write(folder / "registry-ca.crt", Credentials(spec).cluster.pair.cert.read_bytes(), mode=0o644)
    ca = 'ca = "/var/lib/containerd/registry-ca.crt"'
    hosts = f'server = "https://{spec.registry}"\n{ca}\n'
    hosts += f'[host."https://{spec.registry}"]\ncapabilities = ["pull", "resolve"]\n{ca}\n'
    files.write(folder / "certs.d" / REGISTRY_HOST / "hosts.toml", hosts)
    files.write(folder / "net.d" / "10-kubeface.conflist", json.dumps(_cni(node), indent=1))
    files.write(
        folder / "config.toml",
        _CONTAINERD.format(
            socket=CONTAINERD,
            pause=PAUSE_IMAGE,
            runc=find("runc"),
            cni=tools.folder("cni"),
            unprivileged=str(is_unprivileged()).lower(),
        ),
    )


def _cni(node: Node) -> dict[str, object]:
    """The CNI configuration: Pods are on the bridge cni0, with addresses of the node's range."""
    bridge = {
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": True,
        "hairpinMode": True,  # a Pod may reach itself through its Service
        "ipam": {
            "type": "host-local",
            "dataDir": "/run/cni",  # a node that boots has no Pods, so no addresses taken
            "ranges": [[{"subnet": node.pods}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }
    portmap = {"type": "portmap", "capabilities": {"portMappings": True}}
    return {"cniVersion": "1.0.0", "name": "kubeface", "plugins": [bridge, portmap]}


_CONTAINERD = """\
version = 3
root = "/var/lib/containerd/root"
state = "/run/containerd/state"
# opt would make folders in /opt; NRI has no plugins here.
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri"]

[grpc]
  address = "{socket}"

[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "{pause}"
[plugins."io.containerd.cri.v1.images".registry]
  config_path = "/var/lib/containerd/certs.d"

[plugins."io.containerd.cri.v1.runtime"]
  # Where limits cannot be raised, neither can the score of the out-of-memory killer be lowered.
  restrict_oom_score_adj = {unprivileged}
  # Loading a profile would change the host, and stay.
  disable_apparmor = true
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["{cni}"]
  conf_dir = "/var/lib/containerd/net.d"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
  SystemdCgroup = false
  BinaryName = "{runc}"
"""
