"""Whether a workload's rollout is complete: waits, checks and pictures say the same."""

import pytest

from kubeface.endstates.rollout import unfinished
from kubeface.model.conditions import holds, is_at_rest
from kubeface.model.objects import KubeObject
from kubeface.model.workloads import rollout_of
from kubeface.views.looks import READY
from kubeface.views.rollout import rollout, state_of

FULL = {
    "observedGeneration": 2,
    "updatedReplicas": 2,
    "readyReplicas": 2,
    "availableReplicas": 2,
    "replicas": 2,
}


def deployment(**status):
    meta = {"name": "web", "generation": 2}
    return KubeObject({"kind": "Deployment", "metadata": meta, "spec": {"replicas": 2}, "status": status})


@pytest.mark.parametrize(
    ("odd", "is_complete"),
    [
        ({}, True),
        ({"observedGeneration": 1}, False),
        ({"observedGeneration": None}, False),
        ({"updatedReplicas": 1}, False),
        ({"readyReplicas": 1}, False),
        ({"availableReplicas": 1}, False),  # ready, and not yet for its minReadySeconds
        ({"replicas": 3}, False),
    ],
)
def test_a_rollout_is_complete_for_everybody_or_for_nobody(odd, is_complete):
    one = deployment(**(FULL | odd))
    assert rollout_of(one).is_complete is is_complete
    assert holds(one, "Ready") is is_complete
    assert is_at_rest(one) is is_complete
    assert (unfinished(one) == "") is is_complete
    assert (state_of(one.raw)[0] is READY) is is_complete
    assert rollout([one]).is_complete is is_complete


def test_without_a_status_nothing_is_complete():
    assert not rollout_of(deployment()).is_complete


def test_a_workload_without_a_number_of_replicas_wants_one_in_pictures_too():
    one = KubeObject({"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": None}})
    assert "wanted    ■■■■■■■■■■ 1" in repr(rollout([one]))
