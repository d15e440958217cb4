import pytest

from kubeface.errors import ApiError
from kubeface.kube import apply, diff
from kubeface.model.diff import field_changes
from kubeface.model.noise import without_noise


def config_map(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def secret(value):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "key"}, "stringData": {"word": value}}


def told(changes):
    return [line for change in changes for line in repr(change).splitlines()]


def test_a_new_object_would_be_created_and_is_not(cluster, space):
    assert told(diff(cluster, [config_map("one", a="1")], namespace=space)) == ["created configmap/one"]
    assert cluster.find("cm/one", namespace=space) is None


def test_what_would_change_is_told_field_by_field(cluster, space):
    apply(cluster, [config_map("one", a="1", b="2")], namespace=space)
    changes = diff(cluster, [config_map("one", a="x", c="3")], namespace=space)
    assert told(changes) == ["modified configmap/one", "  data.a: 1 → x", "  data.b: - 2", "  data.c: + 3"]
    assert cluster.get("cm/one", namespace=space).data.a == "1"


def test_an_object_that_would_stay_is_left_out(cluster, space):
    apply(cluster, [config_map("one", a="1")], namespace=space)
    assert diff(cluster, [config_map("one", a="1")], namespace=space) == []


def test_objects_of_a_namespace_that_comes_with_them_are_foreseen(cluster):
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "foreseen"}}
    inside = config_map("one")
    inside["metadata"]["namespace"] = "foreseen"
    assert told(diff(cluster, [inside, space])) == ["created namespace/foreseen", "created configmap/one"]


def test_a_namespace_that_nobody_makes_is_a_mistake(cluster):
    with pytest.raises(ApiError, match='namespaces "nowhere" not found'):
        diff(cluster, [config_map("one")], namespace="nowhere")


def test_a_secrets_values_are_never_shown(cluster, space):
    apply(cluster, [secret("sesame")], namespace=space)
    lines = told(diff(cluster, [secret("simsalabim")], namespace=space))
    assert lines == ["modified secret/key", "  data.word: (hidden) → (hidden)"]


def test_items_of_a_list_are_told_apart_by_name():
    one = {"containers": [{"name": "a", "image": "x"}, {"name": "b", "image": "y"}]}
    two = {"containers": [{"name": "b", "image": "z"}]}
    assert [str(c) for c in field_changes(one, two)] == [
        "containers[a]: - {name: a, image: x}",
        "containers[b].image: y → z",
    ]


def test_items_that_share_a_name_are_compared_as_a_whole():
    one, two = ({"rules": [{"name": "a", "n": n}, {"name": "a"}]} for n in (1, 2))
    assert [c.path for c in field_changes(one, two)] == ["rules"]


def test_what_the_server_notes_for_itself_is_no_change():
    one = {"metadata": {"resourceVersion": "1", "generation": 1}, "status": {"heartbeatTime": "now"}}
    two = {"metadata": {"resourceVersion": "2", "generation": 2}, "status": {"heartbeatTime": "later"}}
    assert field_changes(one, two) == []


@pytest.mark.parametrize(
    "part",
    [
        {"kind": "ConfigMap", "data": {"closingTime": "18:00"}},
        {"kind": "ConfigMap", "data": {"Timestamp": "2026-01-01T00:00:00Z"}},
        {"kind": "Office", "spec": {"hours": {"closingTime": "2026-01-01T00:00:00Z"}}},
        {"kind": "Pod", "metadata": {"name": "a", "labels": {"teaTime": "five"}}},
        {"kind": "Pod", "metadata": {"name": "a", "annotations": {"kubectl.kubernetes.io/startedAt": "x"}}},
    ],
)
def test_what_somebody_calls_a_time_is_told(part):
    assert without_noise(part) == part


@pytest.mark.parametrize(
    "part",
    [
        {"kind": "Event", "firstTimestamp": "a", "eventTime": "b", "series": {"lastObservedTime": "c"}},
        {"kind": "Lease", "spec": {"renewTime": "a"}},
        {"kind": "Pod", "status": {"startTime": "a", "conditions": [{"lastTransitionTime": "b"}]}},
        {"kind": "Pod", "metadata": {"creationTimestamp": "a"}},
    ],
)
def test_the_servers_own_moments_are_noise(part):
    left = without_noise(part)
    assert "Time" not in str(left)


def test_a_key_with_dots_is_spelled_so_that_it_can_be_looked_up():
    one = {"metadata": {"name": "one", "labels": {"app.kubernetes.io/name": "web"}}}
    two = {"metadata": {"name": "one", "labels": {"app.kubernetes.io/name": "api"}}}
    assert [str(c) for c in field_changes(one, two)] == [
        "metadata.labels['app.kubernetes.io/name']: web → api"
    ]


def test_a_part_that_is_all_new_or_all_gone_is_told_field_by_field():
    bare, cordoned = {"spec": {}}, {"spec": {"unschedulable": True, "taints": [{"key": "a"}]}}
    assert [str(one) for one in field_changes(bare, cordoned)] == [
        "spec.taints: + [{key: a}]",
        "spec.unschedulable: + true",
    ]
    assert [str(one) for one in field_changes(cordoned, bare)][1] == "spec.unschedulable: - true"
