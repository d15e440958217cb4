"""How a cluster starts: what each step of `LocalCluster.up` does."""

from kubeface.kube import apply
from kubeface.linux import cgroups, modules, sysctl
from kubeface.local import addons, egress, names, network, node, nodes, plane, registry, state
from kubeface.local.credentials import Credentials
from kubeface.local.lock import address_lock
from kubeface.local.programs import api, programs, supervised_since, supervisor
from kubeface.local.spec import ClusterSpec
from kubeface.local.start_barrier import start_barrier
from kubeface.local.stop import FILE_WATCHERS_BEFORE, MODULE_LOADED, stop_processes
from kubeface.local.toolchain import Toolchain
from kubeface.util.waiting import wait_until

#: Measured: three clusters of three nodes take 131 file watchers; Linux' default for a user is 128.
FILE_WATCHERS = 1024


def write_settings(spec: ClusterSpec, tools: Toolchain) -> None:
    """Write the certificates, the kubeconfigs, and the nodes' disks; a cluster that runs keeps its own."""
    spec.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    state.save(spec)
    credentials = Credentials(spec)
    if supervisor(spec).answers() and credentials.faults():
        stop_processes(spec)  # running programs keep the certificates they have read
    if not supervisor(spec).answers():
        credentials.write()
        registry.prepare(spec, tools)
        for one in spec.nodes:
            node.prepare(one, tools)


def connect_network(spec: ClusterSpec) -> None:
    """Make the cables, the bridge and the routes; and outbound NAT, if the cluster has internet access."""
    with address_lock():
        network.connect(spec)
        if spec.internet:
            egress.enable_egress(spec)


def start_supervisor(spec: ClusterSpec, tools: Toolchain) -> None:
    """Start supervisord, after ending what an earlier one left running; if it runs, thaw the nodes."""
    supervisord = supervisor(spec)
    if supervisord.answers():
        for one in spec.nodes:
            nodes.thaw(one)
        return
    stop_processes(spec)
    for one in spec.nodes:
        nodes.make_cgroup(one)
    cgroups.make(spec.plane_cgroup)
    supervisord.configure(programs(spec, tools))
    with address_lock():  # another cluster's end does not take back what this one needs
        sysctl.raise_to(FILE_WATCHERS, sysctl.FILE_WATCHERS, FILE_WATCHERS_BEFORE)
        modules.have_bridge_netfilter(MODULE_LOADED)
        supervisord.start(enter=lambda: cgroups.join(spec.plane_cgroup))


def start_etcd_and_registry(spec: ClusterSpec) -> None:
    """Start etcd and the registry, and wait until both answer."""
    supervisord = supervisor(spec)
    for name in ("etcd", "registry"):
        supervisord.start_program(name)
    for name, ready in (("etcd", plane.etcd_ready(spec)), ("registry", plane.registry_ready(spec))):
        supervisord.wait_ready(name, ready, timeout_s=30, try_next=names.command(f"logs {name}", spec.name))


def start_apiserver(spec: ClusterSpec) -> None:
    """Start the API server, and wait until it is ready; the nodes boot meanwhile."""
    supervisord = supervisor(spec)
    log = names.command("logs kube-apiserver", spec.name)
    with start_barrier([node.api_server_lock(one) for one in spec.nodes]):
        for name in ("kube-apiserver", *(one.name for one in spec.nodes)):
            supervisord.start_program(name)
        supervisord.wait_ready("kube-apiserver", plane.apiserver_ready(spec), timeout_s=90, try_next=log)


def start_controllers(spec: ClusterSpec) -> None:
    """Start the controller manager and the scheduler."""
    for name in ("kube-controller-manager", "kube-scheduler"):
        supervisor(spec).start_program(name)


def apply_addons(spec: ClusterSpec, tools: Toolchain) -> None:
    """Apply the add-ons that `up` waits for, and start the provisioner of volumes."""
    apply(api(spec), addons.objects(spec, tools, addons.REQUIRED))
    if spec.has("storage"):
        supervisor(spec).start_program("storage")


def apply_optional_addons(spec: ClusterSpec, tools: Toolchain) -> None:
    """Apply metrics and network policies after DNS is ready, so that they do not compete with it for CPU."""
    apply(api(spec), addons.objects(spec, tools, addons.OPTIONAL))


def wait_for_nodes(spec: ClusterSpec) -> None:
    """Wait for a heartbeat of each node since this start: an older Ready says nothing.

    Raises:
        NotReady: a node did not become Ready.
    """
    since = supervised_since(spec)
    for one in spec.nodes:
        nodes.wait_until_ready(one, since)


def wait_for_programs(spec: ClusterSpec) -> None:
    """Wait until every program runs: one that ended early, for lack of another, has been started again.

    Raises:
        NotReady: one does not run after 30 s.
    """
    wait_until(
        lambda: not _not_running(spec),
        what="Not every program of the cluster runs",
        timeout_s=30,
        evidence=lambda: ", ".join(_not_running(spec)),
        try_next=names.command("logs PROGRAM", spec.name),
    )


def _not_running(spec: ClusterSpec) -> list[str]:
    """Such as "storage is BACKOFF"."""
    found = supervisor(spec).programs()
    return [f"{one['name']} is {one['statename']}" for one in found if one["statename"] != "RUNNING"]
