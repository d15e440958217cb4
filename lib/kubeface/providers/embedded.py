"""The door to the embedded cluster: from nothing to a kubeconfig, and back."""

import dataclasses
import shutil
import time
from pathlib import Path

from kubeface import images, places
from kubeface.embedded import (
    cluster,
    machine,
    members,
    network,
    plane,
    power,
    simulated,
    snapshots,
    steps,
    toolchain,
)
from kubeface.embedded import reset as pristine
from kubeface.embedded.cluster import Embedded
from kubeface.embedded.spec import ClusterSpec, Networks
from kubeface.embedded.toolchain import Toolchain
from kubeface.errors import BadInput, KubefaceError
from kubeface.host import cgroups, files
from kubeface.host.privilege import give_to_user, make_user_folder
from kubeface.kube.contexts import in_namespace
from kubeface.places import COURSE
from kubeface.providers.allowed import NAMESPACE
from kubeface.providers.base import NodeStatus, Say, Status

SOURCE = Path(__file__).resolve().parents[3]


class EmbeddedProvider:
    """Three real nodes on this machine.

    Args:
        name: The cluster's name; two names are two clusters.
        wanted: What to make when there is none yet; an existing cluster keeps its shape.
        networks: The addresses of a new cluster; without, the first that meet nothing of the host.
    """

    def __init__(
        self, name: str = COURSE, wanted: ClusterSpec | None = None, *, networks: Networks | None = None
    ) -> None:
        self.name = name
        self._wanted = wanted
        self._networks = networks
        self._tools = Toolchain(places.cache())

    def up(self, *, say: Say) -> None:
        """Have the cluster running; see `steps.start_sequence` for how."""
        spec = self._spec()
        self._refuse_another_shape(spec)
        machine.require(spec, self._tools)
        built = images.build_all(
            cache=places.cache(), source=SOURCE, binaries=self._tools.in_images(), say=say
        )
        with cluster.alone():
            spec = self._spec()  # again: another cluster may have taken its addresses meanwhile
            cluster.save(spec)
        sequence = steps.start_sequence(lambda embedded: _fill_registry(embedded, built, say))
        seconds = steps.up(Embedded(spec, self._tools), sequence, say)
        self._hand_over(spec)
        say(f"The cluster is up: {len(spec.nodes)} nodes, {seconds:.1f} s. Kubeconfig: {self.kubeconfig()}")

    def down(self, *, purge: bool, say: Say) -> None:
        """Stop it, and leave nothing running or connected. The data stay unless purged."""
        spec = self._saved_or_default()
        was_there = spec.folder.exists()
        steps.undo(Embedded(spec, self._tools), steps.start_sequence(lambda embedded: None))
        if purge:
            shutil.rmtree(spec.folder, ignore_errors=True)
            self.kubeconfig().unlink(missing_ok=True)
            _remove_empty(spec.folder.parent)
        if not was_there:
            others = ", ".join(cluster.names()) or "none"
            say(f"There is no cluster {self.name}, and nothing of it runs. Clusters here: {others}")
            return
        say(
            f"The cluster {self.name} is down"
            + (" and its data are gone." if purge else "; its data are kept.")
        )

    def status(self) -> Status:
        """How it is now."""
        spec = cluster.saved(self.name)
        if spec is None:
            return Status(self.name, "absent", "", str(self.kubeconfig()))
        embedded = Embedded(spec, self._tools)
        processes = {one["name"]: one["statename"] for one in embedded.supervisor.programs()}
        nodes = [
            NodeStatus(one.name, one.address, ready=False, running=processes.get(one.name) == "RUNNING")
            for one in spec.nodes
        ]
        serves = bool(processes) and plane.apiserver_ready(spec)()
        if serves:
            ready = {found.name: found.is_ready for found in embedded.api().list("nodes")}
            nodes = [NodeStatus(n.name, n.address, ready.get(n.name, False), n.running) for n in nodes]
        return Status(
            self.name,
            _state(processes, serves),
            spec.server,
            str(self.kubeconfig()),
            nodes,
            processes,
            files.disk_bytes(spec.folder) // 2**20,
            cgroups.memory_bytes(spec.cgroup) // 2**20,
        )

    def kubeconfig(self) -> Path:
        """The course's kubeconfig; a cluster of another name has its own beside it."""
        return places.kubeconfig(self.name)

    def may_be_at(self, server: str) -> bool:
        """Whether its API server has that URL; True too where only root can tell."""
        spec = cluster.saved(self.name)
        return spec is None or spec.server == server

    def examine(self) -> list[machine.Finding]:
        """What this machine has and lacks for the cluster; changes nothing."""
        try:
            spec = self._spec()
        except BadInput:  # no addresses are free: then the first ones are not, which is found
            spec = ClusterSpec(self.name)
        return machine.examine(spec, self._tools)

    def stop_node(self, name: str) -> None:
        """Cut a node's power: everything on it ends at once, and stays off."""
        power.cut_power(self._running(), self._node(name))

    def start_node(self, name: str) -> None:
        """Switch a node on and wait until it is Ready."""
        embedded = self._running()
        power.boot_node(embedded, self._node(name))

    def freeze_node(self, name: str) -> None:
        """Stop a node's clock: to everyone else it hangs, while its own processes notice nothing."""
        power.freeze(self._running(), self._node(name))

    def thaw_node(self, name: str) -> None:
        """Let a frozen node go on."""
        power.thaw(self._running(), self._node(name))

    def cut_node(self, name: str) -> None:
        """Pull a node's cable: it runs on, alone."""
        power.unplug(self._running(), self._node(name))

    def join_node(self, name: str) -> None:
        """Put a node's cable back."""
        power.plug(self._running(), self._node(name))

    def add_node(self) -> str:
        """One more node, Ready; its name."""
        return members.add(self._running())

    def remove_node(self, name: str, *, with_volumes: bool = False, timeout_s: float = 120) -> None:
        """Drain a node, switch it off, and forget it with its disk.

        Raises:
            BadInput: it is the last one, or holds volumes and `with_volumes` is off.
            KubefaceError: some of its Pods did not go in time; it stays.
        """
        members.remove(self._running(), self._node(name), with_volumes=with_volumes, timeout_s=timeout_s)

    def simulate_nodes(self, count: int, *, say: Say) -> None:
        """Have so many simulated nodes beside the real ones, Ready; what simulates them is compiled first.

        Raises:
            NotReady: some did not become Ready.
        """
        embedded = self._running()
        if count:
            toolchain.build(places.cache(), say=say, only=[simulated.NAME])
        simulated.have(embedded, count)

    def save_snapshot(self, name: str) -> snapshots.Snapshot:
        """Keep the running cluster's state under a name: its database and its volumes."""
        return snapshots.save(self._running(), name)

    def restore_snapshot(self, name: str, *, say: Say) -> None:
        """Have the cluster running in the state of a snapshot, whether it runs now or not.

        Raises:
            BadInput: there is no such snapshot, or it is of other nodes; nothing has been changed.
        """
        spec = self._existing()
        snapshots.check(spec, name)
        steps.undo(Embedded(spec, self._tools), steps.start_sequence(lambda embedded: None))
        snapshots.bring_back(spec, name)
        self.up(say=say)

    def snapshots(self) -> list[snapshots.Snapshot]:
        """The states that were kept, oldest first."""
        return snapshots.kept(self._existing())

    def remove_snapshot(self, name: str) -> None:
        """Forget a kept state."""
        snapshots.remove(self._existing(), name)

    def reset(self) -> float:
        """Have the running cluster as it was when it was new; the seconds that took.

        Raises:
            NotReady: something is still there after a minute.
        """
        start, embedded = time.monotonic(), self._running()
        power.all_on(embedded)
        pristine.reset(embedded)
        return time.monotonic() - start

    def collect_garbage(self, *, say: Say) -> dict[str, int]:
        """Remove what earlier versions left in the cache; the bytes given back, by what they were."""
        programs = toolchain.collect(places.cache())
        built, pushed = images.collect(
            cache=places.cache(),
            source=SOURCE,
            registry_program=self._tools.program("registry", "registry"),
            say=say,
        )
        return {"programs": programs, "layers of images": built, "images in the registry": pushed}

    def log(self, program: str, node: str | None = None) -> Path:
        """The log file of a program: of the control plane, or of a node ("kubelet", "node2")."""
        spec = self._existing()
        if node:
            self._node(node)
            path = self._log_on(node, program)
        else:
            path = spec.folder / "logs" / f"{program}.log"
        running_on = [one.name for one in spec.nodes if self._log_on(one.name, program).exists()]
        if not node and not path.exists() and running_on:
            raise BadInput(
                f"{program} runs on each node: of which one?",
                seen=f"nodes: {', '.join(running_on)}",
                try_next=f"kubeface logs {program} {running_on[0]}",
            )
        if not path.exists():
            there = ", ".join(sorted(file.stem for file in path.parent.glob("*.log"))) or "none"
            raise BadInput(f"There is no log of {program}.", seen=f"logs here: {there}")
        return path

    def _log_on(self, node: str, program: str) -> Path:
        return self._existing().folder / "nodes" / node / "var" / "log" / f"{program}.log"

    def _spec(self) -> ClusterSpec:
        saved = cluster.saved(self.name)
        if saved is None:
            taken = [*network.host_routes(), *cluster.taken_networks()]
            networks = network.choose(taken, [self._networks] if self._networks else network.CANDIDATES)
            return dataclasses.replace(self._wanted or ClusterSpec(self.name), networks=networks)
        return saved

    def _refuse_another_shape(self, spec: ClusterSpec) -> None:
        wanted = self._wanted
        if wanted and wanted.node_count != len(spec.nodes):
            raise BadInput(
                f"The cluster {self.name} has {len(spec.nodes)} nodes.",
                try_next="kubeface node add; or kubeface down --purge, then up with the number you want",
            )
        is_other = wanted and any(
            getattr(wanted, name) != getattr(spec, name) for name in ("fast", "internet", "without")
        )
        if is_other or (self._networks and self._networks != spec.networks):
            made = [f"--{name}" for name in ("fast", "internet") if getattr(spec, name)]
            made += [f"--without {name}" for name in spec.without]
            raise BadInput(
                f"The cluster {self.name} is there already, and was made otherwise.",
                seen=f"options: {' '.join(made) or 'none'}; networks: {', '.join(spec.networks.ranges)}",
                try_next="kubeface down --purge, then up with the options you want",
            )

    def _existing(self) -> ClusterSpec:
        saved = cluster.saved(self.name)
        if saved is None:
            raise KubefaceError(f"There is no cluster {self.name} yet.", try_next="kubeface up")
        return saved

    def _saved_or_default(self) -> ClusterSpec:
        try:
            return cluster.saved(self.name) or ClusterSpec(self.name)
        except BadInput:  # its file is broken; its name is enough to take it away
            return ClusterSpec(self.name)

    def _running(self) -> Embedded:
        embedded = Embedded(self._spec(), self._tools)
        if not embedded.supervisor.answers():
            raise KubefaceError(f"The cluster {self.name} is not running.", try_next="kubeface up")
        return embedded

    def _node(self, name: str) -> str:
        spec = self._spec()
        if spec.node(name) is None:
            raise BadInput(
                f"There is no node {name}.", seen="nodes: " + ", ".join(n.name for n in spec.nodes)
            )
        return name

    def _hand_over(self, spec: ClusterSpec) -> None:
        """Give the person at the keyboard a kubeconfig and a kubectl, owned by them."""
        kubeconfig, kubectl = self.kubeconfig(), places.programs() / "kubectl"
        text = (spec.pki / "learner.kubeconfig").read_text()
        for folder in (kubeconfig.parent, kubectl.parent):
            make_user_folder(folder)
        if not (kubeconfig.exists() and _same_keys(kubeconfig.read_text(), text)):
            files.write(kubeconfig, in_namespace(text, NAMESPACE))
        target = self._tools.program("kubernetes", "kubectl")
        if not kubectl.is_symlink() or kubectl.readlink() != target:
            kubectl.unlink(missing_ok=True)
            kubectl.symlink_to(target)
        give_to_user(kubeconfig)


def name_of(kubeconfig: Path) -> str:
    """The name of the cluster that one of our kubeconfigs speaks of.

    >>> name_of(Path("n.kubeconfig")), name_of(places.kubeconfig().with_name("kube-face-cluster.kubeconfig"))
    ('n', 'face')
    """
    return COURSE if kubeconfig.stem == "kube-face-cluster" else kubeconfig.stem


def _fill_registry(embedded: Embedded, built: list[images.Built], say: Say) -> None:
    spec = embedded.spec
    pushed = images.push_all(
        built, cache=places.cache(), registry=spec.registry, ca=spec.pki / "ca.crt", say=say
    )
    if pushed:
        steps.forget_images(embedded, pushed)


def _same_keys(old: str, new: str) -> bool:
    """True when both hold the same credentials; the learner's own contexts and namespaces are then kept."""
    keys = [line.strip() for line in new.splitlines() if "-data:" in line]
    return all(key in old for key in keys)


def _state(processes: dict[str, str], serves: bool) -> str:
    if not processes:
        return "stopped"
    return "running" if serves and set(processes.values()) == {"RUNNING"} else "broken"


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
