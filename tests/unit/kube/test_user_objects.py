"""What a namespace holds that people made, also of kinds that the course does not know, and unseen."""

import pytest

from kubeface.errors import NotReady
from kubeface.kube import Cluster
from kubeface.kube.user_objects import unlisted, user_objects


def test_an_object_of_somebodys_own_kind_is_told(cluster, space, widgets):
    cluster.create(widgets("theirs"), namespace=space)
    assert user_objects(cluster, space) == []
    assert unlisted(cluster, space) == (["widget/theirs"], [])


def test_in_a_namespace_that_is_empty_there_is_nothing(cluster, space):
    assert unlisted(cluster, space) == ([], [])


def test_what_a_user_may_not_list_is_not_taken_for_nothing(cluster, space, kubeconfig):
    guest = Cluster.connect(kubeconfig, context="guest")
    assert user_objects(guest, space) == []
    assert "configmaps" in unlisted(guest, space)[1]


def test_an_api_server_that_does_not_answer_is_not_taken_for_nothing(cluster, space, monkeypatch):
    def silent(*_, **__):
        raise NotReady("no answer")

    monkeypatch.setattr(cluster.transport, "json", silent)
    with pytest.raises(NotReady):
        user_objects(cluster, space)
