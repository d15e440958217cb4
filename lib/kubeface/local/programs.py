"""The programs of a cluster: which there are, what supervises them, and the API that they serve."""

from datetime import datetime

from kubeface.kube import Cluster
from kubeface.linux.supervisor import Program, Supervisor
from kubeface.local import node, plane, simulated
from kubeface.local.spec import ClusterSpec
from kubeface.local.toolchain import Toolchain


def supervisor(spec: ClusterSpec) -> Supervisor:
    """The supervisord of the control plane and of the nodes, each of which is one program to it."""
    return Supervisor(spec.folder, spec.run / "supervisor.sock")


def programs(spec: ClusterSpec, tools: Toolchain) -> list[Program]:
    """Everything that a cluster's supervisord runs."""
    makers = (
        plane.etcd,
        plane.registry,
        plane.apiserver,
        plane.controller_manager,
        plane.scheduler,
        *([plane.storage_provisioner] if spec.has("storage") else []),
        *([simulated.program] if simulated.is_used(spec) else []),
    )
    return [*(maker(spec, tools) for maker in makers), *(node.program(one) for one in spec.nodes)]


def api(spec: ClusterSpec) -> Cluster:
    """A client of the API server with every right (group system:masters)."""
    return Cluster.connect(spec.pki / "admin.kubeconfig")


def supervised_since(spec: ClusterSpec) -> float:
    """When the running supervisord was started, in seconds since 1970."""
    return (spec.run / "supervisord.pid").stat().st_mtime


def is_since(stamp: str, since: float) -> bool:
    """Whether a time stamp of the API is not before `since`, in seconds since 1970.

    >>> is_since("1970-01-01T00:00:05Z", 5.9), is_since("1970-01-01T00:00:05Z", 6.1)
    (True, False)
    """
    return datetime.fromisoformat(stamp).timestamp() >= int(since)  # stamps are in whole seconds
