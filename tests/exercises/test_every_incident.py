"""Every incident of a drill is broken, seen, repaired by hand, and seen to be gone, on a real cluster.

`make test` drives three of different kinds; `make test-states` drives them all, half a minute each.
"""

import subprocess
import sys

import pytest
from repairs import LINES, POLICIES, repair

from kubeface import Pipeline, drill
from kubeface.checks.harness import _everything
from kubeface.checks.progress import Progress
from kubeface.drills import photo
from kubeface.drills.pool import draw, pool
from kubeface.drills.wellness import cause, inject
from kubeface.lesson import PIPELINE, LessonStopped, power
from kubeface.lesson.context import connect
from kubeface.lesson.prepare import bring
from kubeface.pipeline.deploy import NAMESPACE
from kubeface.util.waiting import wait_until

ORDINARY = ("service-selector", "secret-value", "node-selector")
BRING_S = 300  # chosen: the whole pipeline from nothing, on a machine with other things to do
GONE_S = 150  # chosen: a controller that was refused again and again asks after a minute or two
PHOTO_S = 60

pytestmark = pytest.mark.cluster


def pytest_generate_tests(metafunc):
    if "incident" in metafunc.fixturenames:
        names = pool() if metafunc.config.getoption("--every-state") else ORDINARY
        metafunc.parametrize("incident", [pool()[name] for name in names], ids=lambda one: one.name)


@pytest.fixture
def well(course, tmp_path, monkeypatch):
    """The course's cluster, with the pipeline and photos in it; what a drill keeps is the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    cluster = connect(namespace=NAMESPACE)
    power.switch_on_all(cluster)
    bring(cluster, PIPELINE, timeout_s=BRING_S)
    if photo.lost(cluster, within_s=PHOTO_S):
        Pipeline(cluster).load_photos()
    yield cluster
    power.switch_on_all(cluster)


def gone(cluster, incident):
    wait_until(
        lambda: not cause(cluster, incident),
        what=f"{incident.name} is still there",
        timeout_s=GONE_S,
        every_s=1,
        evidence=lambda: cause(cluster, incident),
    )


def photo_comes_through(cluster):
    """Soon: a Pod that is going may still answer the first one."""
    wait_until(
        lambda: not photo.lost(cluster, within_s=PHOTO_S), what="no photo comes through", timeout_s=PHOTO_S
    )


def seed_of(name, **wanted):
    """A seed that draws an incident."""
    return next(
        seed for seed in range(10_000) if [one.name for one in draw(1, seed=seed, **wanted)] == [name]
    )


def test_each_way_to_repair_is_one_of_an_incident():
    assert {*LINES, *POLICIES} <= set(pool())


def test_it_is_there_until_somebody_repairs_it(well, incident):
    gone(well, incident)  # what an earlier test has begun has ended
    inject(well, incident, lambda ref, body: None)
    photo.lost(well, within_s=5)
    assert cause(well, incident)
    repair(well, incident)
    gone(well, incident)
    photo_comes_through(well)


def test_a_drill_ends_when_it_is_repaired_and_tells_then_what_it_was(well, capsys):
    name = "replicas-zero"
    begun = drill(level=1, seed=seed_of(name, level=1), cluster=well)
    assert not begun.is_over
    assert "image-processor" not in repr(begun) + capsys.readouterr().out
    again = drill(cluster=well)  # the same cell, run once more
    assert not again.is_over
    assert "not yet" in repr(again)  # a photo may come through still: by a Pod that is going
    assert "image-processor" not in repr(again)
    done = subprocess.run(
        [sys.executable, "-m", "kubeface", "drill", "--status", "--name", well.kubeconfig.stem],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "not yet" in done.stdout  # another process knows of it
    assert "image-processor" not in done.stdout
    repair(well, pool()[name])
    gone(well, pool()[name])
    over = drill(cluster=well)
    assert over.is_over
    assert pool()[name].was in repr(over)
    assert pool()[name].shown_by in repr(over)
    assert "after 3 looks" in repr(over)
    assert not Progress.of(well).path.with_suffix(".drill").exists()


def test_who_gives_up_has_everything_as_it_was(well):
    before = _everything(well)
    drill(2, seed=11, cluster=well)
    assert _everything(well) != before
    told = drill(give_up=True, cluster=well)
    assert told.is_over
    assert all(one.was in repr(told) for one in draw(2, seed=11))
    wait_until(lambda: _everything(well) == before, what="it is not as it was", timeout_s=GONE_S, every_s=1)
    photo_comes_through(well)


def test_a_pipeline_that_is_not_well_is_not_broken_further(well):
    well.patch("deployment/frontend", {"spec": {"replicas": 0}})
    with pytest.raises(LessonStopped, match="deployed and healthy"):
        drill(cluster=well)
