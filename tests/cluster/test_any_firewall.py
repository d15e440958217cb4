"""Services work with either kind of iptables that a host may have."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from objects import deployment, named

from kubeface.errors import CommandFailed
from kubeface.kube import Cluster, apply, wait
from kubeface.linux import cgroups
from kubeface.local.cluster import LocalCluster
from kubeface.util.process import find, run
from kubeface.util.waiting import wait_for_exit, wait_until

pytestmark = pytest.mark.alone

BINARIES = {"nft": "xtables-nft-multi", "legacy": "xtables-legacy-multi"}


@pytest.fixture
def other(trial: LocalCluster) -> Iterator[str]:
    """The kind of iptables that this host does not use; node1's kube-proxy has been started with it."""
    here = find("iptables").resolve()
    kind = next((kind for kind, name in BINARIES.items() if name != here.name), "")
    binary = here.with_name(BINARIES[kind])
    if here.name not in BINARIES.values() or not binary.exists():
        pytest.skip("this host has one kind of iptables only")
    inside = ["nsenter", f"--target={_pid(trial, 'kubelet')}", "--mount", "--pid"]
    run([*inside, "mount", "--bind", binary, here], what="Laying the other iptables over this one")
    _restart(trial, "kube-proxy")
    yield kind
    run([*inside, "umount", "--lazy", here], what="Taking the other iptables away")
    _restart(trial, "kube-proxy")


def test_a_service_made_then_is_in_the_rules_of_that_kind_and_of_no_other(
    trial: LocalCluster, api: Cluster, other: str
) -> None:
    ports = [{"port": 8080, "nodePort": 30990}]
    service = named("v1", "Service", "firewall")
    service["spec"] = {"type": "NodePort", "selector": {"app": "firewall"}, "ports": ports}
    apply(api, [deployment("firewall", "exec busybox httpd -f -p 8080 -h /bin"), service])
    wait(api, "deployment/firewall", for_="Ready", timeout_s=60)
    wait_until(lambda: _knows(trial, other), what="the rules do not come", timeout_s=60, every_s=0.3)
    usual = next(kind for kind in BINARIES if kind != other)
    assert not _knows(trial, usual)
    for ref in ("service/firewall", "deployment/firewall"):
        api.delete(ref)


def _knows(trial: LocalCluster, kind: str) -> bool:
    """Whether node1 has rules for the Service, written with that kind of iptables."""
    command = [
        "nsenter",
        f"--net=/run/netns/{trial.spec.nodes[0].netns}",
        f"iptables-{kind}",
        "-t",
        "nat",
        "-S",
    ]
    try:
        return "default/firewall" in run(command, what="Asking for rules")
    except CommandFailed:
        return False


def _restart(trial: LocalCluster, program: str) -> None:
    """End a program of node1, which its supervisor starts again."""
    pid = _pid(trial, program)
    os.kill(pid, signal.SIGKILL)
    wait_for_exit([pid], timeout_s=10)
    _pid(trial, program)


def _pid(trial: LocalCluster, program: str) -> int:
    def found() -> list[int]:
        pids = cgroups.processes(trial.spec.nodes[0].cgroup)
        return [pid for pid in pids if _name(pid) == program]

    wait_until(lambda: bool(found()), what=f"{program} does not run", timeout_s=30)
    return found()[0]


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode().rpartition("/")[2]
    except OSError:  # it has just ended
        return ""
