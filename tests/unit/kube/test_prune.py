import pytest

from kubeface.errors import BadInput
from kubeface.kube import Prune, apply

SET = "kubeface.internal/set"


def config_map(name, **meta):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **meta}}


def rule(space, name="lesson", kinds=("configmaps",)):
    return Prune(name, kinds=kinds, namespaces=[space])


def names(cluster, space):
    return [one.name for one in cluster.list("configmaps", namespace=space)]


def test_what_the_manifests_no_longer_hold_is_removed(cluster, space):
    apply(cluster, [config_map("a"), config_map("b")], namespace=space, prune=rule(space))
    apply(cluster, [config_map("b")], namespace=space, prune=rule(space))
    assert names(cluster, space) == ["b"]


def test_nothing_is_removed_unless_asked(cluster, space):
    apply(cluster, [config_map("a")], namespace=space, prune=rule(space))
    apply(cluster, [config_map("b")], namespace=space)
    assert names(cluster, space) == ["a", "b"]


def test_a_dry_run_removes_nothing(cluster, space):
    apply(cluster, [config_map("a")], namespace=space, prune=rule(space))
    apply(cluster, [config_map("b")], namespace=space, prune=rule(space), dry_run=True)
    assert names(cluster, space) == ["a"]


def test_another_set_keeps_its_objects(cluster, space):
    apply(cluster, [config_map("theirs")], namespace=space, prune=rule(space, "another"))
    apply(cluster, [config_map("ours")], namespace=space, prune=rule(space))
    assert names(cluster, space) == ["ours", "theirs"]


def test_what_somebody_else_made_stays_even_with_the_label(cluster, space):
    cluster.create(config_map("handmade", labels={SET: "lesson"}), namespace=space)
    apply(cluster, [config_map("ours")], namespace=space, prune=rule(space))
    assert names(cluster, space) == ["handmade", "ours"]


def test_what_another_object_owns_is_left_to_its_owner(cluster, space):
    apply(cluster, [config_map("boss"), config_map("owned")], namespace=space, prune=rule(space))
    boss = cluster.get("cm/boss", namespace=space)
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "boss", "uid": boss.metadata.uid}
    cluster.patch("cm/owned", {"metadata": {"ownerReferences": [owner]}}, namespace=space)
    apply(cluster, [config_map("boss")], namespace=space, prune=rule(space))
    assert names(cluster, space) == ["boss", "owned"]


def test_kinds_that_are_not_named_stay(cluster, space):
    apply(cluster, [config_map("a")], namespace=space, prune=rule(space))
    apply(cluster, [config_map("b")], namespace=space, prune=rule(space, kinds=["secrets"]))
    assert names(cluster, space) == ["a", "b"]


def test_other_namespaces_stay(cluster, space):
    apply(cluster, [config_map("a")], namespace=space, prune=rule(space))
    apply(cluster, [config_map("b")], namespace="default", prune=rule("default", kinds=["configmaps"]))
    assert names(cluster, space) == ["a"]


def test_what_belongs_to_the_whole_cluster_is_never_pruned(cluster, space):
    with pytest.raises(BadInput, match="namespaces belong to the whole cluster"):
        apply(cluster, [config_map("a")], namespace=space, prune=rule(space, kinds=["namespaces"]))
