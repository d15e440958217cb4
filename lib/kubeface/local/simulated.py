"""Simulated nodes: KWOK answers in place of their kubelets, so that a thousand of them fit on one machine.

They take Pods, and their Pods are Running at once; nothing runs there.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubeface.kube import Cluster
from kubeface.linux import kernel
from kubeface.linux.supervisor import Program
from kubeface.local import names
from kubeface.local.spec import ClusterSpec
from kubeface.local.toolchain import Toolchain
from kubeface.util import files
from kubeface.util.process import python
from kubeface.util.waiting import wait_until

if TYPE_CHECKING:
    from kubeface.local.state import Embedded

NAME = "kwok"
LABELS = {"kubeface.io/simulated": "true"}
AT_ONCE = 8  # chosen: requests in hand; the API server keeps up with them
READY_S = 300
#: Keeps real Pods away: only what tolerates it is scheduled there.
TAINT = {"key": "kubeface.io/simulated", "value": "true", "effect": "NoSchedule"}
#: What KWOK does, and on which nodes.
STAGES = Path(__file__).parent / "toolchain" / "kwok" / "stages.yaml"


def command(toolchain: Toolchain, kubeconfig: Path) -> tuple[str, ...]:
    """The command line that starts KWOK.

    Args:
        toolchain: With the component `kwok` built.
        kubeconfig: Of a user who may write the status of nodes and Pods.

    Raises:
        Missing: KWOK has not been built.
    """
    start = python("-m", "kubeface.local.simulated_start", kubeconfig)
    kwok = str(toolchain.program("kwok", "kwok"))
    return (*start, kwok, f"--kubeconfig={kubeconfig}", f"--config={STAGES}")


def node(name: str, *, cpus: int = 32, memory_gib: int = 256, pods: int = 110) -> dict[str, Any]:
    """The manifest of one simulated node."""
    room = {"cpu": str(cpus), "memory": f"{memory_gib}Gi", "pods": str(pods)}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {"kwok.x-k8s.io/node": "fake"},
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/arch": kernel.architecture(),
                **LABELS,
            },
        },
        "spec": {"taints": [TAINT]},
        "status": {"capacity": room, "allocatable": room},
    }


def program(spec: ClusterSpec, tools: Toolchain) -> Program:
    """KWOK beside the control plane; it goes on where it was when it starts again."""
    kubeconfig = spec.pki / "admin.kubeconfig"
    return Program(NAME, command(tools, kubeconfig), autostart=True, stop_signal="KILL")


def are_wanted(spec: ClusterSpec) -> bool:
    """Whether this cluster has simulated nodes."""
    return _mark(spec).exists()


def have(embedded: "Embedded", count: int) -> None:
    """So many simulated nodes, Ready; 0 ends the simulation.

    Their names are sim-0001 and so on. KWOK has to be built.

    Raises:
        NotReady: some node did not become Ready.
    """
    api = embedded.api()
    wanted = [f"sim-{number:04}" for number in range(1, count + 1)]
    there = {found.name for found in api.list("nodes", labels=LABELS)}
    if count:
        _start(embedded)
    each(api.create, [node(name) for name in wanted if name not in there])
    each(lambda name: api.delete(f"node/{name}"), there.difference(wanted))
    if not count:
        _stop(embedded)
    wait_until(
        lambda: _ready(api) == count,
        what="not every simulated node is Ready",
        timeout_s=READY_S,
        evidence=lambda: f"{_ready(api)} of {count} are",
        try_next=names.command(f"logs {NAME}", embedded.spec.name),
        every_s=0.5,
    )


def _start(embedded: "Embedded") -> None:
    files.write(_mark(embedded.spec), "")
    embedded.supervisor.configure(embedded.programs())
    embedded.supervisor.add_program(NAME)
    embedded.supervisor.start_program(NAME)


def _stop(embedded: "Embedded") -> None:
    _mark(embedded.spec).unlink(missing_ok=True)
    embedded.supervisor.configure(embedded.programs())
    embedded.supervisor.remove_program(NAME)


def _mark(spec: ClusterSpec) -> Path:
    return spec.folder / "simulated-nodes"


def _ready(api: Cluster) -> int:
    return sum(found.is_ready for found in api.list("nodes", labels=LABELS))


def each(do: Callable[[Any], object], things: Iterable[Any]) -> None:
    """Do it for each thing, several at once; the first error is raised."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(do, things):
            pass
