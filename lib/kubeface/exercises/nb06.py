"""Notebook 06: DaemonSets and node labels."""

from dataclasses import replace

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.kube import Cluster, KubeObject, apply, kubectl, load, wait
from kubeface.lesson import PIPELINE, Plan
from kubeface.pipeline.deploy import NODE_LABEL, manifests_folder

PRACTICE = "practice"
CRITICAL = "mission-critical"
LOGGER = "logger"


def settle(cluster: Cluster) -> None:
    """One nsqd a node: one that is still ending counts as ready, and holds the place of the next."""

    def is_settled(one: KubeObject) -> bool:
        pods = cluster.list("pods", labels="app.kubernetes.io/name=nsqd", namespace="face")
        living = {pod.node for pod in pods if pod.node and not pod.is_ending}
        return one.wanted == one.ready == len(living)

    wait(cluster, "daemonset/nsqd", for_=is_settled, timeout_s=110, namespace="face")


PLAN = Plan(
    "06",
    "DaemonSets and node labels",
    objectives=(
        "run one Pod on every node, or on those that a label names",
        "say what becomes of a Pod when its node's label changes",
        "keep Pods off a node with a taint, and let one in with a toleration",
        "read why a Pod finds no node",
    ),
    needs="notebook 02, or an idea of what a Pod and a label are",
    state=replace(PIPELINE, namespaces=(PRACTICE,), last=(settle,)),
    nodes=2,
)

question(
    "nb06.unlabel",
    "The last node loses its label receiver. What becomes of the nsqd that runs there?",
    choice=("it ends", "it stays, for labels count at the start only", "it moves to another node"),
    expect="it ends",
    because="A DaemonSet has its Pods where its selector says now, and there is nowhere else for this one.",
)
question(
    "nb06.nobody",
    "A DaemonSet wants nodes with the label logger=true, and no node has it. How many Pods are there?",
    number=range(0, 7),
    expect=0,
    because="No node is meant, so nothing is missing: 0 of 0 is ready, and no error is told.",
)
question(
    "nb06.taint",
    "The last node is tainted with the effect NoSchedule. What becomes of the nsqd that runs there?",
    choice=("it stays", "it ends", "it moves to another node"),
    expect="it stays",
    because="NoSchedule keeps new Pods out and leaves alone who is in. NoExecute would end them too.",
)
question(
    "nb06.cordon",
    "The last node is closed by kubectl cordon, and its nsqd is deleted. How many nodes have one then?",
    number=range(0, 7),
    expect=3,
    because="A cordon is a taint too, and the Pods of DaemonSets are given a toleration for it.",
)


def last_node(cluster: Cluster) -> KubeObject:
    """The last of the nodes, by name."""
    return cluster.nodes()[-1]


def label_nodes(cluster: Cluster, key: str, count: int) -> None:
    """Exactly so many nodes, the first ones, with a label `true`."""
    for place, node in enumerate(cluster.nodes()):
        cluster.patch(node.ref, {"metadata": {"labels": {key: "true" if place < count else None}}})


def one_logger(cluster: Cluster) -> None:
    """As the lesson's cells leave it: on the first node."""
    without_taint(cluster)
    label_nodes(cluster, LOGGER, 1)
    file = manifests_folder() / "lessons" / "06-daemonsets-and-node-labels" / "logger.yaml"
    apply(cluster, load(file), namespace=PRACTICE)
    _await_loggers(cluster, 1)


def all_loggers_but_one(cluster: Cluster) -> None:
    """One node too few."""
    label_nodes(cluster, LOGGER, len(cluster.nodes()) - 1)
    _await_loggers(cluster, len(cluster.nodes()) - 1)


def wrong_value(cluster: Cluster) -> None:
    """The right label with a value that nobody looks for."""
    for node in cluster.nodes():
        cluster.patch(node.ref, {"metadata": {"labels": {LOGGER: "yes"}}})
    _await_loggers(cluster, 0)


def log_everywhere(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("label nodes --all logger=true --overwrite", cluster=cluster)
    count = len(cluster.nodes())
    wait(cluster, "daemonset/logger", for_=lambda one: one.ready == count, timeout_s=60, namespace="practice")


def labels_now(cluster: Cluster) -> str:
    """A hint that says which nodes have the label."""
    told = [f"{node.name} has {LOGGER}={node.labels.get(LOGGER, 'nothing')}" for node in cluster.nodes()]
    return "Now " + ", ".join(told) + "."


@exercise(
    "nb06.logger",
    hints=(
        "The DaemonSet looks at a label of the nodes; kubectl can label all of them at once.",
        labels_now,
        "`kubectl label --help`: `--all` means every node; or take the nodeSelector out of the DaemonSet.",
    ),
    solve=log_everywhere,
    wrong=(all_loggers_but_one, wrong_value),
    start=one_logger,
)
def logger(cluster: Cluster) -> Verdict:
    """The logger of the namespace practice runs on every node."""
    if cluster.find("daemonset/logger", namespace=PRACTICE) is None:
        return not_started("there is no DaemonSet logger; the lesson's cell that applies it makes one")
    pods = cluster.list("pods", labels="app.kubernetes.io/name=logger", namespace=PRACTICE)
    there = sorted({str(pod.node) for pod in pods if pod.is_ready and not pod.is_ending})
    nodes = [node.name for node in cluster.nodes()]
    if there == nodes:
        return passed()
    labels = [node.labels.get(LOGGER) for node in cluster.nodes()]
    if labels == ["true", *[None] * (len(nodes) - 1)]:
        return not_started(f"it runs on {there[0] if there else 'no node'}, as in the beginning")
    return not_yet(f"it runs on {', '.join(there) or 'no node'}")


def nsqd_everywhere(cluster: Cluster) -> None:
    """As the lesson leaves it: on every node."""
    without_taint(cluster)
    label_nodes(cluster, NODE_LABEL, len(cluster.nodes()))


def nsqd_nowhere(cluster: Cluster) -> None:
    """No queue at all."""
    label_nodes(cluster, NODE_LABEL, 0)


def nsqd_on_two_by_luck(cluster: Cluster) -> None:
    """The last node has the label, with another value; the first has none."""
    first, last = cluster.nodes()[0], last_node(cluster)
    cluster.patch(first.ref, {"metadata": {"labels": {NODE_LABEL: None}}})
    cluster.patch(last.ref, {"metadata": {"labels": {NODE_LABEL: "false"}}})


def nsqd_all_but_one(cluster: Cluster) -> None:
    """What `solution` shows."""
    last = cluster.nodes()[-1].name
    kubectl(f"label node {last} receiver-", cluster=cluster)


@exercise(
    "nb06.queue",
    hints=(
        "Which label has the manifest of nsqd in its nodeSelector?",
        "`kubectl label node NAME KEY-`, with a minus at the end, takes a label away.",
    ),
    solve=nsqd_all_but_one,
    wrong=(nsqd_nowhere, nsqd_on_two_by_luck),
    start=nsqd_everywhere,
)
def queue(cluster: Cluster) -> Verdict:
    """The DaemonSet nsqd is meant for all nodes but the last one, and for no fewer."""
    found = cluster.find("daemonset/nsqd")
    if found is None:
        return not_yet("there is no DaemonSet nsqd")
    wanted = found.raw["spec"]["template"]["spec"].get("nodeSelector") or {}
    nodes = [node.name for node in cluster.nodes()]
    meant = [node.name for node in cluster.nodes() if wanted.items() <= node.labels.items()]
    if meant == nodes:
        return not_started("it is meant for every node")
    return passed() if meant == nodes[:-1] else not_yet(f"it is meant for {', '.join(meant) or 'no node'}")


def without_taint(cluster: Cluster) -> None:
    """As the lesson leaves it: no node keeps anybody out."""
    for node in cluster.nodes():
        kept = [taint for taint in _taints(node) if "kubernetes.io/" in taint["key"]]
        if kept != _taints(node):
            cluster.patch(node.ref, {"spec": {"taints": kept or None}})
        if node.spec.unschedulable:
            kubectl(f"uncordon {node.name}", cluster=cluster)
        cluster.patch(node.ref, {"metadata": {"labels": {CRITICAL: None}}})


def label_it(cluster: Cluster) -> None:
    """A label keeps nobody out."""
    cluster.patch(last_node(cluster).ref, {"metadata": {"labels": {CRITICAL: "true"}}})


def taint_another(cluster: Cluster) -> None:
    """The right taint on the wrong node."""
    kubectl(f"taint node {cluster.nodes()[0].name} {CRITICAL}=true:NoSchedule", cluster=cluster)


def prefer_not(cluster: Cluster) -> None:
    """A wish, which the scheduler may pass over."""
    kubectl(f"taint node {last_node(cluster).name} {CRITICAL}=true:PreferNoSchedule", cluster=cluster)


def set_aside(cluster: Cluster) -> None:
    """What `solution` shows."""
    last = cluster.nodes()[-1].name
    kubectl(f"taint node {last} mission-critical=true:NoSchedule", cluster=cluster)


@exercise(
    "nb06.aside",
    hints=(
        "With a label, Pods choose a node. What lets a node refuse Pods?",
        "`kubectl taint --help` shows how a taint is written: KEY=VALUE:EFFECT.",
    ),
    solve=set_aside,
    wrong=(label_it, taint_another, prefer_not),
    start=without_taint,
)
def aside(cluster: Cluster) -> Verdict:
    """The last node takes no new Pod that does not tolerate the taint mission-critical=true."""
    last = last_node(cluster)
    tainted = {
        node.name: taint for node in cluster.nodes() for taint in _taints(node) if taint["key"] == CRITICAL
    }
    found = tainted.get(last.name)
    if found:
        keeps_out = found.get("value") == "true" and found["effect"] in ("NoSchedule", "NoExecute")
        said = f"{found['key']}={found.get('value', '')}:{found['effect']}"
        return passed() if keeps_out else not_yet(f"{last.name} has the taint {said}")
    if tainted:
        return not_yet(f"{', '.join(tainted)} has the taint, and {last.name} has none")
    if CRITICAL in last.labels:
        return not_yet(f"{last.name} has a label of that name, and a label keeps nobody out")
    return not_started("no node has the taint")


def _await_loggers(cluster: Cluster, count: int) -> None:
    def is_there(one: KubeObject) -> bool:
        return one.wanted == one.ready == count

    wait(cluster, "daemonset/logger", for_=is_there, timeout_s=110, namespace=PRACTICE)


def _taints(node: KubeObject) -> list[dict[str, str]]:
    return list((node.raw.get("spec") or {}).get("taints") or [])
