"""The policies name the Pods' ranges of the cluster at hand."""

import pytest

from kubeface.kube import kustomize
from kubeface.pipeline.deploy import manifests_folder
from kubeface.pipeline.ranges import STANDARD, fitted, pod_ranges, widened

WITH_RANGES = {"face-recognition", "image-processor", "nsqd", "nsqlookupd"}


def node(cluster, name, address, cidr):
    spec = {"podCIDR": cidr, "podCIDRs": [cidr]}
    status = {
        "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}]
    }
    meta = {"name": name}
    cluster.create({"apiVersion": "v1", "kind": "Node", "metadata": meta, "spec": spec, "status": status})


def excepted(objects):
    """The ranges that each policy leaves out, by its name."""
    found = {}
    for one in objects:
        if one["kind"] == "NetworkPolicy":
            peers = [peer for rule in one["spec"].get("ingress", []) for peer in rule.get("from", [])]
            for block in (peer["ipBlock"] for peer in peers if "ipBlock" in peer):
                found[one["metadata"]["name"]] = block["except"]
    return found


def test_the_manifests_can_be_applied_as_they_are():
    assert excepted(kustomize(manifests_folder())) == {name: [STANDARD] for name in WITH_RANGES}


@pytest.mark.parametrize(
    ("said", "addresses", "hosts", "ranges"),
    [
        ([], ["10.144.0.5", "10.144.2.7"], ["172.31.0.11"], ["10.144.0.0/16"]),  # the embedded cluster
        (["10.244.0.0/24", "10.244.1.0/24"], [], ["192.168.1.2"], ["10.244.0.0/16"]),  # kind, kubeadm
        (["10.42.0.0/24"], ["10.42.0.9"], ["10.0.0.4"], ["10.42.0.0/16"]),  # k3s
        (["10.4.0.0/14"], ["10.6.1.1"], ["10.128.0.2"], ["10.4.0.0/14"]),  # one wide range
        (["10.0.1.0/24", "10.0.2.0/24"], ["10.0.1.7"], ["10.0.0.4"], ["10.0.1.0/24", "10.0.2.0/24"]),
        ([], ["10.0.0.7"], ["10.0.0.4"], []),  # Pods beside their nodes: nothing tells them apart
        (["fd00::/64", "10.9.1.0/24"], ["fd00::7", "10.9.1.3"], ["fe80::1", "node.example"], ["10.9.0.0/16"]),
        ([], [], ["10.0.0.4"], []),
        ([], ["10.1.0.1", "10.2.0.1"], [], ["10.1.0.0/16", "10.2.0.0/16"]),
    ],
)
def test_ranges_are_as_wide_as_the_nodes_addresses_allow(said, addresses, hosts, ranges):
    assert [str(one) for one in widened(said, addresses, hosts)] == ranges


def test_every_policy_that_names_the_standard_range_names_the_clusters_instead(cluster):
    node(cluster, "ranged", "192.168.7.2", "10.144.3.0/24")
    objects = fitted(cluster, kustomize(manifests_folder()))
    assert excepted(objects) == {name: pod_ranges(cluster) for name in WITH_RANGES}
    assert "10.144.0.0/16" in pod_ranges(cluster)
    cluster.delete("node/ranged")


def test_objects_without_such_a_policy_ask_the_cluster_nothing():
    objects = kustomize(manifests_folder() / "mysql")
    assert fitted(None, objects) == objects
