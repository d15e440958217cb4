"""A drill breaks nothing where it has no business: on another cluster, or in a pipeline that is not well."""

import pytest

from kubeface import drill
from kubeface.checks.progress import Progress
from kubeface.drills import status
from kubeface.kube import Cluster
from kubeface.lesson import LessonStopped


def test_another_cluster_stays_as_it_is(kubeconfig):
    other = Cluster.connect(kubeconfig)
    for ask in (
        lambda: drill(cluster=other),
        lambda: drill(give_up=True, cluster=other),
        lambda: status(other),
    ):
        with pytest.raises(LessonStopped, match="own cluster only"):
            ask()


def test_without_a_pipeline_nothing_is_broken(here):
    with pytest.raises(LessonStopped, match="deployed and healthy; nothing was changed"):
        drill(cluster=here)
    assert not Progress.of(here).path.with_suffix(".drill").exists()


def test_where_no_drill_is_in_progress_that_is_said(here):
    for told in (drill(hint=True, cluster=here), drill(give_up=True, cluster=here), status(here)):
        assert told.is_over
        assert "No drill is in progress." in repr(told)
