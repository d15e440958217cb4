import random

import pytest

from kubeface.errors import BadInput
from kubeface.views.canned import NODES, PODS, pod
from kubeface.views.plain import mebibytes, millis, name_of, pod_status
from kubeface.views.tables import table


def test_a_pod_loses_the_hashes_of_its_name_unless_asked():
    one = pod("receiver", "node1")
    assert name_of(one) == "receiver"
    assert "receiver-7d9c5b6f4-x2x9z" in repr(table([one], exact=True))


def test_a_table_does_not_depend_on_the_order_of_its_objects():
    shuffled = random.Random(1).sample(PODS, len(PODS))
    assert repr(table(shuffled)) == repr(table(PODS))


def test_several_namespaces_are_told_apart():
    other = pod("receiver", "node1")
    other["metadata"] |= {"namespace": "default"}
    assert repr(table([*PODS, other])).startswith("NAMESPACE")


def test_objects_of_several_kinds_share_what_they_have_in_common():
    assert repr(table([NODES[0], PODS[0]])).splitlines()[0].split() == ["NAMESPACE", "KIND", "NAME"]


def test_an_empty_table_says_so():
    assert repr(table([])) == "(none)"


def test_html_escapes_what_the_cluster_says():
    assert "<script>" not in table([pod("<script>", "node1")])._repr_html_()


@pytest.mark.parametrize(
    ("one", "status"),
    [
        (pod("a", "node1"), "Running"),
        (pod("a", None, phase="Pending"), "Pending"),
        (pod("a", "node1", waiting="ImagePullBackOff"), "ImagePullBackOff"),
        ({"kind": "Pod", "metadata": {"deletionTimestamp": "now"}}, "Terminating"),
        ({"kind": "Pod", "status": {"phase": "Failed", "reason": "Evicted"}}, "Evicted"),
    ],
)
def test_a_pods_status_is_the_word_that_kubectl_uses(one, status):
    assert pod_status(one) == status


@pytest.mark.parametrize(
    ("quantity", "amount"), [("2", 2000), ("100m", 100), ("0.5", 500), ("1500000n", 1.5), ("0", 0)]
)
def test_a_cpu_quantity_is_read_in_thousandths(quantity, amount):
    assert millis(quantity) == pytest.approx(amount)


@pytest.mark.parametrize(
    ("quantity", "amount"), [("2Gi", 2048), ("1048576", 1), ("2097152Ki", 2048), ("0", 0)]
)
def test_a_memory_quantity_is_read_in_mebibytes(quantity, amount):
    assert mebibytes(quantity) == pytest.approx(amount)


def test_a_quantity_that_is_none_is_refused():
    with pytest.raises(BadInput, match="'lots' is no quantity"):
        mebibytes("lots")


def test_something_that_is_no_object_is_refused():
    with pytest.raises(BadInput, match="is no object of the API"):
        table(["pod/receiver"])
