import copy

import pytest

from kubeface.errors import BadInput
from kubeface.views.canned import DEPLOYMENTS, UPDATING, deployment, replica_set
from kubeface.views.looks import FAILED, NOT_READY, READY, STATELESS
from kubeface.views.rollout import rollout, state_of


def changed(**parts):
    one = copy.deepcopy(deployment("receiver", 3, 3))
    for part, fields in parts.items():
        one[part] |= fields
    return one


STUCK = {
    "type": "Progressing",
    "reason": "ProgressDeadlineExceeded",
    "message": 'ReplicaSet "receiver-7d9c5b6f4" is late',
}


@pytest.mark.parametrize(
    ("one", "look", "words"),
    [
        (changed(), READY, "complete: 3 of 3 Pods are new and available"),
        (changed(status={"updatedReplicas": 1}), NOT_READY, "rolling out: 1 of 3 Pods are new"),
        (changed(status={"availableReplicas": 1}), NOT_READY, "rolling out: 1 of 3 new Pods are available"),
        (changed(status={"replicas": 4}), NOT_READY, "rolling out: 1 old Pod to go"),
        (changed(status={"replicas": 5}), NOT_READY, "rolling out: 2 old Pods to go"),
        (
            changed(metadata={"generation": 2}, status={"observedGeneration": 1}),
            NOT_READY,
            "not begun: its controller has not seen the change yet",
        ),
        (changed(spec={"paused": True}), STATELESS, "paused"),
        (changed(status={"conditions": [STUCK]}), FAILED, 'stuck: ReplicaSet "receiver-…" is late'),
    ],
)
def test_each_state_has_its_look_and_its_words(one, look, words):
    assert state_of(one) == (look, words)


def test_the_text_has_the_numbers_of_the_deployment_and_of_its_replica_sets():
    assert repr(rollout(UPDATING)) == (
        "deployment/receiver  ○ rolling out: 2 of 3 Pods are new\n"
        "  wanted    ■■■■■■■■■■ 3\n"
        "  updated   ■■■■■■■□□□ 2\n"
        "  ready     ■■■■■■■■■■ 3\n"
        "  available ■■■■■■■■■■ 3\n"
        "  new receiver-…  ■■■□□□□□□□ 1 of 2 ready, 1 available: receiver:v1.1\n"
        "  old receiver-…  ■■■■■■■□□□ 2 of 2 ready, 2 available: receiver:v1.0"
    )


def test_the_order_of_the_objects_does_not_matter():
    assert repr(rollout(reversed(UPDATING))) == repr(rollout(UPDATING))


def test_an_old_replica_set_without_pods_is_history():
    objects = [deployment("receiver", 1, 1), replica_set("receiver", 0, 0)]
    assert "receiver-…" not in repr(rollout(objects))
    assert "new receiver-…" in repr(rollout(objects, history=True))


def test_exact_shows_hashes_and_revisions():
    assert "new receiver-7d9c5b6f4 revision 2" in repr(rollout(UPDATING, exact=True))


@pytest.mark.parametrize("name", ["receiver", "deployment/receiver"])
def test_one_of_several_can_be_named(name):
    assert repr(rollout(DEPLOYMENTS, name)).splitlines()[0].startswith("deployment/receiver")
    assert "face-recognition" not in repr(rollout(DEPLOYMENTS, name))


def test_what_is_no_deployment_is_refused():
    with pytest.raises(BadInput, match="'pod/receiver' is no Deployment"):
        rollout(DEPLOYMENTS, "pod/receiver")


def test_a_deployment_that_is_not_there_is_not_complete():
    assert not rollout([], "receiver").is_complete
    assert repr(rollout([])) == "(no deployments)"


def test_more_ready_pods_than_wanted_overflow_the_bar():
    assert "ready     ■■■■■■■■■■▶ 4" in repr(rollout([changed(status={"readyReplicas": 4})]))
