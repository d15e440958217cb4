"""Experiments with what nodes need of their host; each cleans up after itself."""

import contextlib
import ctypes
import errno
import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from pyroute2 import IPRoute, NetNS, netns

from kubeface.errors import CommandFailed, KubefaceError
from kubeface.linux import cgroups
from kubeface.local.network import remove_folder_of_namespaces
from kubeface.local.spec import API_PORT, REGISTRY_PORT, STATE, ClusterSpec
from kubeface.util.process import find, run
from kubeface.util.threads import in_a_thread

#: What listens on the host's address on the nodes' network, as the programs of the control plane are told.
PORTS = {
    2379: "etcd",
    REGISTRY_PORT: "the registry",
    API_PORT: "the API server",
    10257: "the controller manager",
    10259: "the scheduler",
}
#: Those of them that nodes speak to.
NEEDED = (API_PORT, REGISTRY_PORT)
KUBELET_PORT = 10250
#: Chosen: a packet to this machine takes less than 1 ms; one that is dropped is sent again after 1 s.
ANSWER_S = 2.5
T = TypeVar("T")
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET of sched.h
_LISTENING = "0A"  # TCP_LISTEN in /proc/net/tcp


def connections(spec: ClusterSpec) -> Iterator[str]:
    """Try connections between this host and a node; one sentence for each that fails.

    A cluster that runs is tried at its first node.
    """
    try:
        if network_is_there(spec):
            yield from taken_ports(spec)
            yield from _closed(spec, spec.nodes[0].netns, spec.nodes[0].address, is_running=True)
            return
        with _scratch_node(spec) as (name, address):
            yield from taken_ports(spec)
            yield from _closed(spec, name, address, is_running=False)
    except (OSError, KubefaceError) as error:
        yield f"Whether nodes can reach this machine could not be tried: {error}"


def network_is_there(spec: ClusterSpec) -> bool:
    """Whether the cluster's first node has its network."""
    return spec.nodes[0].netns in netns.listnetns()


def taken_ports(spec: ClusterSpec) -> Iterator[str]:
    """The ports of the control plane that another program listens on."""
    ours = _sockets(cgroups.processes(spec.cgroup))
    for port, program in PORTS.items():
        for inode in listeners(port, spec.gateway) - ours.keys():
            holder = _named(_sockets(int(path.name) for path in Path("/proc").glob("[0-9]*")).get(inode, 0))
            yield (
                f"Port {port}, which {program} needs, is held by {holder}: end it, or have it listen on "
                "127.0.0.1 alone."
            )


def listeners(port: int, address: str) -> set[str]:
    """The inodes of the sockets that listen there or on all addresses."""
    mine = f"{int.from_bytes(socket.inet_aton(address), 'little'):08X}"
    found: set[str] = set()
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(FileNotFoundError):  # no IPv6 here
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                words = line.split()
                host, _, number = words[1].partition(":")
                if (
                    words[3] == _LISTENING
                    and int(number, 16) == port
                    and (not host.strip("0") or host == mine)
                ):
                    found.add(words[9])
    return found


def _sockets(pids: Iterable[int]) -> dict[str, int]:
    """The inode of every socket that these processes have open, and the process."""
    found = {}
    for pid in pids:
        with contextlib.suppress(OSError):  # it has just ended, or is not ours to see
            for file in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    if (target := str(file.readlink())).startswith("socket:["):
                        found[target[8:-1]] = pid
    return found


def _named(pid: int) -> str:
    """The description of a process, such as "python3 (pid 7)"."""
    with contextlib.suppress(OSError):
        return f"{Path(f'/proc/{pid}/comm').read_text().strip()} (pid {pid})"
    return "a program that cannot be seen from here"


def state_folder(folder: Path = STATE) -> Iterator[str]:
    """Try what containers need of the state's file system; one sentence for each thing it lacks."""
    parent = next(path for path in (folder, *folder.parents) if path.exists())
    kind = run([find("stat"), "-f", "-c", "%T", parent], what="Looking at the file system").strip()
    where = f"{folder} (on {kind})"
    try:
        place = Path(tempfile.mkdtemp(prefix=".kubeface-trial-", dir=parent))
    except OSError as error:
        yield f"Nothing can be written to {where}: {error.strerror}."
        return
    try:
        yield from _overlay(place, where)
        yield from _execution(place, where)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _overlay(place: Path, where: str) -> Iterator[str]:
    for name in ("lower", "upper", "work", "whole"):
        (place / name).mkdir()
    (place / "lower" / "file").write_text("there")
    options = f"lowerdir={place}/lower,upperdir={place}/upper,workdir={place}/work"
    # Containers copy files up and delete some: both are tried, in a mount namespace that goes at once.
    deed = 'mount -t overlay -o "$1" overlay "$2" && cd "$2" && rm file && echo > new'
    try:
        run(
            [find("unshare"), "--mount", "sh", "-c", deed, "sh", options, place / "whole"],
            what="Laying one file system over another",
        )
    except CommandFailed as error:
        said = error.seen.splitlines()[-1] if error.seen else ""
        yield (
            f"Containers cannot have their file systems on {where}: {said} Put a disk of its own there "
            f"(ext4, xfs), or make {STATE} a link to a folder on one."
        )


def _execution(place: Path, where: str) -> Iterator[str]:
    program = place / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    try:
        run([program], what="Running a program")
    except (CommandFailed, OSError):
        yield f"No program can run on {where}, as on a mount with noexec: mount it without."


def _closed(spec: ClusterSpec, space: str, address: str, *, is_running: bool) -> Iterator[str]:
    """The connections that a firewall seems to block."""
    with contextlib.ExitStack() as stack:
        for port in () if is_running else NEEDED:
            with contextlib.suppress(OSError):  # taken: said already
                stack.enter_context(_listening(spec.gateway, port))
        if not is_running:
            stack.enter_context(_inside(space, lambda: _listening(address, KUBELET_PORT)))
        shut = [
            port
            for port in NEEDED
            if _inside(
                space, partial(_knock, spec.gateway, port, must_answer=bool(listeners(port, spec.gateway)))
            )
        ]
        back = _knock(address, KUBELET_PORT, must_answer=not is_running)
    if shut:
        ports = " and ".join(map(str, shut))
        yield (
            f"Nodes cannot reach this machine at {spec.gateway}, port {ports}: a firewall here drops "
            f"or refuses what comes in from them. Let it in: {_opening(spec)}"
        )
    if back:
        yield (
            f"This machine cannot reach its nodes ({address}, port {KUBELET_PORT}): a firewall here drops or "
            f"refuses what goes out to {spec.networks.nodes}."
        )


def _opening(spec: ClusterSpec) -> str:
    """The command that opens the firewall which is there."""
    if shutil.which("ufw") and "ENABLED=yes" in _text("/etc/ufw/ufw.conf"):
        return f"sudo ufw allow in on {spec.host_link}"
    if shutil.which("firewall-cmd") and Path("/run/firewalld").exists():
        return f"sudo firewall-cmd --zone=trusted --add-source={spec.networks.nodes}"
    return f"sudo iptables -I INPUT -i {spec.host_link} -j ACCEPT"


def _text(path: str) -> str:
    with contextlib.suppress(OSError):
        return Path(path).read_text()
    return ""


def _knock(address: str, port: int, *, must_answer: bool) -> str:
    """Why a connection fails; "" if it succeeds, or nobody listens and no firewall is in between."""
    try:
        socket.create_connection((address, port), ANSWER_S).close()
    except ConnectionRefusedError:
        return "refused" if must_answer else ""
    except OSError as error:
        return errno.errorcode.get(error.errno or errno.ETIMEDOUT, "silence")
    return ""


def _listening(address: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _inside(space: str, work: Callable[[], T]) -> T:
    """Run a function in a network namespace, in its own thread; a socket made there stays there."""

    def enter() -> T:
        with Path("/run/netns", space).open() as file:
            if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _NEW_NETWORK) != 0:
                raise OSError(ctypes.get_errno(), f"cannot enter the network {space}")
        return work()

    return in_a_thread(enter)()


@contextlib.contextmanager
def _scratch_node(spec: ClusterSpec) -> Iterator[tuple[str, str]]:
    """A temporary network namespace, connected as a node's; its name and its address."""
    name, link = f"kubeface_trial_{os.getpid()}", f"kf_t{os.getpid()}"
    address = str(ipaddress.ip_network(spec.networks.nodes)[-2])
    try:
        _connect(spec, name, link, address)
        yield name, address
    finally:
        _disconnect(name, link)


@in_a_thread  # pyroute2 starts an event loop, and a notebook runs one already
def _connect(spec: ClusterSpec, name: str, link: str, address: str) -> None:
    netns.create(name)
    with IPRoute() as host, NetNS(name) as there:
        host.link("add", ifname=link, kind="veth", peer={"ifname": "eth0", "net_ns_fd": name})
        for side, one, at in ((host, link, spec.gateway), (there, "eth0", address)):
            index = side.link_lookup(ifname=one)[0]
            side.addr("add", index=index, address=at, prefixlen=24)
            side.link("set", index=index, state="up")


@in_a_thread
def _disconnect(name: str, link: str) -> None:
    with IPRoute() as host:
        for index in host.link_lookup(ifname=link):
            host.link("del", index=index)
    if name in netns.listnetns():
        netns.remove(name)
    remove_folder_of_namespaces()
