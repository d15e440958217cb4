"""Nodes join and leave a running cluster; a cable that is pulled parts a node from the others."""

import json
from pathlib import Path

import pytest
from objects import claim, deployment, mount, named, pod

from kubeface.errors import BadInput, KubefaceError
from kubeface.kube import Cluster, apply, wait
from kubeface.kube.kubectl import run
from kubeface.linux import cgroups
from kubeface.local import state
from kubeface.local.cluster import LocalCluster
from kubeface.local.spec import ClusterSpec


def test_a_node_is_added_works_like_the_others_and_leaves_politely(
    trial: LocalCluster, provider: LocalCluster, api: Cluster
) -> None:
    assert provider.add_node() == "node3"
    assert [node.name for node in api.nodes() if node.is_ready] == ["node1", "node2", "node3"]
    serve = "mkdir -p /tmp/w; echo here > /tmp/w/index.html; exec busybox httpd -f -p 8080 -h /tmp/w"
    apply(api, [pod("far", serve, node="node3"), pod("near", node="node1"), deployment("spread", replicas=3)])
    for ref in ("pod/far", "pod/near", "deployment/spread"):
        wait(api, ref, for_="Ready", timeout_s=90)
    address = api.get("pod/far").status.podIP
    assert run(["exec", "near", "--", "wget", "-qO-", f"http://{address}:8080"], cluster=api) == "here\n"

    provider.remove_node("node3")
    assert [node.name for node in api.nodes()] == ["node1", "node2"]
    spread = [one for one in api.list("pods", labels={"app": "spread"}) if one.is_ready]
    assert {one.node for one in spread} <= {"node1", "node2"}
    saved = state.saved(trial.spec.name)
    assert saved is not None
    third = ClusterSpec(trial.spec.name, node_count=3).nodes[2]
    assert [node.name for node in saved.nodes] == ["node1", "node2"]
    assert not third.folder.exists()
    assert not Path("/run/netns", third.netns).exists()
    assert cgroups.processes(third.cgroup) == []
    provider.up(say=print)  # which would bring back what is only half gone
    assert [node.name for node in api.nodes()] == ["node1", "node2"]


def test_a_node_stays_open_when_a_pod_may_not_leave_it(
    trial: LocalCluster, provider: LocalCluster, api: Cluster
) -> None:
    guard = named("policy/v1", "PodDisruptionBudget", "guard")
    guard["spec"] = {"minAvailable": 1, "selector": {"matchLabels": {"app": "needed"}}}
    apply(api, [guard, pod("needed", node="node2", labels={"app": "needed"})])
    wait(api, "pod/needed", for_="Ready", timeout_s=60)
    with pytest.raises(KubefaceError, match=r"(?s)Not every Pod left node2.*disruption"):
        provider.remove_node("node2", timeout_s=8)
    assert not api.get("node/node2").spec.unschedulable
    assert api.get("pod/needed").is_ready


def test_a_node_with_volumes_and_the_last_node_are_kept(
    trial: LocalCluster, provider: LocalCluster, api: Cluster
) -> None:
    apply(api, [claim("precious"), mount(pod("owner", node="node2"), "precious")])
    wait(api, "pod/owner", for_="Ready", timeout_s=60)
    with pytest.raises(BadInput, match=r"(?s)holds volumes.*default/precious"):
        provider.remove_node("node2")
    assert not api.get("node/node2").spec.unschedulable
    with pytest.raises(BadInput, match="There is no node 'node7'"):
        provider.remove_node("node7")


def test_the_shape_of_a_cluster_outlives_programs_that_know_no_removed_nodes() -> None:
    spec = ClusterSpec("shape", node_count=3)
    assert spec.without_node("node2").gone == (2,)
    assert spec.without_node("node2").without_node("node3") == ClusterSpec("shape", node_count=1)
    assert spec.without_node("node3") == ClusterSpec("shape", node_count=2)
    assert [node.name for node in spec.without_node("node1").nodes] == ["node2", "node3"]
    again, name = spec.without_node("node2").with_node()
    assert (again, name) == (spec, "node2")
    assert spec.with_node()[1] == "node4"


def test_a_cluster_file_of_before_is_read(trial: LocalCluster) -> None:
    file = trial.spec.folder / "cluster.json"
    assert "gone" not in json.loads(file.read_text())
    assert state.saved(trial.spec.name) == trial.spec
