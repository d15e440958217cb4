"""Remove what an earlier apply of a set made and the manifests no longer hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubeface.errors import BadInput
from kubeface.kube.client import FIELD_MANAGER, Cluster
from kubeface.kube.transport import NotFound
from kubeface.model.kinds import Kind
from kubeface.model.objects import KubeObject

SET = "kubeface.internal/set"  # the label that says which set an object was applied with


@dataclass(frozen=True)
class Prune:
    """What an apply may remove: objects of a set that it applied before, of these kinds, in these namespaces.

    Args:
        set: The set's name; each object applied gets it as the label `kubeface.internal/set`.
        kinds: Words such as `configmaps`; only kinds that live in namespaces.
        namespaces: Nothing outside of them is looked at.

    >>> Prune("lesson-05", kinds=["deployments", "configmaps"], namespaces=["face"]).set
    'lesson-05'
    """

    set: str
    kinds: Sequence[str]
    namespaces: Sequence[str]


def in_set(one: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A copy of an object with the label of a set."""
    meta = one["metadata"]
    return {**one, "metadata": {**meta, "labels": {**(meta.get("labels") or {}), SET: name}}}


def prunable(cluster: Cluster, rule: Prune, kept: Iterable[KubeObject]) -> list[KubeObject]:
    """The objects that a rule lets go, since they are not among those `kept`; nothing is removed.

    An object counts only if it has the set's label, this library applied it, and no controller owns it.

    Raises:
        BadInput: a kind of the rule does not live in namespaces.
    """
    kinds = [_namespaced(cluster, word) for word in rule.kinds]
    staying = {one.raw["metadata"].get("uid") for one in kept}
    found = [
        one
        for kind in kinds
        for space in dict.fromkeys(rule.namespaces)
        for one in cluster.snapshot(kind, labels={SET: rule.set}, namespace=space)[0]
    ]
    return [one for one in found if one.raw["metadata"]["uid"] not in staying and _is_ours(one)]


def prune(cluster: Cluster, rule: Prune, kept: Iterable[KubeObject]) -> list[str]:
    """The refs of what was removed: what `prunable` names."""
    return [one.ref for one in prunable(cluster, rule, kept) if _remove(cluster, one)]


def _remove(cluster: Cluster, one: KubeObject) -> bool:
    path = cluster.kind(one.kind, one.apiVersion).path(one.name, one.namespace)
    body = {"propagationPolicy": "Background", "preconditions": {"uid": one.raw["metadata"]["uid"]}}
    try:
        cluster.transport.json("delete", path, what=f"prune {one.ref}", body=body)
    except NotFound:
        return False
    return True


def _is_ours(one: KubeObject) -> bool:
    meta = one.raw["metadata"]
    applied = [m for m in meta.get("managedFields") or [] if m.get("operation") == "Apply"]
    return not meta.get("ownerReferences") and any(m["manager"] == FIELD_MANAGER for m in applied)


def _namespaced(cluster: Cluster, word: str) -> Kind:
    kind = cluster.kind(word)
    if not kind.namespaced:
        raise BadInput(
            f"{kind.plural} belong to the whole cluster: they are not pruned",
            try_next=f'cluster.delete("{kind.name.lower()}/NAME")',
        )
    return kind
