"""The table of faults: what is done to the cluster, what Kubernetes promises, what was seen, how soon.

A Deployment of two Pods, one on each node, stands while the faults come, one after the other.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from objects import WISH, deployment, namespace
from traces import differences, traces

from kubeface.errors import KubefaceError
from kubeface.kube import Cluster, KubeObject, apply, wait
from kubeface.linux import cgroups
from kubeface.local import plane
from kubeface.local.cluster import LocalCluster
from kubeface.local.spec import Node, Wish
from kubeface.util.waiting import wait_for_exit, wait_until

pytestmark = pytest.mark.alone

SPACE = "faults"
BACK_S = 90.0  # chosen: no promise takes longer, and the machine may be busy
#: The node that faults happen to.
VICTIM = "node2"
PLANE = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "registry", "storage")
PROGRAMS = ("kubelet", "containerd", "kube-proxy")
#: What happens to a node, and what heals it.
NODE_FAULTS: dict[str, tuple[Callable[[LocalCluster, str], None], ...]] = {
    "power cut": (LocalCluster.stop_node, LocalCluster.start_node),
    "frozen": (LocalCluster.freeze_node, LocalCluster.thaw_node),
    "disconnected": (LocalCluster.disconnect_node, LocalCluster.reconnect_node),
}


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    fault: str
    promise: str
    seen: str


@pytest.fixture(scope="module")
def table() -> list[Line]:
    return []


@pytest.fixture
def standing(trial: LocalCluster, api: Cluster) -> str:
    """The uid of the Pod on the victim; two Pods of a Deployment stand, one on each node."""
    if api.find(f"namespace/{SPACE}") is None:
        api.apply(namespace(SPACE))
    web = deployment("web", replicas=2)
    spread = {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule"}
    spread |= {"labelSelector": {"matchLabels": {"app": "web"}}, "nodeTaintsPolicy": "Honor"}
    web["spec"]["template"]["spec"]["topologySpreadConstraints"] = [spread]
    apply(api, [web], namespace=SPACE)
    wait(api, f"node/{VICTIM}", for_=lambda node: node.is_ready and not node.spec.taints, timeout_s=BACK_S)
    _until(
        lambda: {pod.node for pod in _ready(api)} == {"node1", VICTIM} or _rebalance(api), "two Pods stand"
    )
    return _on_victim(api)


@pytest.mark.parametrize("program", PLANE)
def test_a_killed_program_of_the_control_plane_is_back_and_nothing_is_lost(
    program: str, trial: LocalCluster, api: Cluster, standing: str, table: list[Line]
) -> None:
    note = api.apply(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "n"}, "data": {"by": program}}
    )
    pid = _supervised(trial)[program]
    start = _kill(pid)
    _until(lambda: _supervised(trial).get(program, 0) not in (0, pid), f"{program} is started again")
    _until(lambda: _acts(trial, api, program), f"{program} does its work")
    table.append(Line(f"kill -9 {program}", "started again; nothing lost", f"{_s(start)} s until it works"))
    assert api.get("configmap/n").metadata.resourceVersion == note.metadata.resourceVersion
    assert _on_victim(api) == standing  # Pods run on while nobody governs them


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_killed_program_of_a_node_is_back_and_the_pods_run_on(
    program: str, trial: LocalCluster, api: Cluster, standing: str, table: list[Line]
) -> None:
    group = next(node.cgroup for node in trial.spec.nodes if node.name == VICTIM)
    containers = _running(group, "sleep")
    pid = _running(group, program)[0]
    start = _kill(pid)
    _until(lambda: bool(_running(group, program)), f"{program} is started again")
    wait(api, f"node/{VICTIM}", for_="Ready", timeout_s=BACK_S)
    table.append(Line(f"kill -9 {program}", "started again; containers run on", f"{_s(start)} s"))
    assert _running(group, "sleep") == containers
    assert _on_victim(api) == standing


@pytest.mark.parametrize("fault", NODE_FAULTS)
def test_a_lost_node_is_missed_its_pods_are_replaced_and_it_comes_back(
    fault: str, provider: LocalCluster, api: Cluster, standing: str, table: list[Line]
) -> None:
    strike, heal = NODE_FAULTS[fault]
    start = time.monotonic()
    strike(provider, VICTIM)
    gone = wait(api, f"node/{VICTIM}", for_=lambda node: not node.is_ready, timeout_s=BACK_S)
    missed_s = time.monotonic() - start
    assert gone is not None
    ready = gone.condition("Ready")
    assert ready is not None
    assert ready.status == "Unknown"  # nobody knows: that is all that can be said of it
    _until(lambda: _is_replaced(api, standing), "the Pod is replaced")
    replaced_s = time.monotonic() - start
    heal(provider, VICTIM)
    start = time.monotonic()
    wait(api, f"node/{VICTIM}", for_="Ready", timeout_s=BACK_S)
    _until(lambda: api.find(_named(api, standing), namespace=SPACE) is None, "the old Pod is gone")
    promise = f"NotReady after {plane.NODE_GRACE_S} s, replaced {plane.TOLERATION_S} s later"
    seen = f"NotReady {missed_s:.0f} s, replaced {replaced_s:.0f} s, back {_s(start)} s after it was healed"
    table.append(Line(f"node: {fault}", promise, seen))
    # A status comes every 4 s, the grace counts from the last one; the controller looks every 2 s.
    assert plane.NODE_GRACE_S - 5 < missed_s < plane.NODE_GRACE_S + 15
    assert replaced_s > missed_s + plane.TOLERATION_S - 5


def test_a_node_under_disk_pressure_takes_no_pods_and_loses_those_it_has(
    trial: LocalCluster, api: Cluster, standing: str, table: list[Line]
) -> None:
    node = next(node for node in trial.spec.nodes if node.name == VICTIM)
    settings = _settings(node)
    usual = settings.read_text()
    try:
        start = _fill(node)
        wait(api, f"node/{VICTIM}", for_="DiskPressure", timeout_s=BACK_S)
        pressed_s = _s(start)
        _until(lambda: any(one.effect == "NoSchedule" for one in _taints(api)), "the node is closed")
        _until(lambda: _phase(api, standing) in ("Failed", "gone"), "its Pod is evicted")
        seen = f"DiskPressure {pressed_s} s, Pod evicted {_s(start)} s"
    finally:
        settings.write_text(usual)
        _kill(_running(node.cgroup, "kubelet")[0])
    wait(api, f"node/{VICTIM}", for_=lambda one: not one.is_true("DiskPressure"), timeout_s=BACK_S)
    table.append(Line("node: disk pressure", "closed for Pods, its own are evicted", seen))


def test_the_table(table: list[Line], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{'fault':30} {'promised':50} seen")
        for line in table:
            print(f"{line.fault:30} {line.promise:50} {line.seen}")
    assert len(table) == 6 + 3 + 3 + 1


@pytest.fixture(scope="module")
def bare(provider: LocalCluster) -> dict[str, list[str]]:
    """What this machine has without the cluster."""
    provider.down(purge=True, say=print)
    return traces()


@pytest.fixture
def alone(provider: LocalCluster, bare: dict[str, list[str]]) -> Iterator[LocalCluster]:
    """The trial cluster with one node only: it is up, and gone, the sooner."""
    provider.up(Wish(node_count=1), say=print)
    yield provider
    provider.down(purge=True, say=print)


@pytest.mark.parametrize("fault", [*PLANE, *PROGRAMS, *NODE_FAULTS, "disk pressure", "all at once"])
def test_down_after_each_fault_leaves_the_machine_as_before(
    fault: str, alone: LocalCluster, bare: dict[str, list[str]]
) -> None:
    (node,) = alone.spec.nodes
    if fault == "all at once":
        alone.freeze_node(node.name)
        alone.disconnect_node(node.name)
        for pid in cgroups.processes(f"{node.cluster.cgroup}/plane"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    elif fault in PLANE:
        _kill(_supervised(alone)[fault])
    elif fault in PROGRAMS:
        _kill(_running(node.cgroup, fault)[0])
    elif fault == "disk pressure":
        _fill(node)
    else:
        NODE_FAULTS[fault][0](alone, node.name)
    assert traces() != bare
    alone.down(purge=True, say=print)
    assert differences(bare, traces()) == []


def test_down_while_a_node_is_off_leaves_the_machine_as_before(provider: LocalCluster) -> None:
    before = traces()
    provider.up(WISH, say=print)
    provider.stop_node(VICTIM)
    assert provider.add_node() == "node3"
    provider.down(purge=True, say=print)
    assert differences(before, traces()) == []


def _kill(pid: int) -> float:
    os.kill(pid, signal.SIGKILL)
    wait_for_exit([pid], timeout_s=10)
    return time.monotonic()


def _settings(node: Node) -> Path:
    return node.disk / "lib" / "kubelet" / "config.yaml"


def _fill(node: Node) -> float:
    """Have a node's kubelet find its disk too full, from its next start on, which is now."""
    full = {**yaml.safe_load(_settings(node).read_text()), "evictionPressureTransitionPeriod": "1s"}
    full["evictionHard"] = {"nodefs.available": "99.9%"}  # every disk is fuller than that
    _settings(node).write_text(yaml.safe_dump(full))
    return _kill(_running(node.cgroup, "kubelet")[0])


def _supervised(trial: LocalCluster) -> dict[str, int]:
    return {one["name"]: int(one["pid"]) for one in trial.supervisor.programs()}


def _running(group: str, program: str) -> list[int]:
    """The processes of a group that run this program."""
    found = []
    for pid in cgroups.processes(group):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if words[0].decode().rpartition("/")[2] == program:
                found.append(pid)
    return found


def _acts(trial: LocalCluster, api: Cluster, program: str) -> bool:
    """Whether a program of the control plane does its work again, seen from outside."""
    spec = trial.spec
    if program == "etcd":
        return plane.etcd_ready(spec)() and _can_write(api)
    if program == "kube-apiserver":
        return plane.apiserver_ready(spec)() and _can_write(api)
    if program == "registry":
        return plane.registry_ready(spec)()
    ports = {"kube-controller-manager": 10257, "kube-scheduler": 10259}
    if program in ports:
        return plane.is_healthy(spec, f"https://{spec.gateway}:{ports[program]}/healthz", "admin")()
    return {one["name"]: one["statename"] for one in trial.supervisor.programs()}[program] == "RUNNING"


def _can_write(api: Cluster) -> bool:
    try:
        api.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "written"}})
    except KubefaceError:
        return False
    return True


def _ready(api: Cluster) -> list[KubeObject]:
    pods = api.list("pods", labels={"app": "web"}, namespace=SPACE)
    return [pod for pod in pods if pod.is_ready and not pod.is_terminating]


def _rebalance(api: Cluster) -> bool:
    """Let a Pod be placed anew while both are on one node."""
    ready = _ready(api)
    if len(ready) == 2 and ready[0].node == ready[1].node:
        api.delete(ready[0].ref, namespace=SPACE, grace_s=0)
    return False


def _on_victim(api: Cluster) -> str:
    pods = api.list("pods", labels={"app": "web"}, namespace=SPACE)
    return next(str(pod.metadata.uid) for pod in pods if pod.node == VICTIM and pod.is_ready)


def _is_replaced(api: Cluster, uid: str) -> bool:
    """Two other Pods than that one are there, the second on node1 too while the victim is closed."""
    return sum(pod.metadata.uid != uid for pod in _ready(api)) == 2


def _named(api: Cluster, uid: str) -> str:
    pods = api.list("pods", labels={"app": "web"}, namespace=SPACE)
    return next((pod.ref for pod in pods if pod.metadata.uid == uid), "pod/gone")


def _phase(api: Cluster, uid: str) -> str:
    pods = api.list("pods", labels={"app": "web"}, namespace=SPACE)
    return next((str(pod.status.phase) for pod in pods if pod.metadata.uid == uid), "gone")


def _taints(api: Cluster) -> Iterator[KubeObject]:
    yield from api.get(f"node/{VICTIM}").spec.taints or []


def _until(holds: Callable[[], bool], what: str) -> None:
    wait_until(holds, what=f"It was not seen that {what}", timeout_s=BACK_S, every_s=0.2)


def _s(start: float) -> str:
    return f"{time.monotonic() - start:.1f}"
