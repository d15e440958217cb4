"""Whose a label, a namespace and what is on a node is: one answer for lessons, reset and removal."""

import pytest

from kubeface.model.objects import KubeObject
from kubeface.model.ownership import PART_OF, is_of_course, is_of_kubernetes, lacks_course_label, node_reset


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("kubernetes.io/hostname", True),
        ("node.kubernetes.io/not-ready", True),
        ("beta.k8s.io/x", True),
        ("kwok.x-k8s.io/node", True),
        ("notkubernetes.io/x", False),
        ("example.com/team", False),
        ("kubernetes.io.example.com/x", False),
        ("kubernetes.io", False),
        ("disk", False),
    ],
)
def test_a_key_is_kubernetes_own_in_its_reserved_domains_only(key, expected):
    assert is_of_kubernetes(key) is expected


def test_what_people_put_on_a_node_comes_off_and_kubernetes_own_stays():
    meta = {
        "name": "node1",
        "labels": {
            "disk": "fast",
            "example.com/team": "a",
            "notkubernetes.io/x": "1",
            "kubernetes.io/os": "linux",
        },
        "annotations": {"a": "1", "node.alpha.kubernetes.io/ttl": "0"},
    }
    taints = [
        {"key": "mine", "effect": "NoSchedule"},
        {"key": "notkubernetes.io/x", "effect": "NoSchedule"},
        {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"},
        {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"},
    ]
    node = KubeObject({"metadata": meta, "spec": {"unschedulable": True, "taints": taints}})
    assert node_reset(node) == {
        "metadata": {
            "labels": {"disk": None, "example.com/team": None, "notkubernetes.io/x": None},
            "annotations": {"a": None},
        },
        "spec": {"unschedulable": None, "taints": [taints[3]]},
    }


def test_a_node_gets_the_labels_that_it_should_have():
    node = KubeObject({"metadata": {"name": "node1", "labels": {"receiver": "no", "kept": "yes"}}})
    assert node_reset(node, {"receiver": "true", "kept": "yes"}) == {
        "metadata": {"labels": {"receiver": "true"}}
    }
    assert node_reset(KubeObject({"metadata": {"name": "node1"}})) == {}


def test_an_object_is_the_courses_by_its_label():
    ours = KubeObject({"kind": "Namespace", "metadata": {"name": "face", "labels": {**PART_OF, "more": "1"}}})
    theirs = KubeObject({"kind": "Namespace", "metadata": {"name": "face", "labels": {"more": "1"}}})
    assert (is_of_course(ours), is_of_course(theirs)) == (True, False)
    assert lacks_course_label(ours) == lacks_course_label(None) == ""
    assert lacks_course_label(theirs) == "it lacks the label app.kubernetes.io/part-of=face-pipeline"
