"""Paths into objects: what `diff` and `changes` print is what tables and YAML take."""

import copy

import pytest

from kubeface.errors import BadInput
from kubeface.model.diff import field_changes
from kubeface.model.noise import without_noise
from kubeface.model.paths import Path
from kubeface.views.canned import DEPLOYMENTS, NODES, PODS
from kubeface.views.tables import table
from kubeface.views.yaml import show_yaml

OBJECT = {
    "metadata": {"labels": {"app.kubernetes.io/name": "receiver"}},
    "spec": {"containers": [{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:2"}], "replicas": 0},
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("spec.replicas", [0]),
        ("spec.containers[1].image", ["b:2"]),
        ("spec.containers[*].image", ["a:1", "b:2"]),
        ("spec.containers[name=b].image", ["b:2"]),
        ("spec.containers[b].image", ["b:2"]),
        ("spec.containers[image=a:1].name", ["a"]),
        ("spec.containers[nobody].image", []),
        ("metadata.labels['app.kubernetes.io/name']", ["receiver"]),
        ("spec.containers[7].image", []),
        ("spec.replicas.deeper", []),
    ],
)
def test_a_path_leads_to_what_stands_there(path, values):
    assert Path.read(path).values(OBJECT) == values


@pytest.mark.parametrize("text", ["", "spec.[", "spec..x", "a[b"])
def test_what_spells_no_path_is_refused(text):
    with pytest.raises(BadInput, match="path"):
        Path.read(text)


def changed(one):
    """A copy of an object in which each text and number is another one."""
    if isinstance(one, dict):
        kept = ("kind", "name", "type", "containerPort", "port", "key", "uid", "ip")
        return {key: value if key in kept else changed(value) for key, value in one.items()}
    if isinstance(one, list):
        return [changed(value) for value in one]
    return f"{one}-changed"


PORTS = {
    "kind": "Service",
    "metadata": {"annotations": {"example.com/note": "a", "odd'key": "b", "a=b": "c"}},
    "spec": {
        "ports": [{"port": 80, "protocol": "TCP"}, {"port": 8080, "protocol": "TCP"}],
        "rules": [{"key": "a=b", "value": "1"}, {"key": "node.kubernetes.io/x", "value": "2"}],
        "numbers": [{"name": "0", "value": "1"}, {"name": "1", "value": "2"}],
    },
}


@pytest.mark.parametrize("one", [*PODS, *NODES, *DEPLOYMENTS, PORTS], ids=lambda one: one["kind"])
def test_every_path_that_a_difference_prints_can_be_read(one):
    before, after = copy.deepcopy(one), changed(one)
    found = field_changes(before, after)
    assert found
    for change in found:
        assert Path.read(change.path).values(without_noise(before)) == [change.before]
        assert Path.read(change.path).values(without_noise(after)) == [change.after]
        assert str(Path.read(change.path)) == change.path


def test_a_path_of_a_difference_is_a_column_and_a_caption():
    image = "spec.template.spec.containers[receiver].image"
    assert "receiver:v1.0" in repr(table(DEPLOYMENTS[1:], columns=["name", image]))
    assert "▶1" in repr(show_yaml(DEPLOYMENTS[1], [image]))


def test_an_item_with_a_number_for_its_value_is_told_from_a_place():
    assert [change.path for change in field_changes(PORTS, changed(PORTS)) if "ports" in change.path] == [
        "spec.ports[port=8080].protocol",
        "spec.ports[port=80].protocol",
    ]
