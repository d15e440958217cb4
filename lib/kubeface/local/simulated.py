"""Simulated nodes: KWOK answers in place of their kubelets, so that a thousand of them fit on one machine.

They take Pods, and their Pods are Running at once; nothing runs there.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from kubeface.linux import kernel
from kubeface.linux.supervisor import Program
from kubeface.local.spec import ClusterSpec
from kubeface.local.toolchain import Toolchain
from kubeface.util.process import python

NAME = "kwok"
LABELS = {"kubeface.io/simulated": "true"}
AT_ONCE = 8  # chosen: requests in hand; the API server keeps up with them
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
    """KWOK as a program of the control plane; a new process takes over the nodes of the one before it."""
    kubeconfig = spec.pki / "admin.kubeconfig"
    return Program(NAME, command(tools, kubeconfig), autostart=True, stop_signal="KILL")


def is_used(spec: ClusterSpec) -> bool:
    """Whether this cluster has simulated nodes."""
    return marker(spec).exists()


def marker(spec: ClusterSpec) -> Path:
    """The file that is there while a cluster has simulated nodes."""
    return spec.folder / "simulated-nodes"


def each(do: Callable[[Any], object], things: Iterable[Any]) -> None:
    """Call a function for each thing, several at a time; the first error is raised."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(do, things):
            pass
