"""A cluster on this machine: its spec on disk, its programs, and a client that may do everything."""

import contextlib
import dataclasses
import json
from dataclasses import dataclass
from functools import cached_property

from kubeface.errors import BadInput
from kubeface.kube import Cluster
from kubeface.linux.supervisor import Program, Supervisor
from kubeface.local import names, node, plane, simulated, storage
from kubeface.local.spec import STATE, ClusterSpec, Networks
from kubeface.local.start_barrier import StartBarrier
from kubeface.local.toolchain import Toolchain
from kubeface.util import files


@dataclass(frozen=True)
class Embedded:
    """What the steps work on."""

    spec: ClusterSpec
    tools: Toolchain

    @cached_property
    def supervisor(self) -> Supervisor:
        """Watches the control plane and, as one program each, the nodes."""
        return Supervisor(self.spec.folder, self.spec.run / "supervisor.sock")

    @cached_property
    def gate(self) -> StartBarrier:
        """Closed while the API server is starting."""
        return StartBarrier([node.api_server_lock(one) for one in self.spec.nodes])

    @property
    def plane_cgroup(self) -> str:
        """Where the control plane's processes live."""
        return f"{self.spec.cgroup}/plane"

    def programs(self) -> list[Program]:
        """Everything the host's supervisor runs."""
        makers = (
            plane.etcd,
            plane.registry,
            plane.apiserver,
            plane.controller_manager,
            plane.scheduler,
            *([storage.provisioner] if self.spec.has("storage") else []),
            *([simulated.program] if simulated.are_wanted(self.spec) else []),
        )
        return [
            *(maker(self.spec, self.tools) for maker in makers),
            *(node.program(one) for one in self.spec.nodes),
        ]

    def api(self) -> Cluster:
        """The API, as the user that makes the first rights."""
        return Cluster.connect(self.spec.pki / "admin.kubeconfig")


def save(spec: ClusterSpec) -> None:
    """Keep the spec beside the cluster's state."""
    values = dataclasses.asdict(spec)
    for newer in ("gone", "fast", "internet", "without"):
        if not values[newer]:
            del values[newer]  # older programs, which do not know it, read it still
    files.write(spec.folder / "cluster.json", json.dumps(values, indent=1))


def taken_networks(*, besides: str = "") -> list[str]:
    """The address ranges of every other cluster on this machine, running or not, of which they are known."""
    found: list[str] = []
    for name in names_there():
        with contextlib.suppress(BadInput):  # whoever uses that cluster is told
            spec = saved(name) if name != besides else None
            found += spec.networks.ranges if spec else ()
    return found


def names_there() -> list[str]:
    """The names of the clusters on this machine, running or not."""
    return sorted(file.parent.name for file in STATE.glob("*/cluster.json"))


def checked_name(name: str) -> str:
    """The name, when a cluster may have it, or one of an earlier version has it.

    Raises:
        BadInput: it may not; nothing has been touched.
    """
    is_older = name != names.RESERVED and name in names_there()
    return name if is_older else names.checked(name)


def saved(name: str) -> ClusterSpec | None:
    """The spec of a cluster that exists, running or not.

    Raises:
        BadInput: its file cannot be read as one.
    """
    file = STATE / name / "cluster.json"
    try:
        values = json.loads(file.read_text())
        lists = {name: tuple(values.get(name, ())) for name in ("gone", "without")}
        whole = {**values, **lists, "name": name, "networks": Networks(**values["networks"])}
        return ClusterSpec(**whole)
    except (FileNotFoundError, PermissionError):  # there is none, or it is root's and we only look
        return None
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(
            f"{file} does not describe a cluster.",
            seen=str(error),
            try_next=f"{names.command('down --purge', name)}, which removes it and its data",
        ) from error
