import base64

import pytest

from kubeface.pipeline import deploy


@pytest.fixture
def empty(cluster, monkeypatch, space):
    """A namespace of the test's own in the place of `face`."""
    monkeypatch.setattr(deploy, "NAMESPACE", space)
    return space


def passwords(cluster, space):
    data = cluster.get(f"secret/{deploy.SECRET}", namespace=space).raw["data"]
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def test_each_password_is_random_and_of_its_own(cluster, empty):
    deploy.ensure_secret(cluster)
    made = passwords(cluster, empty)
    assert set(made) == set(deploy.SECRET_KEYS)
    assert len(set(made.values())) == len(made)
    assert all(len(one) >= 24 for one in made.values())


def test_passwords_that_are_there_are_kept(cluster, empty):
    deploy.ensure_secret(cluster)
    before = passwords(cluster, empty)
    deploy.ensure_secret(cluster)
    assert passwords(cluster, empty) == before


def test_a_password_that_lacks_is_added_and_the_others_stay(cluster, empty):
    deploy.ensure_secret(cluster)
    before = passwords(cluster, empty)
    cluster.patch(f"secret/{deploy.SECRET}", {"data": {"frontend-password": None}}, namespace=empty)
    deploy.ensure_secret(cluster)
    after = passwords(cluster, empty)
    assert {key for key in before if after[key] != before[key]} == {"frontend-password"}


def test_every_node_is_labelled(cluster):
    for name in ("one", "two"):
        cluster.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}})
    deploy.label_nodes(cluster)
    assert [node.labels.get("receiver") for node in cluster.nodes()] == ["true", "true"]


def test_the_order_names_every_workload():
    from kubeface.kube import kustomize

    rendered = kustomize(deploy.manifests_folder())
    workloads = {
        f"{one['kind'].lower()}/{one['metadata']['name']}"
        for one in rendered
        if one["kind"] in ("Deployment", "DaemonSet")
    }
    assert set(deploy.ORDER) == workloads
