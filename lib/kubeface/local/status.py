"""The state of a cluster and of its nodes, as `kubeface status` shows it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kubeface import places
from kubeface.linux import cgroups
from kubeface.local import kubeconfig, machine, names, network, plane, state
from kubeface.local.programs import api, supervisor
from kubeface.local.spec import ClusterSpec
from kubeface.util import files


@dataclass(frozen=True)
class NodeStatus:
    """The state of one node.

    Args:
        ready: What the API server says of it.
        running: Its first process runs: it is switched on.
        frozen: Its processes are suspended.
        disconnected: Its network cable is pulled out.
    """

    name: str
    address: str
    ready: bool
    running: bool
    frozen: bool = False
    disconnected: bool = False

    @property
    def power(self) -> str:
        """In a word: "on", "off", "frozen", "disconnected".

        >>> NodeStatus("node1", "172.31.0.11", ready=False, running=True, frozen=True).power
        'frozen'
        """
        if not self.running:
            return "off"
        return "frozen" if self.frozen else "disconnected" if self.disconnected else "on"


@dataclass(frozen=True)
class Status:
    """The state of a cluster.

    Args:
        state: "absent" (nothing on disk), "stopped" (data kept), "broken" (some of it runs), "running".
        processes: Program → what its supervisor says, such as "RUNNING".
        disk_mib: What its state takes; None when unknown.
        memory_mib: What its programs and Pods hold; None when unknown.
        advice: A sentence for each thing that is not as it should be, with what to do.
    """

    name: str
    state: str
    server: str
    kubeconfig: str
    nodes: list[NodeStatus] = field(default_factory=list)
    processes: dict[str, str] = field(default_factory=dict)
    disk_mib: int | None = None
    memory_mib: int | None = None
    advice: list[str] = field(default_factory=list)


def status_of(name: str) -> Status:
    """The state of the cluster of this name, and what to do about what is not well; changes nothing."""
    spec, kubeconfig_file = state.saved(name), str(places.kubeconfig(name))
    if spec is None:
        return Status(name, "absent", "", kubeconfig_file)
    processes = {one["name"]: one["statename"] for one in supervisor(spec).programs()}
    serves = bool(processes) and plane.apiserver_ready(spec)()
    found = Status(
        name,
        _state(processes, serves=serves),
        spec.server,
        kubeconfig_file,
        _nodes(spec, processes, serves=serves),
        processes,
        files.disk_bytes(spec.folder) // 2**20,
        cgroups.memory_bytes(spec.cgroup) // 2**20,
    )
    return replace(found, advice=list(_advice(found, spec, serves=serves)))


def _nodes(spec: ClusterSpec, processes: dict[str, str], *, serves: bool) -> list[NodeStatus]:
    ready = {one.name: one.is_ready for one in api(spec).list("nodes")} if serves else {}
    unplugged = network.unplugged(spec)
    return [
        NodeStatus(
            one.name,
            one.address,
            ready=ready.get(one.name, False),
            running=processes.get(one.name) == "RUNNING",
            frozen=cgroups.is_frozen(one.cgroup),
            disconnected=one.name in unplugged,
        )
        for one in spec.nodes
    ]


def _state(processes: dict[str, str], *, serves: bool) -> str:
    if not processes:
        return "stopped"
    return "running" if serves and set(processes.values()) == {"RUNNING"} else "broken"


def _advice(found: Status, spec: ClusterSpec, *, serves: bool) -> Iterator[str]:
    """What the nodes and programs themselves do not tell, and what to do."""
    if not serves and found.processes.get("kube-apiserver") == "RUNNING":
        log = names.command("logs kube-apiserver", spec.name)
        yield f"The API server runs and does not answer. Its log: {log}"
    if serves and any(node.power == "on" and not node.ready for node in found.nodes):
        yield machine.causes(spec)
    if serves and kubeconfig.repaired_file(spec) is not None:
        repair = names.command("up", spec.name)
        yield f"The course's context in {found.kubeconfig} is not as it should be. To repair it: {repair}"
