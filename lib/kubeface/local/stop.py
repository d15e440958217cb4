"""How a cluster stops: its processes end, its network goes, and the machine gets its settings back."""

from kubeface.linux import cgroups, modules, mounts, sysctl
from kubeface.local import egress, network, state
from kubeface.local.lock import address_lock
from kubeface.local.programs import supervisor
from kubeface.local.spec import RUN, ClusterSpec

#: Where the machine's own settings are kept while clusters run.
FILE_WATCHERS_BEFORE = RUN / "file-watchers"
MODULE_LOADED = RUN / "module"


def stop_cluster(spec: ClusterSpec) -> None:
    """End and remove all that runs of a cluster, whatever is left of it; its data stay."""
    stop_processes(spec)
    disconnect_network(spec)


def stop_processes(spec: ClusterSpec) -> None:
    """End every process of a cluster, and remove its mounts and cgroups. Fine when nothing runs."""
    supervisord = supervisor(spec)
    cgroups.thaw(spec.cgroup)  # else a frozen node keeps its supervisor waiting
    supervisord.shut_down()
    cgroups.kill(spec.cgroup)
    mounts.unmount(spec.folder)
    cgroups.remove(spec.cgroup)
    for file in (supervisord.socket, spec.run / "supervisord.pid"):
        file.unlink(missing_ok=True)


def disconnect_network(spec: ClusterSpec) -> None:
    """Remove a cluster's network; with the machine's last cluster, give the machine its settings back."""
    with address_lock():
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


def is_anything_left(spec: ClusterSpec) -> bool:
    """Whether there is anything of a cluster: on disk, in the kernel, or among the sockets."""
    groups = [hierarchy / spec.cgroup for hierarchy in cgroups.hierarchies()]
    there = any(path.exists() for path in (spec.folder, spec.run, *groups))
    return there or network.is_connected(spec)
