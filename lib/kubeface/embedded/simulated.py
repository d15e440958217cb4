"""Simulated nodes: KWOK answers in place of their kubelets, so that a thousand of them fit on one machine.

They take Pods, and their Pods are Running at once; nothing runs there.
"""

from pathlib import Path
from typing import Any

from kubeface.embedded.toolchain import Toolchain

#: Keeps real Pods away: only what tolerates it is scheduled there.
TAINT = {"key": "kubeface.io/simulated", "value": "true", "effect": "NoSchedule"}
_STAGES = Path(__file__).parent / "toolchain" / "kwok" / "stages.yaml"


def command(toolchain: Toolchain, kubeconfig: Path) -> tuple[str, ...]:
    """KWOK's command line.

    Args:
        toolchain: With the component `kwok` built.
        kubeconfig: Of a user who may write the status of nodes and Pods.

    Raises:
        Missing: KWOK has not been built.
    """
    return (str(toolchain.program("kwok", "kwok")), f"--kubeconfig={kubeconfig}", f"--config={_STAGES}")


def node(name: str, *, cpus: int = 32, memory_gib: int = 256, pods: int = 110) -> dict[str, Any]:
    """The manifest of one simulated node."""
    room = {"cpu": str(cpus), "memory": f"{memory_gib}Gi", "pods": str(pods)}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {"kwok.x-k8s.io/node": "fake"},
            "labels": {"kubernetes.io/hostname": name, "kubeface.io/simulated": "true"},
        },
        "spec": {"taints": [TAINT]},
        "status": {"capacity": room, "allocatable": room},
    }
