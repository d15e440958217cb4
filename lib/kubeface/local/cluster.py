"""The door to the embedded cluster: from nothing to a kubeconfig, and back."""

import contextlib
import dataclasses
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from kubeface import images, places
from kubeface.errors import BadInput, KubefaceError
from kubeface.kube.contexts import NAMESPACE, in_namespace
from kubeface.linux import cgroups
from kubeface.local import (
    addresses,
    lock,
    machine,
    members,
    names,
    network,
    plane,
    power,
    simulated,
    snapshots,
    state,
    steps,
    toolchain,
)
from kubeface.local import kubeconfig as learner
from kubeface.local import reset as pristine
from kubeface.local.addresses import Route
from kubeface.local.spec import ClusterSpec, Wish
from kubeface.local.state import Embedded
from kubeface.local.status import NodeStatus, Say, Status
from kubeface.local.toolchain import Toolchain
from kubeface.places import COURSE
from kubeface.util import files
from kubeface.util.privilege import give_to_user, make_user_folder

SOURCE = Path(__file__).resolve().parents[3]
AS_IT_IS = Wish()


class LocalCluster:
    """Three real nodes on this machine. One command at a time changes a cluster: a second one waits.

    Args:
        name: The cluster's name; two names are two clusters.
        wish: What a new cluster gets, and what an existing one must be.
    Raises:
        BadInput: no cluster can have this name.
    """

    def __init__(self, name: str = COURSE, wish: Wish = AS_IT_IS) -> None:
        self.name = state.checked_name(name)
        self._wish = wish
        self._tools = Toolchain(places.cache())

    def up(self, *, say: Say) -> None:
        """Have the cluster running; see `steps.start_sequence` for how.

        Raises:
            BadInput: it exists and is not as wished; nothing has been changed.
        """
        with self._alone("up"):
            self._up(say)

    def down(self, *, purge: bool, say: Say) -> None:
        """Stop it, and leave nothing running or connected. The data stay unless purged."""
        with self._alone("down"):
            if not self._is_anything_left():
                if purge:
                    self._purge(ClusterSpec(self.name))
                others = ", ".join(state.names_there()) or "none"
                say(f"There is no cluster {self.name}, and nothing of it runs. Clusters here: {others}")
                return
            spec = self._saved_or_default()
            steps.down(Embedded(spec, self._tools))
            if purge:
                self._purge(spec)
        say(
            f"The cluster {self.name} is down"
            + (" and its data are gone." if purge else "; its data are kept.")
        )

    def status(self) -> Status:
        """How it is now, and what to do about what is not well."""
        spec = state.saved(self.name)
        if spec is None:
            return Status(self.name, "absent", "", str(self.kubeconfig()))
        embedded = Embedded(spec, self._tools)
        processes = {one["name"]: one["statename"] for one in embedded.supervisor.programs()}
        serves = bool(processes) and plane.apiserver_ready(spec)()
        ready = {one.name: one.is_ready for one in embedded.api().list("nodes")} if serves else {}
        cut = network.unplugged(spec)
        nodes = [
            NodeStatus(
                one.name,
                one.address,
                ready=ready.get(one.name, False),
                running=processes.get(one.name) == "RUNNING",
                frozen=cgroups.is_frozen(one.cgroup),
                cut=one.name in cut,
            )
            for one in spec.nodes
        ]
        found = Status(
            self.name,
            _state(processes, serves),
            spec.server,
            str(self.kubeconfig()),
            nodes,
            processes,
            files.disk_bytes(spec.folder) // 2**20,
            cgroups.memory_bytes(spec.cgroup) // 2**20,
        )
        return dataclasses.replace(found, advice=list(self._advice(found, spec, serves=serves)))

    def kubeconfig(self) -> Path:
        """The course's kubeconfig; a cluster of another name has its own beside it."""
        return places.kubeconfig(self.name)

    def may_be_at(self, server: str) -> bool:
        """Whether its API server has that URL; True too where only root can tell."""
        spec = state.saved(self.name)
        return spec is None or spec.server == server

    def examine(self) -> list[machine.Finding]:
        """What this machine has and lacks for the cluster; changes nothing."""
        saved = state.saved(self.name)
        try:
            spec = saved or self._new()
        except BadInput:  # no addresses are free: then the first ones are not, which is found
            spec = ClusterSpec(self.name)
        return machine.examine(spec, self._tools, is_new=saved is None)

    def stop_node(self, name: str) -> None:
        """Cut a node's power: everything on it ends at once, and stays off."""
        with self._working("node stop") as embedded:
            power.cut_power(embedded, self._node(embedded, name))

    def start_node(self, name: str) -> None:
        """Switch a node on and wait until it is Ready."""
        with self._working("node start") as embedded:
            power.boot_node(embedded, self._node(embedded, name))

    def freeze_node(self, name: str) -> None:
        """Stop a node's clock: to everyone else it hangs, while its own processes notice nothing."""
        with self._working("node freeze") as embedded:
            power.freeze(embedded, self._node(embedded, name))

    def thaw_node(self, name: str) -> None:
        """Let a frozen node go on."""
        with self._working("node thaw") as embedded:
            power.thaw(embedded, self._node(embedded, name))

    def cut_node(self, name: str) -> None:
        """Pull a node's cable: it runs on, alone."""
        with self._working("node cut") as embedded:
            power.unplug(embedded, self._node(embedded, name))

    def join_node(self, name: str) -> None:
        """Put a node's cable back."""
        with self._working("node join") as embedded:
            power.plug(embedded, self._node(embedded, name))

    def add_node(self) -> str:
        """One more node, Ready; its name."""
        with self._working("node add") as embedded:
            return members.add(embedded)

    def remove_node(self, name: str, *, with_volumes: bool = False, timeout_s: float = 120) -> None:
        """Drain a node, switch it off, and forget it with its disk.

        Raises:
            BadInput: it is the last one, or holds volumes and `with_volumes` is off.
            KubefaceError: some of its Pods did not go in time; it stays.
        """
        with self._working("node remove") as embedded:
            node = self._node(embedded, name)
            members.remove(embedded, node, with_volumes=with_volumes, timeout_s=timeout_s)

    def simulate_nodes(self, count: int, *, say: Say) -> None:
        """Have so many simulated nodes beside the real ones, Ready; what simulates them is compiled first.

        Raises:
            NotReady: some did not become Ready.
        """
        with self._working("node simulate") as embedded:
            if count:
                toolchain.build(places.cache(), say=say, only=[simulated.NAME])
            simulated.have(embedded, count)

    def save_snapshot(self, name: str) -> snapshots.Snapshot:
        """Keep the running cluster's state under a name: its database and its volumes."""
        with self._working("snapshot save") as embedded:
            return snapshots.save(embedded, name)

    def restore_snapshot(self, name: str, *, say: Say) -> None:
        """Have the cluster running in the state of a snapshot, whether it runs now or not.

        Raises:
            BadInput: there is no such snapshot, or it is of other nodes; nothing has been changed.
        """
        with self._alone("snapshot restore"):
            spec = self._existing()
            snapshots.check(spec, name)
            steps.down(Embedded(spec, self._tools))
            snapshots.bring_back(spec, name)
            self._up(say)

    def snapshots(self) -> list[snapshots.Snapshot]:
        """The states that were kept, oldest first."""
        return snapshots.kept(self._existing())

    def remove_snapshot(self, name: str) -> None:
        """Forget a kept state."""
        with self._alone("snapshot remove"):
            snapshots.remove(self._existing(), name)

    def reset(self) -> float:
        """Have the running cluster as it was when it was new; the seconds that took.

        Raises:
            NotReady: something is still there after a minute.
        """
        with self._working("reset") as embedded:
            start = time.monotonic()
            power.all_on(embedded)
            pristine.reset(embedded)
            self._hand_over(embedded.spec)
            return time.monotonic() - start

    def collect_garbage(self, *, say: Say) -> dict[str, int]:
        """Remove what earlier versions left in the cache; the bytes given back, by what they were.

        Waits for whoever works on a cluster.
        """
        with contextlib.ExitStack() as stack:
            for name in sorted({*lock.names(), *state.names_there(), self.name}):
                stack.enter_context(lock.cluster_lock(name, "gc"))
            programs = toolchain.collect(places.cache())
            built, pushed = images.collect(
                cache=places.cache(),
                source=SOURCE,
                registry_program=self._tools.program("registry", "registry"),
                say=say,
            )
        return {"programs": programs, "layers of images": built, "images in the registry": pushed}

    def log(self, program: str, node: str | None = None) -> Path:
        """The log file of a program: of the control plane, or of a node ("kubelet", "node2").

        Raises:
            BadInput: there is no such log, or no such node.
        """
        spec = self._existing()
        if node:
            self._node(Embedded(spec, self._tools), node)
        there = _logs(spec.folder / "nodes" / node / "var" / "log" if node else spec.folder / "logs")
        if program in there:
            return there[program]
        running_on = [one.name for one in spec.nodes if program in _logs(one.disk / "log")]
        if running_on and not node:
            raise BadInput(
                f"{program} runs on each node: of which one?",
                seen=f"nodes: {', '.join(running_on)}",
                try_next=self._command(f"logs {program} {running_on[0]}"),
            )
        where = f" on {node}" if node else ""
        names_of = ", ".join(there) or "none"
        raise BadInput(f"There is no log of {program!r}{where}.", seen=f"logs here: {names_of}")

    def _up(self, say: Say) -> None:
        saved = state.saved(self.name)
        if saved:
            self._refuse_another_shape(saved)
        machine.require(saved or self._new(), self._tools, is_new=saved is None)
        built = images.build_all(
            cache=places.cache(), source=SOURCE, binaries=self._tools.in_images(), say=say
        )
        with lock.machine_lock():  # another cluster may have taken its addresses meanwhile
            spec = saved or self._new()
            state.save(spec)
        sequence = steps.start_sequence(lambda embedded: _fill_registry(embedded, built, say))
        seconds = steps.up(Embedded(spec, self._tools), sequence, say)
        self._hand_over(spec, say)
        say(f"The cluster is up: {len(spec.nodes)} nodes, {seconds:.1f} s. Kubeconfig: {self.kubeconfig()}")

    def _purge(self, spec: ClusterSpec) -> None:
        """Remove what the cluster has on disk, and its kubeconfig unless that speaks of another one."""
        shutil.rmtree(spec.folder, ignore_errors=True)
        others = [other.server for name in state.names_there() if (other := state.saved(name))]
        kubeconfig = self.kubeconfig()
        if kubeconfig.is_file() and learner.server(kubeconfig.read_text(errors="replace")) not in others:
            kubeconfig.unlink()
        _remove_empty(spec.folder.parent)

    @contextlib.contextmanager
    def _alone(self, work: str) -> Iterator[None]:
        """Nobody else changes this cluster meanwhile."""
        with lock.cluster_lock(self.name, work):
            yield

    @contextlib.contextmanager
    def _working(self, work: str) -> Iterator[Embedded]:
        """The cluster, running, for one who is alone with it."""
        with self._alone(work):
            yield self._running()

    def _log_on(self, node: str, program: str) -> Path:
        return self._existing().folder / "nodes" / node / "var" / "log" / f"{program}.log"

    def _spec(self) -> ClusterSpec:
        return state.saved(self.name) or self._new()

    def _new(self) -> ClusterSpec:
        """The cluster as it would be made now. Raises `BadInput` when its addresses are not free."""
        others = [Route(net, is_connected=True) for net in state.taken_networks(besides=self.name)]
        taken = [*network.host_routes(), *network.name_servers(), *others]
        asked = self._wish.networks
        if asked and (met := addresses.in_the_way(taken, asked)):
            raise BadInput(
                f"The networks {','.join(asked.ranges)} are not free on this machine.",
                seen=f"they meet: {', '.join(sorted(set(met)))}",
                try_next="other ones; or none, then some that are free are taken",
            )
        return self._wish.new(self.name, asked or addresses.choose(taken))

    def _refuse_another_shape(self, spec: ClusterSpec) -> None:
        if different := self._wish.differences(spec):
            raise BadInput(
                f"The cluster {self.name} exists already, with other options; nothing has been changed.",
                seen="\n".join(different),
                try_next=f"{self._command('up')} without them; or {self._command('down --purge')}, "
                "which removes its data, then up with them",
            )

    def _is_anything_left(self) -> bool:
        """Whether there is anything of the cluster: on disk, in the kernel, or among the sockets."""
        spec = ClusterSpec(self.name)
        groups = [hierarchy / spec.cgroup for hierarchy in cgroups.hierarchies()]
        there = any(path.exists() for path in (spec.folder, spec.run, *groups))
        return there or network.is_connected(self._saved_or_default())

    def _existing(self) -> ClusterSpec:
        saved = state.saved(self.name)
        if saved is None:
            raise KubefaceError(f"There is no cluster {self.name} yet.", try_next=self._command("up"))
        return saved

    def _saved_or_default(self) -> ClusterSpec:
        try:
            return state.saved(self.name) or ClusterSpec(self.name)
        except BadInput:  # its file is broken; its name is enough to take it away
            return ClusterSpec(self.name)

    def _running(self) -> Embedded:
        embedded = Embedded(self._existing(), self._tools)
        if not embedded.supervisor.answers():
            raise KubefaceError(f"The cluster {self.name} is not running.", try_next=self._command("up"))
        return embedded

    def _node(self, embedded: Embedded, name: str) -> str:
        if embedded.spec.node(name) is None:
            there = ", ".join(node.name for node in embedded.spec.nodes)
            raise BadInput(f"There is no node {name!r} in the cluster {self.name}.", seen=f"nodes: {there}")
        return name

    def _command(self, words: str) -> str:
        return names.command(words, self.name)

    def _advice(self, found: Status, spec: ClusterSpec, *, serves: bool) -> Iterator[str]:
        """What the nodes and programs themselves do not tell, and what to do."""
        if not serves and found.processes.get("kube-apiserver") == "RUNNING":
            yield f"The API server runs and does not answer. Its log: {self._command('logs kube-apiserver')}"
        if serves and any(node.power == "on" and not node.ready for node in found.nodes):
            yield machine.causes(spec)
        if serves and self._repaired(spec) is not None:
            repair = self._command("up")
            yield f"The course's context in {found.kubeconfig} is not as it should be. To repair it: {repair}"

    def _repaired(self, spec: ClusterSpec) -> str | None:
        """What the learner's kubeconfig should be; None where it is well."""
        kubeconfig = self.kubeconfig()
        ours = in_namespace((spec.pki / "learner.kubeconfig").read_text(), NAMESPACE)
        if not kubeconfig.exists():
            return ours
        there = kubeconfig.read_text(errors="replace")
        text = learner.repaired(there, ours)
        return None if text == there else text

    def _hand_over(self, spec: ClusterSpec, say: Say = lambda line: None) -> None:
        """Give the person at the keyboard a kubeconfig and a kubectl, owned by them."""
        kubeconfig, kubectl = self.kubeconfig(), places.programs() / "kubectl"
        for folder in (kubeconfig.parent, kubectl.parent):
            make_user_folder(folder)
        if (text := self._repaired(spec)) is not None:
            self._keep_unreadable(kubeconfig, say)
            files.write(kubeconfig, text)
        target = self._tools.program("kubernetes", "kubectl")
        if not kubectl.is_symlink() or kubectl.readlink() != target:
            kubectl.unlink(missing_ok=True)
            kubectl.symlink_to(target)
        give_to_user(kubeconfig)

    def _keep_unreadable(self, kubeconfig: Path, say: Say) -> None:
        """Put aside what cannot be mended."""
        if kubeconfig.exists() and not learner.is_readable(kubeconfig.read_text(errors="replace")):
            aside = kubeconfig.with_name(f"{kubeconfig.name}.unreadable")
            kubeconfig.replace(aside)
            give_to_user(aside)
            say(f"{kubeconfig} was no kubeconfig any more and is made anew; what it was is in {aside}")


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


def _logs(folder: Path) -> dict[str, Path]:
    """The logs that are there, by their programs: a person's word chooses among them, and is no path."""
    return {file.stem: file for file in sorted(folder.glob("*.log")) if not file.is_symlink()}


def _state(processes: dict[str, str], serves: bool) -> str:
    if not processes:
        return "stopped"
    return "running" if serves and set(processes.values()) == {"RUNNING"} else "broken"


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        with contextlib.suppress(OSError):  # it is a mount, or a link: not ours to remove
            folder.rmdir()
