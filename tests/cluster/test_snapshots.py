"""A snapshot holds the API's objects and the volumes of one moment, and is come back to in seconds."""

import time

import pytest
from objects import claim, deployment, mount, named, pod

from kubeface.errors import BadInput
from kubeface.kube import Cluster, apply, wait
from kubeface.kube.kubectl import run
from kubeface.local.cluster import LocalCluster

#: Adds a line a hundred times a second to a file on each of two volumes, first to one, then to the other.
WRITER = "while true; do echo line >> /own/f; echo line >> /ours/f; sleep 0.01; done"
WITHIN_S = 90  # chosen: three times a start, for a machine that does other things too


def test_the_cluster_comes_back_to_what_it_was(
    trial: LocalCluster, provider: LocalCluster, api: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    claims = [claim("own"), claim("ours", "shared", "ReadWriteMany")]
    apply(api, [*claims, deployment("web"), mount(pod("writer", WRITER, node="node2"), "own", "ours")])
    for ref in ("pod/writer", "deployment/web"):
        wait(api, ref, for_="Ready", timeout_s=60)
    uid = api.get("deployment/web").metadata.uid
    start = time.monotonic()
    provider.save_snapshot("before")
    saved_s = time.monotonic() - start
    assert api.get("pod/writer").is_ready  # it went on

    apply(api, [named("v1", "ConfigMap", "later")])
    api.delete("deployment/web")
    run(["exec", "writer", "--", "sh", "-c", "kill 1; echo spoilt > /ours/f"], cluster=api)
    start = time.monotonic()
    provider.restore_snapshot("before", say=print)
    restored_s = time.monotonic() - start
    with capsys.disabled():
        print(f"\nsnapshot: saved in {saved_s:.1f} s, restored in {restored_s:.1f} s")
    assert api.find("configmap/later") is None
    assert api.get("deployment/web").metadata.uid == uid
    wait(api, "deployment/web", for_="Ready", timeout_s=60)
    assert restored_s < WITHIN_S


def test_both_volumes_are_of_the_same_moment(trial: LocalCluster, provider: LocalCluster) -> None:
    folder = trial.spec.folder / "snapshots" / "before" / "volumes"
    own = next((folder / "node2").glob("*/f")).read_text().splitlines()
    ours = next((folder / "shared").glob("*/f")).read_text().splitlines()
    assert own
    assert len(own) - len(ours) in (0, 1)  # never the second ahead of the first
    assert [one.name for one in provider.snapshots()] == ["before"]


def test_a_snapshot_is_asked_for_by_a_name_that_is_free_and_found_by_one_that_is_there(
    trial: LocalCluster, provider: LocalCluster
) -> None:
    with pytest.raises(BadInput, match="already"):
        provider.save_snapshot("before")
    with pytest.raises(BadInput, match="no name"):
        provider.save_snapshot("../etc")
    with pytest.raises(BadInput, match=r"(?s)no snapshot after.*before"):
        provider.restore_snapshot("after", say=print)
    provider.remove_snapshot("before")
    assert provider.snapshots() == []
