import datetime
import random

import pytest

from kubeface.errors import BadInput
from kubeface.model.kinds import KINDS
from kubeface.model.pods import status_word
from kubeface.views.canned import DEPLOYMENTS, NODES, PODS, pod
from kubeface.views.columns import age_of
from kubeface.views.names import name_of
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
    assert status_word(one) == status


def test_something_that_is_no_object_is_refused():
    with pytest.raises(BadInput, match="is no object of the API"):
        table(["pod/receiver"])


def test_columns_are_chosen_by_word_and_by_path():
    drawn = table(PODS[:1], columns=["name", "status", "spec.containers[0].resources.requests.cpu"])
    assert repr(drawn).splitlines()[1].split() == ["mysql", "Running", "100m"]


def test_a_column_can_be_given_a_heading():
    drawn = table(DEPLOYMENTS, columns={"app": "name", "runs": "image"})
    assert repr(drawn).splitlines() == [
        "APP                RUNS",
        "face-recognition   face-recognition:v1.0",
        "receiver           receiver:v1.0",
    ]


@pytest.mark.parametrize(("sort", "wanted"), [("n", ["2", "10", "none"]), ("-n", ["none", "10", "2"])])
def test_numbers_are_sorted_as_numbers(sort, wanted):
    objects = [{"kind": "Thing", "metadata": {"name": n}, "n": n} for n in ("none", "10", "2")]
    assert [row[0] for row in table(objects, columns=["n"], sort=sort).rows] == wanted


def test_sorting_by_a_column_that_is_not_there_is_refused():
    with pytest.raises(BadInput, match="there is no column 'age' to sort by"):
        table(PODS, sort="age")


@pytest.mark.parametrize("columns", [[], "name"])
def test_columns_are_a_list_of_at_least_one(columns):
    with pytest.raises(BadInput, match="at least one column"):
        table(PODS, columns=columns)


def test_wide_adds_what_differs_from_run_to_run():
    assert "IP" not in repr(table(PODS)).splitlines()[0]
    assert repr(table(PODS, wide=True)).splitlines()[0].split()[4:] == ["RESTARTS", "IP", "IMAGE", "AGE"]


@pytest.mark.parametrize(
    ("seconds", "age"),
    [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (172800, "2 d"), (-5, "0 s")],
)
def test_an_age_is_told_in_a_unit_that_fits(seconds, age):
    now = datetime.datetime(2026, 1, 5, 10, tzinfo=datetime.UTC)
    made = (now - datetime.timedelta(seconds=seconds)).isoformat()
    assert age_of({"metadata": {"creationTimestamp": made}}, now) == age


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_an_object_that_has_nothing_but_a_name_is_a_row(kind):
    one = {"kind": kind, "metadata": {"name": "x"}}
    assert repr(table([one], wide=True)).splitlines()[1].split()[0] == "x"


def test_a_list_and_a_kind_together_are_refused():
    with pytest.raises(BadInput, match="a list has the kinds it has"):
        table(PODS, "services")
