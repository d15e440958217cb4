"""Where the Pods of a cluster are: what the policies call "no Pod" is every address but theirs."""

import copy
import ipaddress
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from kubeface.kube import Cluster
from kubeface.kube.rights import may

Manifest = dict[str, Any]

STANDARD = "10.244.0.0/16"  # what the manifests say, for whoever applies them with kubectl alone
WIDTH = 16  # chosen: as wide as most clusters' range, so that nodes that join later are in it


def fitted(cluster: Cluster, objects: Sequence[Manifest]) -> list[Manifest]:
    """The objects; where policies name the standard range they name the cluster's, if that is known.

    >>> from kubeface.kube import Cluster, kustomize
    >>> from kubeface.pipeline.deploy import manifests_folder
    >>> from kubeface.pipeline.ranges import fitted
    >>> def policies(cluster: Cluster) -> list[dict]:
    ...     return fitted(cluster, kustomize(manifests_folder() / "nsqd"))
    """
    if not any(_blocks(one) for one in objects):
        return list(objects)
    ranges = pod_ranges(cluster)
    return [_filled(one, ranges) if ranges and _blocks(one) else one for one in objects]


def pod_ranges(cluster: Cluster) -> list[str]:
    """The ranges in which the cluster's Pods are, as far as this user can see; empty when nothing tells.

    The nodes' `podCIDRs` tell, and so do the addresses that Pods have. Each is taken as a part of a larger
    range, unless a node's own address is in that one too.

    >>> from kubeface.kube import Cluster
    >>> from kubeface.pipeline.ranges import pod_ranges
    >>> def told(cluster: Cluster) -> str:
    ...     return ", ".join(pod_ranges(cluster)) or "unknown"
    """
    nodes = _all(cluster, "nodes")
    pods = [pod for pod in _all(cluster, "pods") if not pod["spec"].get("hostNetwork")]
    said = [cidr for node in nodes for cidr in node["spec"].get("podCIDRs") or []]
    addresses = [one["ip"] for pod in pods for one in pod["status"].get("podIPs") or []]
    hosts = [one["address"] for node in nodes for one in node["status"].get("addresses") or []]
    return [str(one) for one in widened(said, addresses, hosts)]


def widened(said: Iterable[str], addresses: Iterable[str], hosts: Iterable[str]) -> list[IPv4Network]:
    """The IPv4 ranges that hold all of these and none of the hosts. What is next to a host tells nothing.

    >>> widened(["10.9.1.0/24"], ["10.9.2.7"], ["172.31.0.11"])
    [IPv4Network('10.9.0.0/16')]
    """
    there = [host for host in map(_address, hosts) if host]
    exact = [network for network in map(_network, said) if network]
    wide = [_around(network) for network in exact]
    ranges = [
        one if any(host in large for host in there) else large for one, large in zip(exact, wide, strict=True)
    ]
    around = [_around(IPv4Network(one)) for one in map(_address, addresses) if one]
    ranges += [one for one in around if not any(host in one for host in there)]
    return list(ipaddress.collapse_addresses(ranges))


def _all(cluster: Cluster, kind: str) -> list[Manifest]:
    """As the API sends them; none when this user may not list them."""
    return [one.raw for one in cluster.list(kind, everywhere=True)] if may(cluster, "list", kind) else []


def _filled(policy: Manifest, ranges: Sequence[str]) -> Manifest:
    filled = copy.deepcopy(policy)
    for block in _blocks(filled):
        block["except"] = list(ranges)
    return filled


def _blocks(manifest: Manifest) -> list[dict[str, Any]]:
    """Those in which a policy names the standard range."""
    rules = manifest["spec"].get("ingress") or [] if manifest["kind"] == "NetworkPolicy" else []
    peers = [peer.get("ipBlock") or {} for rule in rules for peer in rule.get("from") or []]
    return [block for block in peers if STANDARD in block.get("except", [])]


def _around(network: IPv4Network) -> IPv4Network:
    return network.supernet(new_prefix=WIDTH) if network.prefixlen > WIDTH else network


def _network(cidr: str) -> IPv4Network | None:
    network = ipaddress.ip_network(cidr, strict=False)
    return network if isinstance(network, IPv4Network) else None


def _address(text: str) -> IPv4Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:  # a name: clouds write those too
        return None
    return address if isinstance(address, IPv4Address) else None
