import contextlib
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
import yaml

from kubeface.errors import NotReady
from kubeface.kube import Cluster, wait, wait_all

AVAILABLE = {"observedGeneration": 1, "conditions": [{"type": "Available", "status": "True"}]}


def config_map(name):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}


def deployment(name, replicas=1):
    labels = {"app": name}
    container = {"name": "main", "image": "nowhere.invalid/none:1"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def pod(name, labels=None, **spec):
    container = {"name": "main", "image": "nowhere.invalid/none:1"}
    metadata = {"name": name, "labels": labels or {}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": [container], **spec},
    }


def event(one, reason, message):
    about = {"kind": one.kind, "name": one.name, "namespace": one.namespace, "uid": one.metadata.uid}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": "event-"},
        "involvedObject": about,
        "reason": reason,
        "message": message,
        "lastTimestamp": "2026-01-01T00:00:00Z",
    }


def test_what_holds_already_is_not_waited_for(cluster, space, report):
    cluster.create(deployment("web"), namespace=space)
    report("deployment/web", AVAILABLE, space)
    assert wait(cluster, "deployment/web", namespace=space, timeout_s=5).name == "web"


def test_a_change_ends_the_wait_at_once(cluster, space, report, later):
    cluster.create(deployment("web"), namespace=space)
    later(lambda: report("deployment/web", AVAILABLE, space))
    started = time.monotonic()
    wait(cluster, "deployment/web", namespace=space, timeout_s=20)
    assert time.monotonic() - started < 3


def test_an_old_status_says_nothing_about_a_new_spec(cluster, space, report):
    cluster.create(deployment("web"), namespace=space)
    report("deployment/web", AVAILABLE, space)
    cluster.patch("deployment/web", {"spec": {"replicas": 2}}, namespace=space)
    with pytest.raises(NotReady, match="deployment/web was not Available after 1 s"):
        wait(cluster, "deployment/web", namespace=space, timeout_s=1)


def test_an_object_may_come_later(cluster, space, later):
    later(lambda: cluster.create(config_map("one"), namespace=space))
    assert wait(cluster, "configmap/one", for_="exists", namespace=space, timeout_s=20).name == "one"


def test_an_object_may_go(cluster, space, later):
    cluster.create(config_map("one"), namespace=space)
    later(lambda: cluster.delete("configmap/one", namespace=space))
    assert wait(cluster, "configmap/one", for_="deleted", namespace=space, timeout_s=20) is None


def test_a_function_of_the_object_is_a_condition_too(cluster, space):
    cluster.create(deployment("web", replicas=3), namespace=space)
    assert wait(cluster, "deployment/web", for_=lambda d: d.spec.replicas == 3, namespace=space).wanted == 3


def test_a_wait_ends_at_its_deadline(cluster, space):
    cluster.create(deployment("web"), namespace=space)
    started = time.monotonic()
    with pytest.raises(NotReady, match="kubectl describe deployment web"):
        wait(cluster, "deployment/web", namespace=space, timeout_s=1)
    assert 0.9 < time.monotonic() - started < 3


def test_all_share_one_deadline(cluster, space):
    started = time.monotonic()
    with pytest.raises(NotReady):
        wait_all(cluster, ["configmap/a", "configmap/b", "configmap/c"], namespace=space, timeout_s=1)
    assert time.monotonic() - started < 3


def test_a_failed_job_is_not_waited_for(cluster, space, report):
    spec = {"template": {"spec": {"restartPolicy": "Never", "containers": pod("x")["spec"]["containers"]}}}
    cluster.create(
        {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "sum"}, "spec": spec}, namespace=space
    )
    failed = [
        {"type": t, "status": "True", "reason": "BackoffLimitExceeded", "message": "too often"}
        for t in ("FailureTarget", "Failed")
    ]
    report("job/sum", {"startTime": "2026-01-01T00:00:00Z", "conditions": failed}, space)
    with pytest.raises(
        NotReady, match=r"(?s)job/sum will not be Complete any more.*BackoffLimitExceeded: too often"
    ):
        wait(cluster, "job/sum", for_="Complete", namespace=space, timeout_s=60)


def seen_in(cluster, space, ref="pod/one", for_="Ready"):
    with pytest.raises(NotReady) as caught:
        wait(cluster, ref, for_=for_, namespace=space, timeout_s=0.5)
    return caught.value.seen


def test_a_pod_without_a_node_tells_what_the_scheduler_said(cluster, space, report):
    cluster.create(pod("one"), namespace=space)
    said = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "3 Insufficient cpu",
    }
    report("pod/one", {"conditions": [said]}, space)
    assert "pod/one has no node: Unschedulable: 3 Insufficient cpu" in seen_in(cluster, space)


def test_an_image_that_cannot_be_pulled_is_named(cluster, space, report):
    cluster.create(pod("one"), namespace=space)
    state = {"waiting": {"reason": "ErrImagePull", "message": "nowhere.invalid/none:1: not found"}}
    report("pod/one", {"containerStatuses": [container_status(state)]}, space)
    assert "container main: ErrImagePull: nowhere.invalid/none:1: not found" in seen_in(cluster, space)


def test_a_crash_loop_tells_its_exit_code(cluster, space, report):
    cluster.create(pod("one"), namespace=space)
    state = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    last = {"terminated": {"exitCode": 3, "reason": "Error"}}
    report("pod/one", {"containerStatuses": [container_status(state, last)]}, space)
    seen = seen_in(cluster, space)
    assert "CrashLoopBackOff: back-off 10s" in seen
    assert "ended with exit code 3 (Error)" in seen


def test_a_failing_probe_is_quoted_through_the_deployment(cluster, space):
    cluster.create(deployment("web"), namespace=space)
    one = cluster.create(pod("web-1", {"app": "web"}), namespace=space)
    cluster.create(event(one, "Unhealthy", "Readiness probe failed: HTTP 503"), namespace=space)
    seen = seen_in(cluster, space, "deployment/web", "Available")
    assert "0 of 1 Pods ready" in seen
    assert "pod/web-1: Unhealthy: Readiness probe failed: HTTP 503" in seen


def test_an_unbound_claim_is_named_with_the_provisioners_words(cluster, space, report):
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "disk"}}
    cluster.create(pod("one", volumes=[volume]), namespace=space)
    size = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "disk"}, "spec": size}
    made = cluster.create(claim, namespace=space)
    cluster.create(event(made, "ProvisioningFailed", 'storageclass "gold" not found'), namespace=space)
    said = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "unbound"}
    report("pod/one", {"conditions": [said]}, space)
    assert 'disk is not bound: ProvisioningFailed: storageclass "gold" not found' in seen_in(cluster, space)


def test_pods_that_were_refused_are_told_by_their_workload(cluster, space, report):
    cluster.create(deployment("web"), namespace=space)
    failure = {
        "type": "ReplicaFailure",
        "status": "True",
        "reason": "FailedCreate",
        "message": "violates PodSecurity",
    }
    report("deployment/web", {"conditions": [failure]}, space)
    assert "FailedCreate: violates PodSecurity" in seen_in(cluster, space, "deployment/web", "Available")


def test_a_namespace_that_does_not_go_says_what_holds_it(cluster, space, report):
    held = {
        "type": "NamespaceContentRemaining",
        "status": "True",
        "reason": "SomeResourcesRemain",
        "message": "2 pods",
    }
    fine = {
        "type": "NamespaceDeletionContentFailure",
        "status": "False",
        "reason": "ContentDeleted",
        "message": "ok",
    }
    report(f"namespace/{space}", {"conditions": [held, fine]}, space)
    seen = seen_in(cluster, space, f"namespace/{space}", "deleted")
    assert seen.splitlines() == ["it is Active", "SomeResourcesRemain: 2 pods"]


def container_status(state, last=None):
    return {
        "name": "main",
        "image": "nowhere.invalid/none:1",
        "imageID": "",
        "ready": False,
        "restartCount": 2,
        "state": state,
        "lastState": last or {},
    }


def test_a_wait_outlives_an_api_server_that_is_away(kubeconfig, space, cluster, later, tmp_path):
    cluster.create(config_map("one"), namespace=space)
    config = yaml.safe_load(kubeconfig.read_text())
    target = urlsplit(config["clusters"][0]["cluster"]["server"])
    door = Door(target.port)
    config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{door.port}"
    (tmp_path / "config").write_text(yaml.safe_dump(config))
    later(door.open)
    far = Cluster.connect(tmp_path / "config")
    try:
        assert wait(far, "configmap/one", for_="exists", namespace=space, timeout_s=20).name == "one"
        assert door.is_open
    finally:
        door.close()


class Door:
    """A port that refuses until it is opened, and then leads to the API server."""

    def __init__(self, target):
        self._target = target
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.is_open = False

    def open(self):
        self._socket.listen()
        self.is_open = True
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._socket.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._socket.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(source, sink), daemon=True).start()


def _pass_on(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
    source.close()
