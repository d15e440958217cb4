"""A machine that lacks something is told what, in one sentence each, and nothing is begun."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import hiding
import pytest

from kubeface.linux import packages
from kubeface.local.cluster import LocalCluster
from kubeface.local.machine import CONTROLLERS, DISK_GB
from kubeface.places import cache
from kubeface.util.process import find

#: Those with which the others are hidden cannot be hidden themselves.
HIDEABLE = [
    one for one in packages.PACKAGES if not one.tests_only and one.program not in ("mount", "unshare")
]


def test_nothing_is_missing_here() -> None:
    assert hiding.problems("true") == []


@pytest.mark.parametrize("package", HIDEABLE, ids=lambda package: package.program)
def test_the_doctor_names_a_program_that_is_hidden(package: packages.Package) -> None:
    assert hiding.problems(hiding.without_program(package.program)) == [package.sentence]


@pytest.mark.parametrize(
    ("hide", "said"),
    [
        (hiding.without_overlay(), "no overlay file system"),
        *((hiding.without_namespace(name), f"no {name} namespaces") for name in hiding.NAMESPACES),
        *((hiding.without_v1(name), f"controller {name} is not there") for name in CONTROLLERS),
        *((hiding.without_v2(name), f"controller {name} is not there") for name in CONTROLLERS),
        (hiding.laid_over("echo MemTotal: 1000000 kB", "/proc/meminfo"), "1.0 GB of memory"),
        (hiding.laid_over("echo exit 3", "$(readlink -f $(which iptables))"), "iptables does not work"),
    ],
)
def test_the_doctor_names_what_the_kernel_lacks(hide: str, said: str) -> None:
    found = hiding.problems(hide)
    assert len(found) == 1, found
    assert said in found[0]


def test_the_doctor_names_a_full_disk(tmp_path: Path) -> None:
    small = f"mount -t tmpfs -o size=1G none {tmp_path}; ln -s {cache()}/toolchain {tmp_path}/toolchain"
    sentence = f"{tmp_path} has 1 GB free; the cluster needs {DISK_GB} GB."
    assert hiding.problems(small, cache=str(tmp_path)) == [sentence]


def test_the_doctor_names_the_networks_that_leave_no_addresses_and_lets_a_vpn_be() -> None:
    private = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
    flags = hiding.NEW_MOUNTS | hiding.NEW_NETWORK
    routed = "; ".join(f"ip route add {net} dev lo" for net in private)
    assert hiding.problems(f"ip link set lo up; {routed}", flags=flags) == []
    connected = "; ".join(f"ip route add {net} dev lo proto kernel" for net in private)
    found = hiding.problems(f"ip link set lo up; {connected}", flags=flags)
    assert len(found) == 1, found
    assert "10.0.0.0/8" in found[0]


def test_the_doctor_names_the_lack_of_rights() -> None:
    found = hiding.problems("true", uid=hiding.NOBODY, cache="/nonexistent")
    assert "Nodes need root rights: run this as root or through sudo." in found


def test_the_doctor_s_command_says_it_and_ends_with_an_error() -> None:
    done = _kubeface("doctor", hidden=["runc"])
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if line.startswith("✗ runc is missing: it starts")]


def test_up_names_each_missing_thing_and_begins_nothing(tmp_path: Path) -> None:
    done = _kubeface("up", "--name", "lacking", hidden=["runc", "iptables"], cache=tmp_path)
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if line.startswith("- ")]
    assert len(said) == 3  # the two programs, and what has not been compiled
    assert [word for word in ("runc", "iptables", "Not compiled yet") if word not in done.stderr] == []
    assert not Path("/var/lib/kubeface/lacking").exists()


def test_an_unknown_node_or_program_is_answered_with_those_there_are(trial: LocalCluster) -> None:
    done = _kubeface("node", "stop", "node9", "--name", trial.spec.name)
    assert (done.returncode, "nodes: node1, node2" in done.stderr) == (1, True)
    done = _kubeface("logs", "kubelet", "--name", trial.spec.name)
    assert (done.returncode, "nodes: node1, node2" in done.stderr) == (1, True)
    done = _kubeface("logs", "kube-apiservr", "--name", trial.spec.name)
    assert (done.returncode, "kube-apiserver" in done.stderr) == (1, True)


def _kubeface(
    *arguments: str, hidden: Sequence[str] = (), cache: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command where some programs are hidden, for it alone."""
    hide = "; ".join([*map(hiding.without_program, hidden), 'exec "$@"'])
    command = [find("unshare"), "--mount", "sh", "-ec", hide, "sh", sys.executable, "-m", "kubeface"]
    return subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **({"KUBEFACE_CACHE": str(cache)} if cache else {})},
        timeout=120,
    )
