"""`LocalCluster`: everything that can be done to a cluster on this machine, from start to removal."""

import contextlib
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from kubeface import images, places
from kubeface.errors import BadInput, KubefaceError
from kubeface.kube import Cluster
from kubeface.linux.supervisor import Supervisor
from kubeface.local import (
    addresses,
    kubeconfig,
    machine,
    names,
    network,
    nodes,
    programs,
    registry,
    reset,
    snapshots,
    start,
    state,
    stop,
    toolchain,
)
from kubeface.local.addresses import Route
from kubeface.local.dns import wait_for_dns
from kubeface.local.lock import address_lock, cluster_lock
from kubeface.local.snapshots import Snapshot
from kubeface.local.spec import ClusterSpec, Node, Wish
from kubeface.local.status import Status, status_of
from kubeface.local.steps import Say, Step, run_steps
from kubeface.local.toolchain import Toolchain
from kubeface.places import COURSE
from kubeface.util.finding import Finding

AS_IT_IS = Wish()


class LocalCluster:
    """A cluster on this machine. One command at a time changes it: a second one waits for the first.

    Args:
        name: Its name; it may be one that does not exist yet.
    Raises:
        BadInput: no cluster can have this name.

    >>> LocalCluster("lab").kubeconfig().name
    'lab.kubeconfig'
    """

    def __init__(self, name: str = COURSE) -> None:
        self.name = state.checked_name(name)
        self.tools = Toolchain(places.cache())

    @property
    def spec(self) -> ClusterSpec:
        """Its nodes, addresses and paths.

        Raises:
            KubefaceError: it does not exist.
        """
        if (saved := state.saved(self.name)) is None:
            raise KubefaceError(f"There is no cluster {self.name} yet.", try_next=self._command("up"))
        return saved

    @property
    def supervisor(self) -> Supervisor:
        """What starts and watches its programs."""
        return programs.supervisor(self.spec)

    def api(self) -> Cluster:
        """A client of its API server with every right."""
        return programs.api(self.spec)

    def kubeconfig(self) -> Path:
        """The course's kubeconfig; a cluster of another name has its own beside it."""
        return places.kubeconfig(self.name)

    def may_be_at(self, server: str) -> bool:
        """Whether its API server has that URL; True too where only root can tell."""
        saved = state.saved(self.name)
        return saved is None or saved.server == server

    def plan(self, wish: Wish = AS_IT_IS) -> ClusterSpec:
        """The spec that `up` brings about: that of the existing cluster, else a new one with free addresses.

        Raises:
            BadInput: the existing cluster has other options, or the addresses are not free.
        """
        if (saved := state.saved(self.name)) is None:
            return self._new(wish)
        if different := wish.differences(saved):
            raise BadInput(
                f"Cluster {self.name} already exists with different options; nothing has been changed.",
                seen="\n".join(different),
                try_next=f"{self._command('up')} without them; or {self._command('down --purge')}, "
                "which removes its data, then up with them",
            )
        return saved

    def up(self, wish: Wish = AS_IT_IS, *, say: Say) -> None:
        """Start the cluster, or repair it; see `start_steps` for how. Does nothing if it is already running.

        Args:
            wish: The options of a new cluster, which an existing one has to have.
        Raises:
            BadInput: it exists with different options; nothing has been changed.
            Missing: this machine cannot run a cluster yet; a sentence for each reason is in `seen`.
        """
        with self._lock("up"):
            self._up(wish, say)

    def start_steps(self, spec: ClusterSpec, built: Sequence[images.Built], say: Say) -> list[Step]:
        """The steps of `up`, in order. A failure undoes those that this run has made."""
        tools = self.tools

        def is_supervised() -> bool:
            return programs.supervisor(spec).answers()

        return [
            Step("Writing certificates and settings", lambda: start.write_settings(spec, tools)),
            Step(
                "Connecting the network",
                run=lambda: start.connect_network(spec),
                undo=lambda: stop.disconnect_network(spec),
                is_done=is_supervised,
            ),
            Step(
                "Starting supervision",
                run=lambda: start.start_supervisor(spec, tools),
                undo=lambda: stop.stop_processes(spec),
                is_done=is_supervised,
            ),
            Step("Starting etcd and the registry", lambda: start.start_etcd_and_registry(spec)),
            Step("Starting the API server", lambda: start.start_apiserver(spec)),
            Step("Starting the controllers and the scheduler", lambda: start.start_controllers(spec)),
            Step("Filling the registry", lambda: registry.fill(spec, tools, built, say)),
            Step("Adding DNS, storage and rights", lambda: start.apply_addons(spec, tools)),
            Step("Waiting for the nodes", lambda: start.wait_for_nodes(spec)),
            Step("Waiting for DNS", lambda: wait_for_dns(spec)),
            Step("Adding metrics and network policies", lambda: start.apply_optional_addons(spec, tools)),
            Step("Waiting for every program", lambda: start.wait_for_programs(spec)),
        ]

    def down(self, *, purge: bool = False, say: Say) -> None:
        """Stop the cluster, whatever is left of it: nothing of it runs or is connected afterwards.

        Args:
            purge: Delete its data, too.
        """
        with self._lock("down"):
            spec = self._saved_or_default()
            is_there = stop.is_anything_left(spec)
            if is_there:
                stop.stop_cluster(spec)
            if purge:
                self._purge(spec)
        if is_there:
            kept = " and its data are gone." if purge else "; its data are kept."
            say(f"The cluster {self.name} is down{kept}")
        else:
            others = ", ".join(state.cluster_names()) or "none"
            say(f"There is no cluster {self.name}, and nothing of it runs. Clusters here: {others}")

    def reset(self) -> float:
        """Delete everything that was made in the running cluster or pushed to it; the seconds that took.

        Raises:
            NotReady: something is still there after a minute.
        """
        with self._changing("reset") as spec:
            begun = time.monotonic()
            reset.reset(spec, self.tools)
            registry.reset(spec, self.tools)
            kubeconfig.hand_over(spec, self.tools)
            return time.monotonic() - begun

    def status(self) -> Status:
        """How it is now, and what to do about what is not well."""
        return status_of(self.name)

    def examine(self) -> list[Finding]:
        """What this machine has and lacks for the cluster; changes nothing."""
        saved = state.saved(self.name)
        try:
            spec = saved or self._new(AS_IT_IS)
        except BadInput:  # no addresses are free: then the first ones are not, which is found
            spec = ClusterSpec(self.name)
        return machine.examine(spec, self.tools, is_new=saved is None)

    def log(self, program: str, node: str | None = None) -> Path:
        """The log file of a program: of the control plane, or of a node ("kubelet", "node2").

        Raises:
            BadInput: there is no such log, or no such node.
        """
        spec = self.spec
        if node:
            nodes.find(spec, node)
        return state.log(spec, program, node)

    def stop_node(self, name: str) -> None:
        """Switch a node off, as a power cut does: everything on it ends at once, and stays off."""
        with self._changing_node("node stop", name) as node:
            nodes.stop(node)

    def start_node(self, name: str) -> None:
        """Switch a node on, and wait until it is Ready."""
        with self._changing_node("node start", name) as node:
            nodes.start(node)

    def freeze_node(self, name: str) -> None:
        """Freeze a node: to everyone else it hangs, while its own processes notice nothing."""
        with self._changing_node("node freeze", name) as node:
            nodes.freeze(node)

    def thaw_node(self, name: str) -> None:
        """Let a frozen node go on."""
        with self._changing_node("node thaw", name) as node:
            nodes.thaw(node)

    def disconnect_node(self, name: str) -> None:
        """Disconnect a node from the network: it runs on, alone."""
        with self._changing_node("node disconnect", name) as node:
            nodes.disconnect(node)

    def reconnect_node(self, name: str) -> None:
        """Connect a node to the network again."""
        with self._changing_node("node reconnect", name) as node:
            nodes.reconnect(node)

    def add_node(self) -> str:
        """Add a node, and wait until it is Ready; its name.

        Raises:
            BadInput: the cluster has as many nodes as it can have.
        """
        with self._changing("node add") as spec:
            return nodes.add(spec, self.tools)

    def remove_node(self, name: str, *, with_volumes: bool = False, timeout_s: float = 120) -> None:
        """Drain a node, switch it off, and delete it with its disk.

        Raises:
            BadInput: it is the last one, or holds volumes and `with_volumes` is off.
            KubefaceError: some of its Pods did not go in time; it stays.
        """
        with self._changing_node("node remove", name) as node:
            nodes.remove(node, self.tools, with_volumes=with_volumes, timeout_s=timeout_s)

    def simulate_nodes(self, count: int, *, say: Say) -> None:
        """Scale to COUNT simulated nodes beside the real ones, and wait until they are Ready.

        What simulates them is compiled first.

        Raises:
            NotReady: some did not become Ready.
        """
        with self._changing("node simulate") as spec:
            if count:
                toolchain.build(places.cache(), say=say, only=[nodes.KWOK])
            nodes.scale_simulated(spec, self.tools, count)

    def save_snapshot(self, name: str) -> Snapshot:
        """Save the running cluster's state under a name: its database and its volumes."""
        with self._changing("snapshot save") as spec:
            return snapshots.save(spec, name)

    def restore_snapshot(self, name: str, *, say: Say) -> None:
        """Start the cluster in the state of a snapshot, whether it runs now or not.

        Raises:
            BadInput: there is no such snapshot, or it is of other nodes; nothing has been changed.
        """
        with self._lock("snapshot restore"):
            spec = self.spec
            snapshots.check(spec, name)
            stop.stop_cluster(spec)
            snapshots.restore(spec, name)
            self._up(AS_IT_IS, say)

    def snapshots(self) -> list[Snapshot]:
        """Its snapshots, oldest first."""
        return snapshots.saved(self.spec)

    def remove_snapshot(self, name: str) -> None:
        """Delete a snapshot."""
        with self._lock("snapshot remove"):
            snapshots.remove(self.spec, name)

    def _up(self, wish: Wish, say: Say) -> None:
        is_new = state.saved(self.name) is None
        machine.require(self.plan(wish), self.tools, is_new=is_new)
        built = images.build_all(
            cache=places.cache(),
            source=places.SOURCE,
            binaries=self.tools.in_images(),
            kept=registry.kept(self.tools),
            say=say,
        )
        with address_lock():  # another cluster may have taken these addresses meanwhile
            spec = self.plan(wish)
            state.save(spec)
        seconds = run_steps(self.start_steps(spec, built, say), say)
        kubeconfig.hand_over(spec, self.tools, say)
        say(f"The cluster is up: {len(spec.nodes)} nodes, {seconds:.1f} s. Kubeconfig: {self.kubeconfig()}")

    def _new(self, wish: Wish) -> ClusterSpec:
        """The spec of a new cluster. Raises `BadInput` when its addresses are not free."""
        others = [Route(net, is_connected=True) for net in state.taken_networks(besides=self.name)]
        taken = [*network.host_routes(), *network.name_servers(), *others]
        if wish.networks and (met := addresses.in_the_way(taken, wish.networks)):
            raise BadInput(
                f"The networks {','.join(wish.networks.ranges)} are not free on this machine.",
                seen=f"they meet: {', '.join(sorted(set(met)))}",
                try_next="other ones; or none, then some that are free are taken",
            )
        return wish.new(self.name, wish.networks or addresses.choose(taken))

    def _saved_or_default(self) -> ClusterSpec:
        """The spec, or where its file cannot be read, what its name alone tells of it."""
        try:
            return state.saved(self.name) or ClusterSpec(self.name)
        except BadInput:
            return ClusterSpec(self.name)

    def _purge(self, spec: ClusterSpec) -> None:
        """Delete what the cluster has on disk, and its kubeconfig unless that leads to another one."""
        shutil.rmtree(spec.folder, ignore_errors=True)
        others = [other.server for name in state.cluster_names() if (other := state.saved(name))]
        file = self.kubeconfig()
        if file.is_file() and kubeconfig.server(file.read_text(errors="replace")) not in others:
            file.unlink()
        _remove_empty(spec.folder.parent)

    def _lock(self, work: str) -> contextlib.AbstractContextManager[None]:
        """Meanwhile no other command changes this cluster."""
        return cluster_lock(self.name, work)

    @contextlib.contextmanager
    def _changing(self, work: str) -> Iterator[ClusterSpec]:
        """The spec of the running cluster, under its lock."""
        with self._lock(work):
            spec = self.spec
            if not programs.supervisor(spec).answers():
                raise KubefaceError(f"The cluster {self.name} is not running.", try_next=self._command("up"))
            yield spec

    @contextlib.contextmanager
    def _changing_node(self, work: str, name: str) -> Iterator[Node]:
        """A node of the running cluster, under its lock."""
        with self._changing(work) as spec:
            yield nodes.find(spec, name)

    def _command(self, words: str) -> str:
        return names.command(words, self.name)


def name_of(kubeconfig: Path) -> str:
    """The name of the cluster that one of our kubeconfigs leads to.

    >>> name_of(Path("n.kubeconfig")), name_of(places.kubeconfig().with_name("kube-face-cluster.kubeconfig"))
    ('n', 'face')
    """
    return COURSE if kubeconfig.stem == places.CONTEXT else kubeconfig.stem


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        with contextlib.suppress(OSError):  # it is a mount, or a link: not ours to remove
            folder.rmdir()
