"""Egress: outbound NAT (masquerading) for a cluster that was made with internet access.

The only firewall rules that the host ever gets. Each names the cluster in a comment, and goes with it.
"""

import ipaddress
from collections.abc import Iterator
from pathlib import Path

from kubeface.errors import CommandFailed
from kubeface.linux import sysctl
from kubeface.local.spec import RUN, ClusterSpec
from kubeface.util.process import find, run

FORWARDING_BEFORE = RUN / "forwarding"
#: Where the machine's resolvers stand; systemd-resolved keeps the real ones in a file of its own.
RESOLVERS = (Path("/run/systemd/resolve/resolv.conf"), Path("/etc/resolv.conf"))


def enable_egress(spec: ClusterSpec) -> None:
    """Add the firewall rules that are missing, and switch forwarding on."""
    sysctl.raise_to(1, sysctl.FORWARDING, FORWARDING_BEFORE)
    for table, chain, rule in reversed(
        list(_rules(spec, spec.host_link))
    ):  # each goes to the top: the first comes last
        if not _stands(table, chain, rule):
            _iptables(table, "--insert", chain, rule)


def disable_egress(spec: ClusterSpec) -> None:
    """Remove the firewall rules, also those of an earlier version."""
    for link in {spec.host_link, spec.older_host_link}:
        for table, chain, rule in _rules(spec, link):
            while _stands(table, chain, rule):
                _iptables(table, "--delete", chain, rule)


def resolvers() -> list[str]:
    """The addresses of this machine's name servers that nodes can reach, too: none on loopback."""
    for file in RESOLVERS:
        lines = [line.split() for line in file.read_text().splitlines()] if file.is_file() else []
        named = [words[1] for words in lines if words[:1] == ["nameserver"] and len(words) > 1]
        reachable = [one for one in named if not ipaddress.ip_address(one.partition("%")[0]).is_loopback]
        if reachable:
            return reachable
    return []


def _rules(spec: ClusterSpec, link: str) -> Iterator[tuple[str, str, list[str]]]:
    """Table, chain and rule; incoming packets are dropped unless they answer the cluster."""
    comment = ["-m", "comment", "--comment", f"kubeface-{spec.name}"]
    answers = ["-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED"]
    yield "filter", "FORWARD", ["-i", link, *comment, "-j", "ACCEPT"]
    yield "filter", "FORWARD", ["-o", link, *answers, *comment, "-j", "ACCEPT"]
    yield "filter", "FORWARD", ["-o", link, *comment, "-j", "DROP"]
    for net in (spec.networks.nodes, spec.networks.pods):
        yield "nat", "POSTROUTING", ["-s", net, "!", "-o", link, *comment, "-j", "MASQUERADE"]


def _stands(table: str, chain: str, rule: list[str]) -> bool:
    try:
        _iptables(table, "--check", chain, rule)
    except CommandFailed:
        return False
    return True


def _iptables(table: str, action: str, chain: str, rule: list[str]) -> None:
    options = ["--wait", "--table", table, action, chain, *rule]
    run([find("iptables"), *options], what="Opening the way to the internet")
