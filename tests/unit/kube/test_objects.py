import pytest

from kubeface.errors import BadInput
from kubeface.kube.conditions import holds, in_words
from kubeface.kube.kinds import KINDS, known, split_ref
from kubeface.kube.objects import Fields, KubeObject


def workload(kind, *, generation=2, spec=None, **status):
    meta = {"name": "web", "generation": generation}
    return KubeObject({"kind": kind, "metadata": meta, "spec": spec or {"replicas": 2}, "status": status})


def test_attributes_read_as_in_the_yaml():
    one = KubeObject({"spec": {"containers": [{"image": "web:1"}]}})
    assert one.spec.containers[0].image == "web:1"


def test_what_the_api_leaves_out_is_none():
    assert KubeObject({"status": {}}).status.readyReplicas is None


def test_an_object_cannot_be_changed_by_accident():
    with pytest.raises(AttributeError, match="patch"):
        Fields({}).replicas = 3


def test_yaml_leaves_out_who_wrote_what():
    one = KubeObject({"kind": "Pod", "metadata": {"name": "web", "managedFields": [{"manager": "kubeface"}]}})
    assert one.yaml == "kind: Pod\nmetadata:\n  name: web\n"


@pytest.mark.parametrize("ref", ["web", "pod/", "/web", "a/b/c", ""])
def test_a_ref_is_a_kind_and_a_name(ref):
    with pytest.raises(BadInput, match="is not a ref"):
        split_ref(ref)


def test_every_word_means_one_kind():
    words = [word for kind in KINDS for word in kind.words]
    assert len(words) == len(set(words))
    assert known("deploy") is known("Deployment") is known("deployments")


def test_a_version_that_the_table_lacks_is_left_to_discovery():
    assert known("deployment", "extensions/v1beta1") is None


@pytest.mark.parametrize(
    ("status", "is_ready"),
    [
        ({"observedGeneration": 2, "updatedReplicas": 2, "readyReplicas": 2, "replicas": 2}, True),
        ({"observedGeneration": 1, "updatedReplicas": 2, "readyReplicas": 2, "replicas": 2}, False),
        ({"observedGeneration": 2, "updatedReplicas": 1, "readyReplicas": 2, "replicas": 2}, False),
        ({"observedGeneration": 2, "updatedReplicas": 2, "readyReplicas": 1, "replicas": 2}, False),
        ({"observedGeneration": 2, "updatedReplicas": 2, "readyReplicas": 2, "replicas": 3}, False),
        ({}, False),
    ],
)
def test_a_deployment_is_ready_when_all_its_new_pods_are(status, is_ready):
    assert holds(workload("Deployment", **status), "Ready") is is_ready


def test_a_daemonset_without_nodes_is_available_once_its_controller_has_looked():
    assert holds(workload("DaemonSet", observedGeneration=2), "Available")
    assert not holds(workload("DaemonSet"), "Available")


def test_progress_is_told_in_words():
    assert in_words(workload("DaemonSet", desiredNumberScheduled=3, numberReady=1)) == "1 of 3 Pods ready"
    assert in_words(KubeObject({"kind": "Pod", "status": {"phase": "Pending"}})) == "it is Pending"
    assert in_words(None) == "there is no such object"
