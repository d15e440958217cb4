"""Which node takes which Pod, as the scheduler and the controllers judge it; pure but for `ordinary`."""

from collections.abc import Iterable, Mapping
from typing import Any

from kubeface.endstates.parts import at, each, table
from kubeface.endstates.selectors import meets
from kubeface.kube import Cluster, KubeObject
from kubeface.model.ownership import CORDONED, is_of_kubernetes

#: What keeps a Pod from a node, or ends it there; PreferNoSchedule is a wish.
CLOSING = ("NoSchedule", "NoExecute")
#: Taints of nodes that are not there for everybody.
_SET_ASIDE = ("node-role.kubernetes.io/control-plane", "kubeface.io/simulated")
#: What the DaemonSet controller adds to its Pods' tolerations; specified by its documentation.
_OF_DAEMONS: tuple[tuple[str, str], ...] = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    (CORDONED, "NoSchedule"),
)
Spec = Mapping[str, Any]


def ordinary(cluster: Cluster) -> list[KubeObject]:
    """The nodes for everybody's Pods, by name: no simulated one, no control plane that is set aside."""
    return [
        node
        for node in cluster.nodes()
        if not {str(taint.get("key")) for taint in taints(node)} & set(_SET_ASIDE)
    ]


def taints(node: KubeObject) -> list[dict[str, Any]]:
    """A node's taints; that of a closed node too, which comes a moment after it was closed."""
    found = each(node, "spec", "taints")
    if at(node, "spec", "unschedulable") and not any(one.get("key") == CORDONED for one in found):
        found.append({"key": CORDONED, "effect": "NoSchedule"})
    return found


def is_by_hand(taint: Mapping[str, Any]) -> bool:
    """Whether a taint was set by a person, and not by a controller that found a fault.

    >>> is_by_hand({"key": "mission-critical"}), is_by_hand({"key": "node.kubernetes.io/not-ready"})
    (True, False)
    """
    key = str(taint.get("key"))
    return not is_of_kubernetes(key) or key == CORDONED


def spelled(taint: Mapping[str, Any]) -> str:
    """A taint as kubectl writes it: `mission-critical=true:NoSchedule`."""
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint.get('key')}{value}:{taint.get('effect')}"


def tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    """Whether a toleration matches a taint.

    >>> tolerates({"key": "a", "operator": "Equal", "value": "true"}, {"key": "a", "effect": "NoExecute"})
    False
    >>> tolerates({"operator": "Exists"}, {"key": "a", "value": "b", "effect": "NoExecute"})
    True
    """
    if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
        return False
    if toleration.get("operator") == "Exists":
        return not toleration.get("key") or toleration["key"] == taint.get("key")
    same_value = (toleration.get("value") or "") == (taint.get("value") or "")
    return bool(toleration.get("key")) and toleration["key"] == taint.get("key") and same_value


def patience_s(tolerations: Iterable[Mapping[str, Any]], taint: Mapping[str, Any]) -> float:
    """How long a Pod stays on a node with a NoExecute taint: 0 when it tolerates none, without end: infinite.

    >>> patience_s([{"operator": "Exists", "tolerationSeconds": 3}], {"key": "a", "effect": "NoExecute"})
    3.0
    """
    found = [one for one in tolerations if tolerates(one, taint)]
    ends = [
        max(float(one["tolerationSeconds"]), 0.0) for one in found if one.get("tolerationSeconds") is not None
    ]
    return min(ends, default=float("inf")) if found else 0.0


def refused_by(spec: Spec, node: KubeObject, effects: Iterable[str] = CLOSING) -> dict[str, Any] | None:
    """The first taint of a node, set by hand, that keeps out Pods of this spec; None when none does."""
    own = each(spec, "tolerations")
    for taint in filter(is_by_hand, taints(node)):
        if str(taint.get("effect")) in effects and not any(tolerates(one, taint) for one in own):
            return taint
    return None


def is_meant(spec: Spec, node: KubeObject) -> bool:
    """Whether a node has what the node selector and the required affinity of a Pod ask for."""
    if not table(spec, "nodeSelector").items() <= node.labels.items():
        return False
    if at(spec, "nodeName") not in (None, "", node.name):
        return False
    required = at(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    if required is None:
        return True
    return any(_meets_term(term, node) for term in each(required, "nodeSelectorTerms"))


def _meets_term(term: Mapping[str, Any], node: KubeObject) -> bool:
    wishes, fields = each(term, "matchExpressions"), each(term, "matchFields")
    if not wishes and not fields:
        return False  # specified: an empty term matches nothing
    return all(meets(one, node.labels) for one in wishes) and all(
        meets(one, {"metadata.name": node.name}) for one in fields
    )


def as_daemon(spec: Spec) -> dict[str, Any]:
    """The spec of a DaemonSet's Pod, with the tolerations that its controller adds."""
    added = [{"key": key, "operator": "Exists", "effect": effect} for key, effect in _OF_DAEMONS]
    return {**spec, "tolerations": [*each(spec, "tolerations"), *added]}
