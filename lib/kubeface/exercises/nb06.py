"""Notebook 06: DaemonSets and node labels."""

from dataclasses import replace
from typing import Any

from kubeface.checks import (
    Level,
    Verdict,
    Work,
    exercise,
    not_started,
    not_yet,
    passed,
    passed_unless,
    question,
)
from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, named_in, standing, table
from kubeface.endstates.placing import (
    CLOSING,
    as_daemon,
    is_by_hand,
    is_meant,
    ordinary,
    refused_by,
    spelled,
    taints,
)
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.lesson import PIPELINE, Plan
from kubeface.lesson.given import given
from kubeface.model.ownership import NODE_LABEL
from kubeface.model.workloads import rollout_of

PRACTICE = "practice"
CRITICAL = "mission-critical"
LOGGER = "logger"


def settle(cluster: Cluster) -> None:
    """One nsqd a node: one that is still ending counts as ready, and holds the place of the next."""

    def is_settled(one: KubeObject) -> bool:
        pods = cluster.list("pods", labels="app.kubernetes.io/name=nsqd", namespace="face")
        living = {pod.node for pod in pods if pod.node and not pod.is_terminating}
        return one.desired == one.ready == len(living)

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
    parts=("nsqd",),
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
    because="NoSchedule keeps new Pods out and leaves those that run alone. NoExecute would evict them too.",
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
    apply(cluster, given("06-daemonsets-and-node-labels/logger.yaml"), namespace=PRACTICE)
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


def logger_that_cannot_start(cluster: Cluster) -> None:
    """Meant for every node, and its image is not there."""
    label_nodes(cluster, LOGGER, len(cluster.nodes()))
    _await_loggers(cluster, len(cluster.nodes()))
    kubectl(
        f"set image daemonset/logger logger=registry.kubeface.internal/busybox:v0 --namespace {PRACTICE}",
        cluster=cluster,
    )
    wait(cluster, "daemonset/logger", for_=_has_lost_one, timeout_s=60, namespace=PRACTICE)


def logger_kept_out(cluster: Cluster) -> None:
    """Every node has the label, and the last one a taint that ends what does not tolerate it."""
    label_nodes(cluster, LOGGER, len(cluster.nodes()))
    kubectl(f"taint node {last_node(cluster).name} away=yes:NoExecute", cluster=cluster)
    _await_loggers(cluster, len(cluster.nodes()) - 1)


def log_without_a_label(cluster: Cluster) -> None:
    """The DaemonSet asks for no label any more."""
    selector = {"spec": {"template": {"spec": {"nodeSelector": None}}}}
    cluster.patch("daemonset/logger", selector, namespace=PRACTICE)
    _await_loggers(cluster, len(cluster.nodes()))


def log_by_affinity(cluster: Cluster) -> None:
    """It asks for a label that every node has."""
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "Exists"}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    spec = {"nodeSelector": None, "affinity": {"nodeAffinity": required}}
    cluster.patch("daemonset/logger", {"spec": {"template": {"spec": spec}}}, namespace=PRACTICE)
    _await_loggers(cluster, len(cluster.nodes()))


def _has_lost_one(one: KubeObject) -> bool:
    return one.ready < one.desired


@exercise(
    "nb06.logger",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "The DaemonSet looks at a label of the nodes; kubectl can label all of them at once.",
        labels_now,
        "`kubectl label --help`: `--all` means every node; or take the nodeSelector out of the DaemonSet.",
    ),
    solve=log_everywhere,
    wrong=(all_loggers_but_one, wrong_value, logger_that_cannot_start, logger_kept_out),
    right=(log_without_a_label, log_by_affinity),
    start=one_logger,
)
def logger(cluster: Cluster) -> Verdict:
    """The logger of the namespace practice runs on every node."""
    found = cluster.find("daemonset/logger", namespace=PRACTICE)
    if found is None:
        return not_started("there is no DaemonSet logger; the lesson's cell that applies it makes one")
    homes = {str(pod.node) for pod in pods.ready(pods.of(cluster, found))}
    nodes = [node.name for node in ordinary(cluster)]
    there = sorted(homes & set(nodes))
    if there == nodes:
        return passed_unless(standing(found, "DaemonSet logger"))
    labels = [node.labels.get(LOGGER) for node in cluster.nodes()]
    is_as_begun = labels == ["true", *[None] * (len(labels) - 1)] and not _is_set_aside(cluster)
    if is_as_begun and table(found, "spec", "template", "spec", "nodeSelector") == {LOGGER: "true"}:
        return not_started(f"it runs on {there[0] if there else 'no node'}, as in the beginning")
    silent = [node for node in ordinary(cluster) if node.name not in there]
    where = f"it runs on {', '.join(there) or 'no node'}, and not on {named_in([one.name for one in silent])}"
    return not_yet(f"{where}: {_why_not_on(silent[0], found)}")


def _why_not_on(node: KubeObject, daemons: KubeObject) -> str:
    """Why no Pod of a DaemonSet is ready on a node."""
    spec = as_daemon(table(daemons, "spec", "template", "spec"))
    if not is_meant(spec, node):
        return f"the DaemonSet does not ask for nodes like {node.name}"
    taint = refused_by(spec, node)
    return f"the taint {spelled(taint)} keeps it off" if taint else f"its Pod on {node.name} is not ready"


def _is_set_aside(cluster: Cluster) -> bool:
    """Whether somebody has closed a node."""
    return any(is_by_hand(taint) for node in ordinary(cluster) for taint in taints(node))


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


def nsqd_kept_from_two(cluster: Cluster) -> None:
    """The last node has lost its label, and the first one has a taint that nsqd does not tolerate."""
    nsqd_all_but_one(cluster)
    kubectl(f"taint node {cluster.nodes()[0].name} away=yes:NoExecute", cluster=cluster)


def nsqd_on_the_last(cluster: Cluster) -> None:
    """The other way round."""
    label_nodes(cluster, NODE_LABEL, 0)
    cluster.patch(last_node(cluster).ref, {"metadata": {"labels": {NODE_LABEL: "true"}}})


def nsqd_by_affinity(cluster: Cluster) -> None:
    """The DaemonSet itself says where it is not meant for."""
    wish = {"key": "kubernetes.io/hostname", "operator": "NotIn", "values": [last_node(cluster).name]}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [wish]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    cluster.patch("daemonset/nsqd", {"spec": {"template": {"spec": {"affinity": affinity}}}})


def nsqd_ended_on_the_last(cluster: Cluster) -> None:
    """The last node has a taint that nsqd does not tolerate, and that ends it."""
    kubectl(f"taint node {last_node(cluster).name} away=yes:NoExecute", cluster=cluster)


@exercise(
    "nb06.queue",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "Which label has the manifest of nsqd in its nodeSelector?",
        "`kubectl label node NAME KEY-`, with a minus at the end, takes a label away.",
    ),
    solve=nsqd_all_but_one,
    wrong=(nsqd_nowhere, nsqd_on_two_by_luck, nsqd_kept_from_two, nsqd_on_the_last),
    right=(nsqd_by_affinity, nsqd_ended_on_the_last),
    start=nsqd_everywhere,
)
def queue(cluster: Cluster) -> Verdict:
    """The DaemonSet nsqd is meant for all nodes but the last one, and for no fewer."""
    found = cluster.find("daemonset/nsqd")
    short = standing(found, "DaemonSet nsqd")
    if found is None or short:
        return not_yet(short)
    spec = as_daemon(table(found, "spec", "template", "spec"))
    nodes = [node for node in ordinary(cluster) if is_meant(spec, node)]
    meant = [node.name for node in nodes if not refused_by(spec, node)]
    everybody = [node.name for node in ordinary(cluster)]
    if meant == everybody:
        return not_started("it is meant for every node")
    if meant != everybody[:-1]:
        refusals = [
            f"{node.name} refuses it: {spelled(one)}" for node in nodes if (one := refused_by(spec, node))
        ]
        told = f"it is meant for {', '.join(meant) or 'no node'}"
        return not_yet("; ".join([told, *refusals]))
    return passed_unless(_stays_on(cluster, found, spec, nodes))


def _stays_on(cluster: Cluster, daemons: KubeObject, spec: dict[str, Any], nodes: list[KubeObject]) -> str:
    """Where an nsqd runs on that would not be started any more: NoSchedule leaves alone who is in."""
    homes = {pod.node for pod in pods.of(cluster, daemons)}
    for node in nodes:
        taint = refused_by(spec, node)
        if taint and node.name in homes and not refused_by(spec, node, ["NoExecute"]):
            return f"the taint {spelled(taint)} of {node.name} leaves alone the nsqd that runs there"
    return ""


def without_taint(cluster: Cluster) -> None:
    """As the lesson leaves it: no node keeps anybody out."""
    for node in cluster.nodes():
        told = each(node, "spec", "taints")
        kept = [taint for taint in told if not is_by_hand(taint)]
        if kept != told:
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


def taint_of_another_value(cluster: Cluster) -> None:
    """Another value, which another toleration would be needed for."""
    kubectl(f"taint node {last_node(cluster).name} {CRITICAL}=yes:NoSchedule", cluster=cluster)


def close_it(cluster: Cluster) -> None:
    """Closed for everybody: a toleration of that taint lets nobody in."""
    kubectl(f"cordon {last_node(cluster).name}", cluster=cluster)


def wish_and_order(cluster: Cluster) -> None:
    """First a wish, then the order beside it."""
    prefer_not(cluster)
    kubectl(f"taint node {last_node(cluster).name} {CRITICAL}=true:NoSchedule", cluster=cluster)


def set_aside_at_once(cluster: Cluster) -> None:
    """An effect that ends what runs there as well, by a patch."""
    taint = {"key": CRITICAL, "value": "true", "effect": "NoExecute"}
    cluster.patch(last_node(cluster).ref, {"spec": {"taints": [taint]}})


@exercise(
    "nb06.aside",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "With a label, Pods choose a node. What lets a node refuse Pods?",
        "`kubectl taint --help` shows how a taint is written: KEY=VALUE:EFFECT.",
    ),
    solve=set_aside,
    wrong=(label_it, taint_another, prefer_not, taint_of_another_value, close_it),
    right=(wish_and_order, set_aside_at_once),
    start=without_taint,
)
def aside(cluster: Cluster) -> Verdict:
    """The last node takes no new Pod that does not tolerate the taint mission-critical=true."""
    nodes = cluster.nodes()
    if not nodes:
        return not_yet("there is no node")
    last = nodes[-1]
    found = [taint for taint in taints(last) if taint.get("key") == CRITICAL]
    if any(taint.get("value") == "true" and taint.get("effect") in CLOSING for taint in found):
        return passed()
    if found:
        return not_yet(f"{last.name} has the taint {' and '.join(map(spelled, found))}")
    others = [node.name for node in nodes[:-1] if any(one.get("key") == CRITICAL for one in taints(node))]
    if others:
        return not_yet(f"{named_in(others)} has the taint, and {last.name} has none")
    if CRITICAL in last.labels:
        return not_yet(f"{last.name} has a label of that name, and a label keeps nobody out")
    if at(last, "spec", "unschedulable"):
        return not_yet(f"{last.name} is closed for everybody, and has no such taint")
    tried = [spelled(taint) for taint in taints(last) if is_by_hand(taint)]
    return (
        not_yet(f"{last.name} has the taint {named_in(tried)}")
        if tried
        else not_started("no node has the taint")
    )


def _await_loggers(cluster: Cluster, count: int) -> None:
    def is_there(one: KubeObject) -> bool:
        rollout = rollout_of(one)
        return rollout.is_observed and rollout.desired == rollout.updated == rollout.ready == count

    wait(cluster, "daemonset/logger", for_=is_there, timeout_s=110, namespace=PRACTICE)
