"""The operations on nodes of a running cluster: power, freezing, network, adding and removing."""

import shutil
import time

from kubeface.errors import BadInput, CommandFailed, KubefaceError, NotReady
from kubeface.kube import KubeObject, wait
from kubeface.kube.kubectl import run as kubectl
from kubeface.linux import cgroups, mounts
from kubeface.local import machine, names, network, simulated, state
from kubeface.local.node import prepare
from kubeface.local.programs import api, is_since, programs, supervisor
from kubeface.local.spec import MAX_NODES, ClusterSpec, Node
from kubeface.local.toolchain import Toolchain
from kubeface.util import files
from kubeface.util.waiting import wait_until

READY_S = 90  # chosen: a busy machine boots three nodes in 30 s
SIMULATED_READY_S = 300  # chosen: a thousand take a minute
#: The component of the toolchain that simulates nodes.
KWOK = simulated.NAME


def find(spec: ClusterSpec, name: str) -> Node:
    """The node of this name.

    Raises:
        BadInput: there is none.

    >>> find(ClusterSpec("lab"), "node2").address
    '172.31.0.12'
    """
    found = next((one for one in spec.nodes if one.name == name), None)
    if found is None:
        there = ", ".join(one.name for one in spec.nodes)
        raise BadInput(f"There is no node {name!r} in the cluster {spec.name}.", seen=f"nodes: {there}")
    return found


def stop(node: Node) -> None:
    """Switch a node off, and wait until the last of its processes has ended."""
    cgroups.thaw(node.cgroup)
    supervisor(node.cluster).stop_program(node.name)
    cgroups.kill(node.cgroup)


def start(node: Node) -> None:
    """Switch a node on, and wait until it is Ready."""
    since = time.time()
    supervisor(node.cluster).start_program(node.name)
    wait_until_ready(node, since)


def freeze(node: Node) -> None:
    """Suspend every process of a node: none of them runs, and none ends."""
    cgroups.freeze(node.cgroup)


def thaw(node: Node) -> None:
    """Let the processes of a frozen node go on."""
    cgroups.thaw(node.cgroup)


def disconnect(node: Node) -> None:
    """Pull a node's network cable: it runs on, and has no connection to anything."""
    network.set_cable(node.cluster, node.name, plugged=False)


def reconnect(node: Node) -> None:
    """Plug a node's network cable in again."""
    network.set_cable(node.cluster, node.name, plugged=True)


def restore_all(spec: ClusterSpec) -> None:
    """Reconnect, thaw and switch on every node, and wait until all are Ready."""
    for one in spec.nodes:
        thaw(one)
        reconnect(one)
    states = {one["name"]: one["statename"] for one in supervisor(spec).programs()}
    for one in spec.nodes:
        if states[one.name] != "RUNNING":
            start(one)
    for one in spec.nodes:
        wait_until_ready(one, since=0)


def wait_until_ready(node: Node, since: float) -> None:
    """Wait for a heartbeat after `since` (seconds since 1970) that says Ready.

    Raises:
        NotReady: none came; its `seen` names the cause, as far as this machine shows it.
    """
    try:
        wait(
            api(node.cluster),
            f"node/{node.name}",
            for_=lambda found: _is_ready_since(found, since),
            timeout_s=READY_S,
        )
    except NotReady as error:
        said = [
            f"{program}'s last lines:\n{files.tail(node.disk / 'log' / f'{program}.log')}"
            for program in ("containerd", "kubelet")
        ]
        raise NotReady(
            f"{node.name} did not become Ready within {READY_S} s.",
            seen="\n".join((machine.causes(node.cluster), error.seen, *said)),
            try_next=names.command(f"logs kubelet {node.name}", node.cluster.name),
        ) from error


def add(spec: ClusterSpec, tools: Toolchain) -> str:
    """Add a node, and wait until it is Ready; its name.

    Raises:
        BadInput: there are `MAX_NODES` already.
    """
    if len(spec.nodes) >= MAX_NODES:
        raise BadInput(f"The cluster has {MAX_NODES} nodes, which is as many as it can have.")
    larger, name = spec.with_node()
    new = find(larger, name)
    state.save(larger)
    try:
        prepare(new, tools)
        network.connect(larger)
        make_cgroup(new)
        supervisor(larger).configure(programs(larger, tools))
        supervisor(larger).add_program(name)
        start(new)
    except BaseException:
        _delete(new, spec, tools)
        raise
    return name


def remove(node: Node, tools: Toolchain, *, with_volumes: bool, timeout_s: float) -> None:
    """Drain a node, switch it off, and delete it with its disk.

    Raises:
        BadInput: it is the last one, or holds volumes and `with_volumes` is off; nothing has been changed.
        KubefaceError: some of its Pods did not go in time; it stays, open for Pods again.
    """
    spec = node.cluster
    if len(spec.nodes) == 1:
        raise BadInput(
            f"{node.name} is the cluster's last node.", try_next=names.command("down --purge", spec.name)
        )
    if (volumes := _volumes(node)) and not with_volumes:
        raise BadInput(
            f"{node.name} holds volumes, which would be lost with its disk.",
            seen=", ".join(volumes),
            try_next=names.command(f"node remove {node.name} --with-volumes", spec.name),
        )
    _drain(node, timeout_s)
    stop(node)
    _delete(node, spec.without_node(node.name), tools)


def make_cgroup(node: Node) -> None:
    """Make the cgroup that limits a node's processors and memory."""
    cgroups.make(node.cgroup, cpus=node.cpus, memory_bytes=node.memory_mib * 1024 * 1024)


def _drain(node: Node, timeout_s: float) -> None:
    client = api(node.cluster)
    options = ["--ignore-daemonsets", "--delete-emptydir-data", "--force", f"--timeout={timeout_s:g}s"]
    try:
        kubectl(["drain", node.name, *options], cluster=client, timeout_s=timeout_s + 10)
    except CommandFailed as error:
        kubectl(["uncordon", node.name], cluster=client)
        raise KubefaceError(
            f"Not every Pod left {node.name} within {timeout_s:g} s: it stays, open for Pods again.",
            seen=error.seen,
            try_next=f"kubectl get pods -A --field-selector spec.nodeName={node.name}; kubectl get pdb -A",
        ) from error


def _delete(node: Node, left: ClusterSpec, tools: Toolchain) -> None:
    """Delete all there is of a node; `left` is the cluster without it."""
    state.save(left)
    supervisor(left).configure(programs(left, tools))
    supervisor(left).remove_program(node.name)
    cgroups.remove(node.cgroup)
    network.remove_node(left, node)
    api(left).delete(f"node/{node.name}")
    mounts.unmount(node.folder)
    shutil.rmtree(node.folder, ignore_errors=True)


def _volumes(node: Node) -> list[str]:
    """The claims whose volumes are on a node's disk, such as "face/mysql-data"."""
    found = []
    for volume in api(node.cluster).list("persistentvolumes"):
        claim = volume.raw["spec"].get("claimRef") or {}
        required = (volume.raw["spec"].get("nodeAffinity") or {}).get("required") or {}
        rules = [
            rule for term in required.get("nodeSelectorTerms") or [] for rule in term["matchExpressions"]
        ]
        if any(node.name in rule["values"] for rule in rules):
            found.append(f"{claim.get('namespace', '')}/{claim.get('name', volume.name)}")
    return found


def scale_simulated(spec: ClusterSpec, tools: Toolchain, count: int) -> None:
    """Scale to COUNT simulated nodes, sim-0001 and so on, and wait until they are Ready; 0 stops KWOK.

    Raises:
        Missing: KWOK has not been built.
        NotReady: some node did not become Ready.
    """
    client = api(spec)
    wanted = [f"sim-{number:04}" for number in range(1, count + 1)]
    there = {found.name for found in client.list("nodes", labels=simulated.LABELS)}
    if count:
        _start_kwok(spec, tools)
    simulated.each(client.create, [simulated.node(name) for name in wanted if name not in there])
    simulated.each(lambda name: client.delete(f"node/{name}"), there.difference(wanted))
    if not count:
        _stop_kwok(spec, tools)

    def ready() -> int:
        return sum(found.is_ready for found in client.list("nodes", labels=simulated.LABELS))

    wait_until(
        lambda: ready() == count,
        what="not every simulated node is Ready",
        timeout_s=SIMULATED_READY_S,
        evidence=lambda: f"{ready()} of {count} are",
        try_next=names.command(f"logs {KWOK}", spec.name),
        every_s=0.5,
    )


def _start_kwok(spec: ClusterSpec, tools: Toolchain) -> None:
    files.write(simulated.marker(spec), "")
    supervisord = supervisor(spec)
    supervisord.configure(programs(spec, tools))
    supervisord.add_program(KWOK)
    supervisord.start_program(KWOK)


def _stop_kwok(spec: ClusterSpec, tools: Toolchain) -> None:
    simulated.marker(spec).unlink(missing_ok=True)
    supervisor(spec).configure(programs(spec, tools))
    supervisor(spec).remove_program(KWOK)


def _is_ready_since(found: KubeObject, since: float) -> bool:
    ready = next((one for one in found.status.conditions or [] if one.type == "Ready"), None)
    return ready is not None and ready.status == "True" and is_since(ready.lastHeartbeatTime, since)
