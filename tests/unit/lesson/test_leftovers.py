"""What a lesson holds on purpose is let go when it is cleared away; what others hold is theirs."""

import pytest

from kubeface.errors import NotReady
from kubeface.kube import wait
from kubeface.kube.wait import Deadline
from kubeface.lesson import leftovers


@pytest.fixture
def held(cluster, space):
    """A ConfigMap with these finalizers."""

    def make(*finalizers):
        meta = {"name": "held", "finalizers": list(finalizers)}
        return cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}, namespace=space)

    return make


def test_what_a_lesson_holds_is_let_go(cluster, space, held):
    found = [held("course.kubeface.internal/hold")]
    leftovers.delete(cluster, found)
    leftovers.await_deleted(cluster, found, Deadline.after(60))
    assert cluster.find("configmap/held", namespace=space) is None


def test_what_others_hold_stays_and_who_holds_it_is_said(cluster, space, held):
    leftovers.delete(cluster, [held("course.kubeface.internal/hold", "example.com/mine")])
    left = cluster.get("configmap/held", namespace=space)
    assert left.metadata.finalizers == ["example.com/mine"]
    with pytest.raises(NotReady, match=r"is being deleted; finalizers hold it: example\.com/mine"):
        wait(cluster, "configmap/held", for_="deleted", timeout_s=0.5, namespace=space)
