"""What a cluster is: its nodes, addresses and paths. Pure data."""

import hashlib
import ipaddress
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path

from kubeface.errors import BadInput

#: Where the state of all clusters lives, root's alone; where a link leads, when it is one.
STATE = Path("/var/lib/kubeface").resolve()
#: Where sockets live; short, since a Unix socket's path has at most 107 characters.
RUN = Path("/run/kubeface")
#: The host name in image references; each node's containerd maps it to the cluster's registry.
REGISTRY_HOST = "registry.kubeface.internal"
DNS_DOMAIN = "cluster.local"
API_PORT = 6443
#: Node addresses are .11 to .19 of the nodes' network, so a cluster has at most nine nodes.
MAX_NODES = 9
#: Optional parts of a cluster: `up --without` leaves them out.
ADDONS = ("dns", "storage", "metrics", "policies")
REGISTRY_PORT = 5000
#: The longest name of a network interface (IFNAMSIZ of Linux, without its end).
LINK_LENGTH = 15
#: What a cluster's networks may be of: RFC 1918, and what RFC 6598 shares among providers.
PRIVATE = tuple(
    map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
)


@dataclass(frozen=True)
class Networks:
    """The three address ranges of a cluster; see `addresses` for which of them are free.

    Args:
        nodes: A /24; the host has .1, node1 .11, node2 .12 and so on.
        pods: A /16; each node has a /24 of it.
        services: A /16; .0.1 is the API server, .0.10 the DNS.
    """

    nodes: str = "172.31.0.0/24"
    pods: str = "10.244.0.0/16"
    services: str = "10.96.0.0/16"

    @property
    def ranges(self) -> tuple[str, str, str]:
        """All three ranges."""
        return self.nodes, self.pods, self.services

    @classmethod
    def read(cls, text: str) -> "Networks":
        """Parse three ranges separated by commas; raises BadInput.

        >>> Networks.read("10.50.0.0/24,10.51.0.0/16,10.52.0.0/16").pods
        '10.51.0.0/16'
        """
        lengths = (24, 16, 16)
        wanted = "a /24 for nodes, a /16 for Pods, one for Services: 10.50.0.0/24,10.51.0.0/16,10.52.0.0/16"
        try:
            nets = [ipaddress.IPv4Network(part.strip()) for part in text.split(",")]
        except ValueError as error:
            raise BadInput(f"{text!r} are not three networks: {error}.", try_next=wanted) from error
        is_private = all(any(net.subnet_of(whole) for whole in PRIVATE) for net in nets)
        if tuple(net.prefixlen for net in nets) != lengths or not is_private:
            seen = "private are " + ", ".join(map(str, PRIVATE))
            raise BadInput(
                f"{text!r} are not three private networks of the right sizes.", seen=seen, try_next=wanted
            )
        if any(one.overlaps(other) for one, other in itertools.combinations(nets, 2)):
            raise BadInput(f"The networks {text!r} overlap.", try_next=wanted)
        return cls(*map(str, nets))


@dataclass(frozen=True)
class Node:
    """One node of a cluster.

    Args:
        index: 1 for node1.
        cpus: What it has of the machine's processors; whole ones.
        memory_mib: Its memory; Pods beyond it are evicted or OOM-killed.
    """

    cluster: "ClusterSpec"
    index: int
    cpus: int
    memory_mib: int

    @property
    def name(self) -> str:
        """Its name in Kubernetes: node1."""
        return f"node{self.index}"

    @property
    def address(self) -> str:
        """Its IP address on the nodes' network."""
        return str(ipaddress.ip_network(self.cluster.networks.nodes)[10 + self.index])

    @property
    def pods(self) -> str:
        """The address range of its Pods."""
        subnets = ipaddress.ip_network(self.cluster.networks.pods).subnets(new_prefix=24)
        return str(next(net for number, net in enumerate(subnets) if number == self.index - 1))

    @property
    def netns(self) -> str:
        """The name of its network namespace."""
        return f"kubeface-{self.cluster.name}-{self.name}"

    @property
    def cgroup(self) -> str:
        """Its cgroup, in every hierarchy."""
        return f"{self.cluster.cgroup}/{self.name}"

    @property
    def folder(self) -> Path:
        """The folder of its settings on the host."""
        return self.cluster.folder / "nodes" / self.name

    @property
    def disk(self) -> Path:
        """The folder that it sees as /var."""
        return self.folder / "var"


@dataclass(frozen=True)
class ClusterSpec:
    """A cluster: everything about it is computed from these few values.

    Args:
        node_count: The number of its last node.
        gone: The numbers of nodes that were removed from among the others.
        fast: etcd does not wait for the disk. A power cut of the machine may cost the cluster's state.
        internet: Nodes and Pods reach what the machine reaches; otherwise nothing beyond the cluster.
        without: The add-ons that it does not get; names of ADDONS.
    """

    name: str = "face"
    node_count: int = 3
    node_cpus: int = 1
    node_memory_mib: int = 2048
    networks: Networks = Networks()
    gone: tuple[int, ...] = ()
    fast: bool = False
    internet: bool = False
    without: tuple[str, ...] = ()

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Its nodes, in order."""
        numbers = [index for index in range(1, self.node_count + 1) if index not in self.gone]
        return tuple(Node(self, index, self.node_cpus, self.node_memory_mib) for index in numbers)

    def has(self, addon: str) -> bool:
        """Whether it has this add-on."""
        return addon not in self.without

    def with_node(self) -> tuple["ClusterSpec", str]:
        """This cluster with one more node, and that node's name; the lowest number that is free."""
        if self.gone:
            number = min(self.gone)
            return replace(self, gone=tuple(one for one in self.gone if one != number)), f"node{number}"
        return replace(self, node_count=self.node_count + 1), f"node{self.node_count + 1}"

    def without_node(self, name: str) -> "ClusterSpec":
        """This cluster without one of its nodes; the others keep their names and addresses."""
        left = [node.index for node in self.nodes if node.name != name]
        gone = tuple(number for number in range(1, left[-1]) if number not in left)
        return replace(self, node_count=left[-1], gone=gone)

    @property
    def folder(self) -> Path:
        """The folder of its state."""
        return STATE / self.name

    @property
    def run(self) -> Path:
        """The folder of its sockets."""
        return RUN / self.name

    @property
    def pki(self) -> Path:
        """The folder of its certificates and keys."""
        return self.folder / "pki"

    @property
    def shared(self) -> Path:
        """The folder that all nodes see as /var/lib/shared: ReadWriteMany volumes."""
        return self.folder / "shared"

    @property
    def cgroup(self) -> str:
        """The cgroup above all of its processes."""
        return f"kubeface-{self.name}"

    @property
    def plane_cgroup(self) -> str:
        """The cgroup of the control plane's processes."""
        return f"{self.cgroup}/plane"

    @property
    def switch(self) -> str:
        """The network namespace that holds the bridge between the nodes."""
        return f"kubeface-{self.name}-switch"

    def owns_namespace(self, name: str) -> bool:
        """Whether the network namespace of this name is one of this cluster's, now or before.

        >>> ClusterSpec("face").owns_namespace("kubeface-face-two-node1")
        False
        """
        return bool(re.fullmatch(rf"kubeface-{re.escape(self.name)}-(switch|node\d+)", name))

    @property
    def host_link(self) -> str:
        """The host's network interface towards the nodes; at most 15 characters (a limit of Linux).

        A longer name becomes its beginning and a checksum, which no short name looks like.
        """
        whole = f"kf-{self.name}"
        if len(whole) <= LINK_LENGTH:
            return whole
        return f"{whole[:8]}_{hashlib.sha256(self.name.encode()).hexdigest()[:6]}"

    @property
    def older_host_link(self) -> str:
        """The interface's name in earlier versions: the same, or truncated so that clusters may share it."""
        return f"kf-{self.name}"[:LINK_LENGTH]

    @property
    def gateway(self) -> str:
        """The host's address on the nodes' network: the only one the control plane listens on."""
        return str(ipaddress.ip_network(self.networks.nodes)[1])

    @property
    def api_service(self) -> str:
        """The Service address of the API server."""
        return str(ipaddress.ip_network(self.networks.services)[1])

    @property
    def dns_service(self) -> str:
        """The Service address of the cluster's DNS."""
        return str(ipaddress.ip_network(self.networks.services)[10])

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return f"https://{self.gateway}:{API_PORT}"

    @property
    def registry_data(self) -> Path:
        """The folder of its registry's images."""
        return self.folder / "registry"

    @property
    def registry(self) -> str:
        """The registry's address: host:port, TLS."""
        return f"{self.gateway}:{REGISTRY_PORT}"


@dataclass(frozen=True)
class Wish:
    """The options that a user asks of a cluster; None means as it is, or the default of a new one.

    Args:
        networks: Those of a new cluster; without, some that are free.
    """

    node_count: int | None = None
    node_cpus: int | None = None
    node_memory_mib: int | None = None
    fast: bool | None = None
    internet: bool | None = None
    without: tuple[str, ...] | None = None
    networks: Networks | None = None

    def new(self, name: str, networks: Networks) -> ClusterSpec:
        """The spec of a new cluster with these options.

        >>> Wish(node_count=1).new("lab", Networks()).node_count
        1
        """
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        given = {key: value for key, value in told.items() if value is not None}
        return ClusterSpec(name=name, **{**given, "networks": networks})

    def differences(self, spec: ClusterSpec) -> list[str]:
        """One sentence for each given option that differs from an existing cluster's.

        >>> Wish(node_cpus=2, fast=False).differences(ClusterSpec())
        ['--cpus 2: its nodes have 1.']
        """
        return list(self._differences(spec))

    def _differences(self, spec: ClusterSpec) -> Iterator[str]:
        count = len(spec.nodes)
        if self.node_count not in (None, count):
            yield f"--nodes {self.node_count}: it has {count}, which `node add` and `node remove` change."
        if self.node_cpus not in (None, spec.node_cpus):
            yield f"--cpus {self.node_cpus}: its nodes have {spec.node_cpus}."
        if self.node_memory_mib not in (None, spec.node_memory_mib):
            yield f"--memory {self.node_memory_mib}: its nodes have {spec.node_memory_mib} MiB."
        for name, asked, has in (("fast", self.fast, spec.fast), ("internet", self.internet, spec.internet)):
            if asked not in (None, has):
                yield f"--{name}: it was made with{'' if has else 'out'} it."
        if self.without is not None and set(self.without) != set(spec.without):
            made = "without " + ", ".join(spec.without) if spec.without else "with all add-ons"
            yield f"--without {', '.join(self.without)}: it was made {made}."
        if self.networks not in (None, spec.networks):
            yield f"--networks {','.join(self.networks.ranges)}: it has {','.join(spec.networks.ranges)}."
