import contextlib
import re
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
import yaml

from kubeface.errors import BadInput, NotReady
from kubeface.kube import Cluster, transport, wait, wait_all

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


def test_what_holds_already_is_not_waited_for(cluster, space, report):
    cluster.create(deployment("web"), namespace=space)
    report("deployment/web", AVAILABLE, space)
    assert wait(cluster, "deployment/web", namespace=space, timeout_s=60).name == "web"


def test_a_change_ends_the_wait_at_once(cluster, space, report, later):
    cluster.create(deployment("web"), namespace=space)
    later(lambda: report("deployment/web", AVAILABLE, space))
    wait(cluster, "deployment/web", namespace=space, timeout_s=600)


def test_an_old_status_says_nothing_about_a_new_spec(cluster, space, report):
    cluster.create(deployment("web"), namespace=space)
    report("deployment/web", AVAILABLE, space)
    cluster.patch("deployment/web", {"spec": {"replicas": 2}}, namespace=space)
    with pytest.raises(NotReady, match="deployment/web was not Available after 1 s"):
        wait(cluster, "deployment/web", namespace=space, timeout_s=1)


def test_an_object_may_come_later(cluster, space, later):
    later(lambda: cluster.create(config_map("one"), namespace=space))
    assert wait(cluster, "configmap/one", for_="exists", namespace=space, timeout_s=60).name == "one"


def test_an_object_may_go(cluster, space, later):
    cluster.create(config_map("one"), namespace=space)
    later(lambda: cluster.delete("configmap/one", namespace=space))
    assert wait(cluster, "configmap/one", for_="deleted", namespace=space, timeout_s=60) is None


def test_a_function_of_the_object_is_a_condition_too(cluster, space):
    cluster.create(deployment("web", replicas=3), namespace=space)
    assert wait(cluster, "deployment/web", for_=lambda d: d.spec.replicas == 3, namespace=space).desired == 3


def test_a_wait_ends_at_its_deadline(cluster, space):
    cluster.create(deployment("web"), namespace=space)
    with pytest.raises(NotReady, match=r"(?s)was not Available after 1 s.*kubectl describe deployment web"):
        wait(cluster, "deployment/web", namespace=space, timeout_s=1)


def test_all_share_one_deadline(cluster, space):
    cluster.create(config_map("a"), namespace=space)
    with pytest.raises(NotReady, match="configmap/b did not exist after 1 s"):
        wait_all(cluster, ["configmap/a", "configmap/b"], for_="exists", namespace=space, timeout_s=1)


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


def test_a_failed_pod_is_not_waited_for(cluster, space, report):
    cluster.create(pod("x"), namespace=space)
    report("pod/x", {"phase": "Failed"}, space)
    with pytest.raises(NotReady, match=r"(?s)pod/x will not be Succeeded any more.*it is Failed"):
        wait(cluster, "pod/x", for_="Succeeded", namespace=space, timeout_s=60)


@pytest.fixture
def door(kubeconfig):
    """A port that leads to the API server, once it is opened."""
    config = yaml.safe_load(kubeconfig.read_text())
    made = Door(urlsplit(config["clusters"][0]["cluster"]["server"]).port)
    yield made
    made.close()


@pytest.fixture
def far(kubeconfig, door, tmp_path):
    """The API server, through that port."""
    config = yaml.safe_load(kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{door.port}"
    (tmp_path / "config").write_text(yaml.safe_dump(config))
    return Cluster.connect(tmp_path / "config")


def test_a_wait_outlives_an_api_server_that_is_away(cluster, space, later, door, far):
    cluster.create(config_map("one"), namespace=space)
    later(door.open)
    assert wait(far, "configmap/one", for_="exists", namespace=space, timeout_s=60).name == "one"
    assert door.is_open


def test_a_watch_whose_connection_has_died_is_asked_for_anew(cluster, space, later, door, far, monkeypatch):
    monkeypatch.setattr(transport, "IDLE_S", 0.5)
    door.open()
    far.version()
    began = time.monotonic()

    def die_and_create():
        door.lose_connections()
        cluster.create(config_map("one"), namespace=space)

    later(die_and_create)
    assert wait(far, "configmap/one", for_="exists", namespace=space, timeout_s=60)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("ref", "for_", "said"),
    [
        ("deployment/web", "Happy", "a Deployment is never 'Happy'"),
        ("pod/x", "Happy", "a Pod is never 'Happy'"),
        ("pod/x", "Available", "a Pod is never 'Available'"),
        ("configmap/one", "Ready", "a ConfigMap is never 'Ready'\nit may be deleted, exists"),
        ("deployment/web", "ready", 'Try: for_="Ready"'),
        ("deployment/nobody", "condition=Available", 'Try: for_="Available"'),
        ("pod/x", "delete", 'Try: for_="deleted"'),
        ("deployment/web", "", "for_ is empty"),
        ("deployment/web", None, "neither a word nor a function"),
    ],
)
def test_a_wait_in_vain_is_refused_at_once(cluster, space, ref, for_, said):
    cluster.create(deployment("web"), namespace=space)
    cluster.create(pod("x"), namespace=space)
    with pytest.raises(BadInput, match=re.escape(said)):
        wait(cluster, ref, for_=for_, namespace=space, timeout_s=600)


def test_a_condition_of_somebody_elses_is_waited_for(cluster, space, report, later):
    cluster.create(pod("gated", readinessGates=[{"conditionType": "example.com/warm"}]), namespace=space)
    cluster.create(pod("told"), namespace=space)
    warm = {"conditions": [{"type": "example.com/warm", "status": "True"}]}
    later(lambda: report("pod/gated", warm, space))
    assert wait(cluster, "pod/gated", for_="example.com/warm", namespace=space, timeout_s=60)
    report("pod/told", warm, space)
    assert wait(cluster, "pod/told", for_="example.com/warm", namespace=space, timeout_s=60)


def test_of_a_kind_that_the_course_does_not_know_everything_may_come(cluster):
    ref = cluster.list("flowschemas")[0].ref
    with pytest.raises(NotReady, match=r"was not Happy after 0\.2 s"):
        wait(cluster, ref, for_="Happy", timeout_s=0.2)


@pytest.mark.parametrize("phase", ["Pending", "Failed"])
def test_a_phase_may_be_waited_for(cluster, space, report, phase):
    cluster.create(pod("x"), namespace=space)
    report("pod/x", {"phase": phase}, space)
    assert wait(cluster, "pod/x", for_=phase, namespace=space, timeout_s=60)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda cluster: wait(), "missing a required argument: 'cluster'"),
        (lambda cluster: wait("deployment/web"), "missing a required argument: 'ref'"),
        (lambda cluster: wait("deployment/web", "Ready"), "cluster is a str, not a Cluster"),
        (lambda cluster: wait(cluster, 5), "ref is a int, not a str"),
        (lambda cluster: wait(cluster, "web"), "'web' is not a ref"),
        (lambda cluster: wait(cluster, "pod/x", timeout_s=None), "timeout_s is None, not a Number"),
        (
            lambda cluster: wait(cluster, "pod/x", condition="Ready"),
            "unexpected keyword argument 'condition'",
        ),
    ],
)
def test_a_call_that_does_not_fit_is_answered_in_a_sentence(cluster, call, said):
    with pytest.raises(BadInput, match=said):
        call(cluster)


def test_a_watch_whose_time_is_up_ends(cluster):
    kind = cluster.kind("configmap")
    _, since = cluster.snapshot(kind)
    assert list(cluster.watch(kind, since=since, timeout_s=0.0)) == []


class Door:
    """A port that refuses until it is opened, and then leads to the API server."""

    def __init__(self, target):
        self._target = target
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.is_open = False
        self._is_lost = threading.Event()

    def lose_connections(self):
        """Pass nothing on any more through the connections that there are: none of their ends is told."""
        self._is_lost.set()
        self._is_lost = threading.Event()

    def open(self):
        self._socket.listen()
        self.is_open = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        """Nobody waits at this port afterwards: its descriptor is the next socket's."""
        if self.is_open:
            self._socket.shutdown(socket.SHUT_RDWR)
            self._thread.join()
        self._socket.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._socket.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(source, sink, self._is_lost), daemon=True).start()


def _pass_on(source, sink, is_lost):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            if not is_lost.is_set():
                sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
    source.close()
