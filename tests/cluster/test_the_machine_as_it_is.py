"""The doctor tries what nodes need of their host: each kind of unlucky machine, made here for one process."""

import pytest
from private import on_a_machine_of_its_own

pytestmark = pytest.mark.alone

HEAD = """
import socket
from pathlib import Path
from kubeface.local import network, trials
from kubeface.local.spec import ClusterSpec
spec = ClusterSpec("charlie")
def show(found):
    print(*found, sep="\\n")
"""
CONNECTIONS = HEAD + "show(trials.connections(spec))"
STATE = HEAD + 'show(trials.state_folder(Path("/run/state")))'
FIREWALL = (
    "iptables -P INPUT DROP; iptables -A INPUT -i lo -j ACCEPT; "
    "iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT"
)


def test_an_open_machine_is_fit_and_nothing_is_left_of_the_trial() -> None:
    script = CONNECTIONS + "\nfrom pyroute2 import IPRoute, netns\nassert not network.NAMESPACES.exists()"
    script += "\nassert [link.get_attr('IFLA_IFNAME') for link in IPRoute().get_links()] == ['lo']"
    assert on_a_machine_of_its_own(script).strip() == ""


@pytest.mark.parametrize(
    "rules",
    [
        FIREWALL,
        "iptables -A INPUT ! -i lo -p tcp --dport 6443 -j DROP",
        "iptables -A INPUT ! -i lo -p tcp -j REJECT --reject-with tcp-reset",
        "iptables -A INPUT ! -i lo -j REJECT --reject-with icmp-host-prohibited",
    ],
)
def test_a_firewall_is_named_with_the_ports_and_a_command(rules: str) -> None:
    said = on_a_machine_of_its_own(CONNECTIONS, before=rules)
    assert "Nodes cannot reach this machine at 172.31.0.1, port 6443" in said
    assert "a firewall here drops or refuses what comes in from them" in said
    assert "kf-charlie" in said


def test_a_firewall_on_the_way_out_is_named() -> None:
    rules = "iptables -A OUTPUT ! -o lo -m conntrack --ctstate NEW -j DROP"
    assert "This machine cannot reach its nodes" in on_a_machine_of_its_own(CONNECTIONS, before=rules)


def test_the_command_that_is_advised_opens_it() -> None:
    script = (
        HEAD
        + """
import subprocess
network.connect(spec)
with socket.create_server((spec.gateway, 6443)), socket.create_server((spec.gateway, 5000)):
    *_, said = trials.connections(spec)  # of a cluster that is there: a firewall switched on later
    command = said.partition("Let it in: ")[2].removeprefix("sudo ")
    subprocess.run(command.split(), check=True)
    assert not [one for one in trials.connections(spec) if "firewall" in one]
"""
    )
    on_a_machine_of_its_own(script, before=FIREWALL)


@pytest.mark.parametrize(("port", "address"), [(6443, ""), (5000, "::"), (2379, "")])
def test_a_port_that_is_taken_is_named_with_its_holder(port: int, address: str) -> None:
    family = ", family=socket.AF_INET6, dualstack_ipv6=True" if address else ""
    script = HEAD + f"import os\nheld = socket.create_server(({address!r}, {port}){family})\n"
    script += "print(os.getpid())\nshow(trials.connections(spec))"
    pid, *said = on_a_machine_of_its_own(script).splitlines()
    (sentence,) = said
    assert sentence.startswith(f"Port {port}, which ")
    assert f"(pid {pid})" in sentence


def test_a_port_on_loopback_is_in_nobody_s_way() -> None:
    script = HEAD + "held = socket.create_server(('127.0.0.1', 6443))\nshow(trials.connections(spec))"
    assert on_a_machine_of_its_own(script).strip() == ""


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("mkdir /run/state", ""),
        ("mkdir /run/real; ln -s /run/real /run/state", ""),
        ("mkdir '/run/a b'; ln -s '/run/a b' /run/state", ""),
        ("true", ""),  # not there yet
        ("mkdir /run/state; mount -t tmpfs -o noexec tmpfs /run/state", "No program can run on /run/state"),
        ("mkdir /run/state; mount -t tmpfs -o ro tmpfs /run/state", "Nothing can be written to /run/state"),
        (
            "cd /run; mkdir l u w state; mount -t overlay -o lowerdir=l,upperdir=u,workdir=w o state",
            "Containers cannot have their file systems on /run/state (on overlayfs)",
        ),
    ],
)
def test_the_file_system_of_the_state_is_tried(before: str, said: str) -> None:
    found = on_a_machine_of_its_own(STATE, before=before).strip()
    assert found.startswith(said)
    assert bool(found) == bool(said)
