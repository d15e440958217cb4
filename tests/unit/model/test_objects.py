from urllib.parse import unquote

import pytest

from kubeface import errors
from kubeface.errors import BadInput
from kubeface.model.conditions import holds, in_words
from kubeface.model.kinds import KINDS, known, split_ref
from kubeface.model.objects import Fields, KubeObject


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


def test_a_daemonset_without_nodes_is_available_once_its_controller_has_looked():
    assert holds(workload("DaemonSet", observedGeneration=2), "Available")
    assert not holds(workload("DaemonSet"), "Available")


def test_progress_is_told_in_words():
    assert in_words(workload("DaemonSet", desiredNumberScheduled=3, numberReady=1)) == "1 of 3 Pods ready"
    assert in_words(KubeObject({"kind": "Pod", "status": {"phase": "Pending"}})) == "it is Pending"
    assert in_words(None) == "there is no such object"


def test_equal_objects_are_one_member_of_a_set():
    one, two = (KubeObject({"kind": "Pod", "spec": {"n": n, "list": [{"a": 1}]}}) for n in (1, 1.0))
    assert one == two
    assert len({one, two}) == 1
    assert len({one, KubeObject({"kind": "Pod"})}) == 2


@pytest.mark.parametrize("spec", [None, {}, {"replicas": None}])
def test_a_workload_that_says_nothing_wants_one(spec):
    assert KubeObject({"kind": "Deployment", "spec": spec}).desired == 1
    assert KubeObject({"kind": "Deployment", "spec": {"replicas": 0}}).desired == 0


@pytest.mark.parametrize("name", ["../secrets/x", "a b", "a?dryRun=All", "a#b", "a%2Fb", "größe"])
def test_a_name_leads_to_nothing_but_itself(name):
    path = known("pod").path(name, namespace=name)
    assert path.count("/") == "/api/v1/namespaces/n/pods/p".count("/")
    assert {"?", "#", " "}.isdisjoint(path)
    assert unquote(path) == f"/api/v1/namespaces/{name}/pods/{name}"


def test_a_name_of_rbac_is_spelled_as_it_is():
    assert known("clusterrole").path("system:node").endswith("/clusterroles/system:node")


def test_the_words_of_the_version_before_still_work_and_name_the_new_ones():
    one = KubeObject(
        {"kind": "Deployment", "spec": {"replicas": 3}, "metadata": {"deletionTimestamp": "now"}}
    )
    with pytest.warns(FutureWarning, match=r"KubeObject\.desired"):
        assert one.wanted == 3
    with pytest.warns(FutureWarning, match=r"KubeObject\.is_terminating"):
        assert one.is_ending
    with pytest.warns(FutureWarning, match="ApiError"):
        assert errors.ApiRefused is errors.ApiError
