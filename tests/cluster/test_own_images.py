"""What is pushed to a cluster's registry is that cluster's own, and goes with a reset."""

from objects import pod

from kubeface.images import Images
from kubeface.images.registry_data import kept_in, tags
from kubeface.kube import Cluster, KubeObject, wait
from kubeface.local.cluster import LocalCluster
from kubeface.local.spec import REGISTRY_HOST


def test_a_pushed_image_is_no_other_clusters_and_goes_with_a_reset(trial: LocalCluster, api: Cluster) -> None:
    registry = Images.of(api)
    courses = registry.get("receiver", "v1.0").digest
    base = registry.get("busybox", "v1.0")
    registry.make("hello", "v9", base=base, files={"a": "b"}, command=["true"])
    registry.make("receiver", "v1.0", base=base, files={"a": "b"}, command=["sleep", "infinity"])
    runs = pod("someone", "sleep infinity") | {}
    runs["spec"]["containers"][0]["image"] = f"{REGISTRY_HOST}/receiver:v1.0"
    api.apply(runs)
    wait(api, "pod/someone", for_="Ready", timeout_s=60)
    kept = tags(kept_in(trial.tools.cache))
    assert "hello:v9" not in kept
    assert kept["receiver:v1.0"] == courses
    trial.reset()
    assert "hello" not in registry.names()
    assert registry.get("receiver", "v1.0").digest == courses
    api.apply(runs)  # a node that held the pushed one pulls the course's
    seen = wait(api, "pod/someone", for_=lambda one: bool(one.status.containerStatuses), timeout_s=60)
    seen = wait(
        api, "pod/someone", for_=lambda one: bool(one.status.containerStatuses[0].imageID), timeout_s=60
    )
    assert seen.status.containerStatuses[0].imageID.endswith(courses)
    api.delete("pod/someone", grace_s=0)


def _has_pulled(one: KubeObject) -> bool:
    told = one.status.containerStatuses
    return bool(told and told[0].imageID)
