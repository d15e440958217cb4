"""Cut a node's power and switch it on again, from a notebook: on the course's own cluster only."""

import subprocess

from kubeface.kube import Cluster
from kubeface.lesson.context import LessonStopped, is_course
from kubeface.local.cluster import LocalCluster, name_of
from kubeface.util.audience import telling
from kubeface.util.process import python

#: On a node that a lesson has switched off, so that the next one switches it on.
MARK = "kubeface.internal/power"
COMMAND_S = 120.0  # chosen: longer than a node's start may take, which is 90 s
NOT_OURS = "the course's own, made by `kubeface up`, is the only cluster whose nodes a lesson switches off"


def power_off(cluster: Cluster, name: str) -> None:
    """Cut a node's power: everything on it ends at once. The cluster is not told, and has to notice.

    Raises:
        LessonStopped: the node is not the course's, or its power could not be cut.
    """
    _refuse_others(cluster, name)
    _mark(cluster, name, "off")
    _kubeface("stop", cluster, name)


def power_on(cluster: Cluster, name: str) -> None:
    """Switch a node on, and wait until it is Ready.

    Raises:
        LessonStopped: the node is not the course's, or it did not get ready.
    """
    _refuse_others(cluster, name)
    try:
        _kubeface("start", cluster, name)
    finally:
        _mark(cluster, name, None)  # whoever starts it in a terminal need not say so here


def switch_on_all(cluster: Cluster) -> None:
    """Every node on that a lesson left off, also where the cluster has not noticed yet; the course's only.

    Raises:
        LessonStopped: one did not get ready.
    """
    if not is_course(cluster):
        return
    for node in cluster.nodes():
        if MARK in node.annotations or not node.is_ready:
            power_on(cluster, node.name)


def _refuse_others(cluster: Cluster, node: str) -> None:
    what = f"The power of {node} stays as it is."
    if not is_course(cluster):
        raise LessonStopped(what, seen=f"{cluster.context} is another cluster: {NOT_OURS}")
    if not LocalCluster(name_of(cluster.kubeconfig)).may_be_at(cluster.transport.address):
        raise LessonStopped(what, seen=f"{cluster.kubeconfig} speaks of another cluster: {NOT_OURS}")
    if cluster.find(f"node/{node}") is None:
        names = ", ".join(one.name for one in cluster.nodes())
        raise LessonStopped(f"There is no node {node}.", seen=f"nodes: {names}")


def _mark(cluster: Cluster, node: str, power: str | None) -> None:
    cluster.patch(f"node/{node}", {"metadata": {"annotations": {MARK: power}}})


def _kubeface(verb: str, cluster: Cluster, node: str) -> None:
    """`kubeface node stop|start`, which becomes root by itself, where that needs no password."""
    command = ["node", verb, node, "--name", name_of(cluster.kubeconfig)]
    try:
        with telling(f"kubeface node {verb} {node} to end", COMMAND_S):
            done = subprocess.run(
                python("-m", "kubeface", *command),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=COMMAND_S,
                check=False,
                start_new_session=True,  # no terminal: sudo is not to ask for a password that nobody sees
            )
    except subprocess.TimeoutExpired as late:
        raise _failed(command, f"it had not ended after {COMMAND_S:g} s") from late
    if done.returncode:
        raise _failed(command, done.stderr.strip())
    print(done.stdout, end="")


def _failed(command: list[str], seen: str) -> LessonStopped:
    said = f"kubeface {' '.join(command)}"
    return LessonStopped(
        f"{said} did not succeed from here.",
        seen=seen,
        try_next=f"{said}, in a terminal; then go on here",
    )
