"""How a cluster comes up and goes down: the steps, in order, as the learner sees them."""

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kubeface.errors import NotReady
from kubeface.kube import KubeObject, apply, wait
from kubeface.linux import cgroups, modules, mounts, sysctl
from kubeface.local import addons, dns, egress, machine, names, network, node, node_start, plane, state
from kubeface.local.credentials import Credentials
from kubeface.local.lock import machine_lock
from kubeface.local.spec import REGISTRY_HOST, RUN, Node
from kubeface.local.state import Embedded
from kubeface.util import files
from kubeface.util.process import run
from kubeface.util.waiting import wait_until

Say = Callable[[str], None]

#: Measured: three clusters of three nodes take 131 file watchers; Linux' default for a user is 128.
FILE_WATCHERS = 1024
FILE_WATCHERS_BEFORE = RUN / "file-watchers"
MODULE_LOADED = RUN / "module"
DNS_PODS = {"k8s-app": "kube-dns"}
DNS_QUESTION = "kubernetes.default.svc.cluster.local"


@dataclass(frozen=True)
class Step:
    """One line the learner sees while a cluster comes up.

    Args:
        undo: Takes away what `run` made, whole or in part.
        is_done: Asked before: what was there before this run is mended by `run`, and never undone.
    """

    title: str
    run: Callable[[Embedded], None]
    undo: Callable[[Embedded], None] | None = None
    is_done: Callable[[Embedded], bool] = lambda embedded: False


def up(embedded: Embedded, steps: Sequence[Step], say: Say) -> float:
    """Run the steps; the seconds they took.

    When one fails, what this run has made is taken away, last first: a cluster that ran before runs on.
    The state on disk stays.
    """
    start = time.monotonic()
    made: list[Callable[[Embedded], None]] = []
    for step in steps:
        begun = time.monotonic()
        if step.undo and not step.is_done(embedded):
            made.append(step.undo)
        try:
            step.run(embedded)
            say(f"✓ {step.title} ({time.monotonic() - begun:.1f} s)")
        except BaseException as error:
            _take_back(embedded, made, f"{step.title}: {type(error).__name__}", say)
            raise
    return time.monotonic() - start


def _take_back(embedded: Embedded, made: Sequence[Callable[[Embedded], None]], what: str, say: Say) -> None:
    after = "Undoing what was started." if made else "What ran before runs on."
    with contextlib.suppress(OSError):  # nobody listens any more: what was made goes all the same
        say(f"✗ {what}. {after}")
    for undo in reversed(made):
        undo(embedded)


def down(embedded: Embedded) -> None:
    """Stop the cluster, whatever is left of it, and leave nothing of it running or connected."""
    stop_everything(embedded)
    disconnect_network(embedded)


def start_sequence(fill_registry: Callable[[Embedded], None]) -> list[Step]:
    """The steps that make a cluster. `fill_registry` brings the images to the registry, once it serves."""
    return [
        Step("Writing certificates and settings", write_settings),
        Step("Connecting the network", connect_network, disconnect_network, is_supervised),
        Step("Starting supervision", start_supervisor, stop_everything, is_supervised),
        Step("Starting etcd and the registry", start_etcd_and_registry),
        Step("Starting the API server", start_apiserver),
        Step("Starting the controllers and the scheduler", start_controllers),
        Step("Filling the registry", fill_registry),
        Step("Adding DNS, storage and rights", apply_addons),
        Step("Waiting for the nodes", wait_for_nodes),
        Step("Waiting for DNS", wait_for_dns),
        Step("Adding metrics and network policies", apply_other_addons),
        Step("Waiting for every program", wait_for_programs),
    ]


def is_supervised(embedded: Embedded) -> bool:
    """Whether the cluster runs, well or not: somebody watches its programs."""
    return embedded.supervisor.answers()


def write_settings(embedded: Embedded) -> None:
    """Certificates, kubeconfigs and the disks of the nodes."""
    spec = embedded.spec
    spec.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    state.save(spec)
    credentials = Credentials(spec)
    if embedded.supervisor.answers() and credentials.faults():
        stop_everything(embedded)  # running programs keep the certificates they have read
    if not embedded.supervisor.answers():
        credentials.write()
        for one in spec.nodes:
            node.prepare(one, embedded.tools)


def connect_network(embedded: Embedded) -> None:
    """Cables, bridge, routes; and the way to the internet, where it was asked for."""
    with machine_lock():
        network.connect(embedded.spec)
        if embedded.spec.internet:
            egress.enable_egress(embedded.spec)


def disconnect_network(embedded: Embedded) -> None:
    """The namespaces and all in them; with the machine's last cluster, what was changed for all of them."""
    spec = embedded.spec
    with machine_lock():
        if spec.internet:
            egress.disable_egress(spec)
        network.disconnect(spec, state.taken_networks(besides=spec.name))
        if not any(RUN.glob("*/supervisor.sock")):
            sysctl.put_back(sysctl.FORWARDING, egress.FORWARDING_BEFORE)
            sysctl.put_back(sysctl.FILE_WATCHERS, FILE_WATCHERS_BEFORE)
            modules.give_back_bridge_netfilter(MODULE_LOADED)
    for folder in (spec.run, RUN):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def start_supervisor(embedded: Embedded) -> None:
    """supervisord; whatever an earlier one left behind is ended first. Frozen nodes go on."""
    supervisor, spec = embedded.supervisor, embedded.spec
    if supervisor.answers():
        for one in spec.nodes:
            cgroups.thaw(one.cgroup)
        return
    stop_everything(embedded)
    for one in spec.nodes:
        cgroups.make(one.cgroup, cpus=one.cpus, memory_bytes=one.memory_mib * 1024 * 1024)
    cgroups.make(embedded.plane_cgroup)
    supervisor.configure(embedded.programs())
    with machine_lock():  # another cluster's end does not take back what this one needs
        sysctl.raise_to(FILE_WATCHERS, sysctl.FILE_WATCHERS, FILE_WATCHERS_BEFORE)
        modules.have_bridge_netfilter(MODULE_LOADED)
        supervisor.start(enter=lambda: cgroups.join(embedded.plane_cgroup))


def stop_everything(embedded: Embedded) -> None:
    """End every process of the cluster and take away what the kernel holds for them."""
    spec = embedded.spec
    embedded.gate.open()
    cgroups.thaw(spec.cgroup)  # else a frozen node keeps its supervisor waiting
    embedded.supervisor.shut_down()
    cgroups.kill(spec.cgroup)
    mounts.unmount(spec.folder)
    cgroups.remove(spec.cgroup)
    for file in (embedded.supervisor.socket, spec.run / "supervisord.pid"):
        file.unlink(missing_ok=True)


def start_etcd_and_registry(embedded: Embedded) -> None:
    """Both, until they answer."""
    supervisor, spec = embedded.supervisor, embedded.spec
    for name in ("etcd", "registry"):
        supervisor.start_program(name)
    for name, ready in (("etcd", plane.etcd_ready(spec)), ("registry", plane.registry_ready(spec))):
        supervisor.wait_ready(name, ready, timeout_s=30, try_next=names.command(f"logs {name}", spec.name))


def start_apiserver(embedded: Embedded) -> None:
    """The API server, until /readyz; the nodes boot meanwhile."""
    supervisor, spec = embedded.supervisor, embedded.spec
    log = names.command("logs kube-apiserver", spec.name)
    embedded.gate.close()
    try:
        for name in ("kube-apiserver", *(one.name for one in spec.nodes)):
            supervisor.start_program(name)
        supervisor.wait_ready("kube-apiserver", plane.apiserver_ready(spec), timeout_s=90, try_next=log)
    finally:
        embedded.gate.open()


def start_controllers(embedded: Embedded) -> None:
    """The programs that act on what the API server holds."""
    for name in ("kube-controller-manager", "kube-scheduler"):
        embedded.supervisor.start_program(name)


def forget_images(embedded: Embedded, images: Sequence[str]) -> None:
    """Have the nodes pull these images ("receiver:v1.0") again: what they hold under those names is old."""
    refs = {f"{REGISTRY_HOST}/{image}" for image in images}
    pids = {one["name"]: one["pid"] for one in embedded.supervisor.programs()}
    for one in embedded.spec.nodes:
        if old := refs.intersection(_images_of(embedded, one, pids[one.name], "ls", "--quiet").split()):
            _images_of(embedded, one, pids[one.name], "rm", *sorted(old))


def _images_of(embedded: Embedded, one: Node, pid: int, *arguments: str) -> str:
    """What `ctr images` says on a node, once its containerd is there; its socket is seen through /proc."""
    socket = Path(f"/proc/{pid}/root{node_start.CONTAINERD}")
    wait_until(socket.exists, what=f"containerd of {one.name} did not start", timeout_s=30, pid=pid)
    ctr = embedded.tools.program("containerd", "ctr")
    command = [str(ctr), "--address", str(socket), "--namespace", "k8s.io", "images", *arguments]
    return run(command, what=f"Looking at the images of {one.name}")


def apply_addons(embedded: Embedded) -> None:
    """Rights, and the add-ons that are waited for."""
    apply(embedded.api(), addons.objects(embedded.spec, embedded.tools, addons.FIRST))
    if embedded.spec.has("storage"):
        embedded.supervisor.start_program("storage")


def apply_other_addons(embedded: Embedded) -> None:
    """Those that nobody waits for: their images and first breaths take time from DNS otherwise."""
    apply(embedded.api(), addons.objects(embedded.spec, embedded.tools, addons.LATER))


def wait_for_nodes(embedded: Embedded) -> None:
    """Every node Ready, by a heartbeat of its present life: "Ready" may be left over from the last one."""
    since = _supervised_since(embedded)
    for one in embedded.spec.nodes:
        wait_for_node(embedded, one, since)


def wait_for_node(embedded: Embedded, one: Node, since: float) -> None:
    """Wait for a heartbeat after `since` (seconds since 1970) that says Ready."""
    try:
        wait(
            embedded.api(), f"node/{one.name}", for_=lambda found: _is_ready_since(found, since), timeout_s=90
        )
    except NotReady as error:
        said = [
            f"{program}'s last lines:\n{files.tail(one.disk / 'log' / f'{program}.log')}"
            for program in ("containerd", "kubelet")
        ]
        raise NotReady(
            f"{one.name} did not become Ready within 90 s.",
            seen="\n".join((machine.causes(embedded.spec), error.seen, *said)),
            try_next=names.command(f"logs kubelet {one.name}", embedded.spec.name),
        ) from error


def wait_for_dns(embedded: Embedded) -> None:
    """Every replica of CoreDNS runs in this life of the cluster, and the DNS Service answers."""
    spec, api = embedded.spec, embedded.api()
    if not spec.has("dns"):
        return
    since = _supervised_since(embedded)

    def answers() -> bool:
        pods = api.list("pods", labels=DNS_PODS, namespace="kube-system")
        if not pods or not all(_runs_since(pod, since) for pod in pods):
            return False
        # Questions are spread over the replicas: several, so that each is likely to have answered.
        return all(dns.resolve(DNS_QUESTION, spec.dns_service) == spec.api_service for _ in range(4))

    wait_until(
        answers,
        what="The cluster's DNS did not answer",
        timeout_s=120,
        evidence=lambda: _pods_of_dns(embedded),
        try_next="kubectl -n kube-system describe pods -l k8s-app=kube-dns",
        every_s=0.2,
    )


def wait_for_programs(embedded: Embedded) -> None:
    """Everything supervised runs: a program that ended early, for what was not there yet, is back."""
    wait_until(
        lambda: not _not_running(embedded),
        what="Not every program of the cluster runs",
        timeout_s=30,
        evidence=lambda: ", ".join(_not_running(embedded)),
        try_next=names.command("logs PROGRAM", embedded.spec.name),
    )


def _not_running(embedded: Embedded) -> list[str]:
    """Such as "storage is BACKOFF"."""
    programs = embedded.supervisor.programs()
    return [f"{one['name']} is {one['statename']}" for one in programs if one["statename"] != "RUNNING"]


def _pods_of_dns(embedded: Embedded) -> str:
    pods = embedded.api().list("pods", labels=DNS_PODS, namespace="kube-system")
    return "\n".join(f"{pod.name} on {pod.node}: {pod.status.phase}" for pod in pods)


def _supervised_since(embedded: Embedded) -> float:
    """When this life of the cluster began, in seconds since 1970."""
    return (embedded.spec.run / "supervisord.pid").stat().st_mtime


def _is_ready_since(node: KubeObject, since: float) -> bool:
    ready = next((c for c in node.status.conditions or [] if c.type == "Ready"), None)
    if ready is None or ready.status != "True":
        return False
    return _is_since(ready.lastHeartbeatTime, since)


def _runs_since(pod: KubeObject, since: float) -> bool:
    if pod.is_terminating:
        return True  # it goes; another takes its place in this list
    states = [container.state.running for container in pod.status.containerStatuses or []]
    return pod.is_ready and all(state and _is_since(state.startedAt, since) for state in states)


def _is_since(stamp: str, since: float) -> bool:
    return datetime.fromisoformat(stamp).timestamp() >= int(since)  # stamps are in whole seconds
