import re

import pytest

from kubeface.model.objects import KubeObject
from kubeface.views.canned import NODES, PODS, node, pod
from kubeface.views.looks import ENDED, FAILED, NOT_READY, READY, look_of
from kubeface.views.nodes import nodes


def test_pods_stand_below_their_node():
    assert repr(nodes(NODES[:1], PODS)).splitlines()[:2] == [
        "node1 Ready",
        "  cpu    ■■□□□□□□□□ 200 of 1000 m",
    ]
    assert "● receiver  Running 1/1" in repr(nodes(NODES, PODS))


def test_pods_without_a_node_have_a_box_of_their_own():
    drawn = nodes([node("node1")], [pod("receiver", None, phase="Pending", ready=False)])
    assert repr(drawn).endswith("no node yet\n  ○ receiver  Pending 0/1")
    assert "no node yet" in drawn._repr_html_()


def test_an_ended_pod_asks_for_nothing_any_more():
    assert "cpu    □□□□□□□□□□ 0 of 1000 m" in repr(
        nodes([node("node1")], [pod("job", "node1", ready=False, phase="Succeeded")])
    )


@pytest.mark.parametrize(
    ("one", "look"),
    [
        (pod("a", "node1"), READY),
        (pod("a", "node1", ready=False), NOT_READY),
        (pod("a", "node1", ready=False, waiting="CrashLoopBackOff"), FAILED),
        (pod("a", "node1", ready=False, phase="Succeeded"), ENDED),
        (pod("a", "node1", ready=False, phase="Failed"), FAILED),
    ],
)
def test_each_state_has_its_look(one, look):
    assert look_of(one) is look


def test_states_differ_in_sign_word_and_border_not_only_in_colour():
    looks = (READY, NOT_READY, ENDED, FAILED)
    for part in ("sign", "word", "border"):
        assert len({getattr(look, part) for look in looks}) == len(looks)


def test_wrapped_objects_are_drawn_like_plain_ones():
    wrapped = nodes([KubeObject(one) for one in NODES], [KubeObject(one) for one in PODS])
    assert repr(wrapped) == repr(nodes(NODES, PODS))


def test_html_names_every_pod_and_escapes_it():
    page = nodes([node("node1")], [pod("<b>bold", "node1")])._repr_html_()
    assert "&lt;b&gt;bold" in page
    assert "<b>bold" not in page


def test_nothing_in_the_text_changes_from_run_to_run():
    assert not re.search(r"x2x9z|7d9c5b6f4|\d+\.\d+\.\d+\.\d+", repr(nodes(NODES, PODS)))
