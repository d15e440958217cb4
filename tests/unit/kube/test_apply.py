import pytest

from kubeface.errors import ApiError, BadInput
from kubeface.kube import apply, delete
from kubeface.kube.transport import Conflict


def config_map(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def namespace(name):
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def test_a_namespace_is_made_before_what_is_in_it(cluster):
    inside = config_map("one")
    inside["metadata"]["namespace"] = "made-in-time"
    applied = apply(cluster, [inside, namespace("made-in-time")])
    assert [one.kind for one in applied] == ["Namespace", "ConfigMap"]


def test_applying_twice_changes_nothing(cluster, space):
    first, second = (apply(cluster, [config_map("one", a="1")], namespace=space)[0] for _ in range(2))
    assert first.metadata.resourceVersion == second.metadata.resourceVersion


def test_a_field_no_longer_named_is_removed(cluster, space):
    apply(cluster, [config_map("one", a="1", b="2")], namespace=space)
    assert apply(cluster, [config_map("one", b="2")], namespace=space)[0].data == {"b": "2"}


def test_the_fields_belong_to_kubeface(cluster, space):
    written = apply(cluster, [config_map("one", a="1")], namespace=space)[0]
    assert [(m.manager, m.operation) for m in written.metadata.managedFields] == [("kubeface", "Apply")]


def test_a_dry_run_changes_nothing(cluster, space):
    assert apply(cluster, [config_map("one")], namespace=space, dry_run=True)[0].name == "one"
    assert cluster.find("configmap/one", namespace=space) is None


def test_a_mistake_is_refused_in_the_servers_words(cluster, space):
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"ports": [{"port": 0}]},
    }
    with pytest.raises(ApiError, match=r"(?s)could not apply service/web.*spec.ports\[0\].port"):
        apply(cluster, [service], namespace=space)


def applied_by(manager, cluster, space, one):
    cluster.transport.json(
        "patch",
        cluster.kind("cm").path(one["metadata"]["name"], space),
        what=f"apply as {manager}",
        body=one,
        content_type="application/apply-patch+yaml",
        field_manager=manager,
    )


def test_without_force_another_owner_keeps_his_field(cluster, space):
    applied_by("somebody-else", cluster, space, config_map("one", a="theirs"))
    with pytest.raises(Conflict, match=r"(?s)has set one field of it\ndata.a is set by somebody-else\nTry: "):
        apply(cluster, [config_map("one", a="ours")], namespace=space, force=False)
    assert apply(cluster, [config_map("one", a="ours")], namespace=space)[0].data.a == "ours"


def test_a_conflict_names_the_owner_of_each_field(cluster, space):
    applied_by("kustomizer", cluster, space, config_map("one", a="theirs"))
    cluster.patch("cm/one", {"data": {"b": "theirs"}}, namespace=space)
    with pytest.raises(Conflict) as caught:
        apply(cluster, [config_map("one", a="ours", b="theirs")], namespace=space, force=False)
    assert caught.value.owners == {"data.a": "kustomizer"}  # equal values are nobody's quarrel


def test_one_object_instead_of_a_list_is_a_mistake(cluster):
    with pytest.raises(BadInput, match=r"apply\(cluster, \[it\]\)"):
        apply(cluster, config_map("one"))


def test_delete_names_what_was_there(cluster, space):
    apply(cluster, [config_map("one")], namespace=space)
    assert delete(cluster, [config_map("one"), config_map("two")], namespace=space) == ["configmap/one"]
