"""What a block led to, on a real API server; its controllers' part is done by hand."""

import time

import pytest

from kubeface.errors import BadInput
from kubeface.kube import Cluster, wait
from kubeface.kube.transport import ConnectionFailed
from kubeface.views import canned
from kubeface.views.changes import Changes, changes
from kubeface.views.live import Still
from kubeface.views.recording import Recording, recorded

pytestmark = pytest.mark.usefixtures("no_thread_is_left")

PATIENCE_S = 60
LABELS = {"app": "receiver"}


@pytest.fixture
def here(kubeconfig, space):
    """The cluster, with the test's own namespace to work in."""
    return Cluster.connect(kubeconfig, namespace=space)


def config_map(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def workload(kind, name, replicas=1, owner=None):
    pod = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "main", "image": "main:v1"}]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": LABELS}, "template": pod}
    meta = {"name": name, "labels": LABELS, "ownerReferences": owned_by(owner)}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": meta, "spec": spec}


def pod(name, owner=None):
    meta = {"name": name, "ownerReferences": owned_by(owner)}
    spec = {"containers": [{"name": "main", "image": "main:v1"}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}


def owned_by(owner):
    if owner is None:
        return []
    version = owner.raw.get("apiVersion", "apps/v1")
    told = {"apiVersion": version, "kind": owner.kind, "name": owner.name, "uid": owner.metadata.uid}
    return [{**told, "controller": True}]


@pytest.fixture
def ready(here, report):
    """Say of workloads that all their Pods are ready, and of Pods that they are."""

    def tell(*found):
        for one in found:
            count = one.desired
            status = {"observedGeneration": 9, "replicas": count, "readyReplicas": count}
            status |= {"availableReplicas": count}
            status |= {} if one.kind == "ReplicaSet" else {"updatedReplicas": count}
            if one.kind == "Pod":
                status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
                status["containerStatuses"] = [
                    {"name": "main", "ready": True, "image": "", "imageID": "", "restartCount": 0}
                ]
            report(one.ref, status, here.namespace)

    return tell


@pytest.fixture
def deployed(here, ready):
    """A Deployment, its ReplicaSet and Pods, as the controllers would make them."""

    def make(pods=2):
        deployment = here.create(workload("Deployment", "receiver", pods))
        set_ = here.create(workload("ReplicaSet", "receiver-7d9c5b6f4", pods, deployment))
        made = [here.create(pod(f"receiver-7d9c5b6f4-x2x9{letter}", set_)) for letter in "zbcd"[:pods]]
        ready(*made, set_, deployment)
        return deployment, set_, made

    return make


def test_what_is_created_stands_under_its_owners(here, deployed):
    with recorded(here) as seen:
        deployed()
    assert repr(seen) == (
        "1  + created  deployment/receiver  2 of 2 Pods ready\n"
        "2  └─ + created  replicaset/receiver-…  2 of 2 Pods ready\n"
        "3     └─ + created  pod/receiver-… ×2  Running, 1 of 1 ready"
    )


def test_it_is_shown_when_the_block_has_ended(here, capsys):
    with recorded(here):
        here.create(config_map("one"))
        assert capsys.readouterr().out == ""
    assert capsys.readouterr().out == "1  + created  configmap/one\n"


def test_what_is_changed_is_told_field_by_field_without_the_servers_noise(here):
    here.create(config_map("one", size="1", mode="plain"))
    with recorded(here) as seen:
        here.patch("cm/one", {"data": {"size": "2", "mode": None, "extra": "yes"}})
    assert repr(seen) == (
        "1  ~ modified  configmap/one\n     data.extra: + yes\n     data.mode: − plain\n     data.size: 1 → 2"
    )


def test_a_change_below_is_shown_under_owners_that_did_not_change(here, deployed, ready):
    _, set_, pods = deployed(pods=1)
    with recorded(here) as seen:
        here.delete(pods[0].ref, grace_s=0)
        ready(here.create(pod("receiver-7d9c5b6f4-bbbbb", set_)))
    assert repr(seen) == (
        "   · unchanged  deployment/receiver  1 of 1 Pods ready\n"
        "   └─ · unchanged  replicaset/receiver-…  1 of 1 Pods ready\n"
        "1     ├─ − deleted  pod/receiver-…\n"
        "2     └─ + created  pod/receiver-…  Running, 1 of 1 ready"
    )
    assert [(one.verb, one.one.name) for one in seen] == [
        ("deleted", "receiver-7d9c5b6f4-x2x9z"),
        ("created", "receiver-7d9c5b6f4-bbbbb"),
    ]


def test_a_state_that_controllers_report_is_told_in_words(here, deployed, ready):
    deployment, set_, _ = deployed(pods=1)
    with recorded(here) as seen:
        here.patch(deployment.ref, {"spec": {"replicas": 2}})
        here.patch(set_.ref, {"spec": {"replicas": 2}})
        ready(here.get(set_.ref), here.get(deployment.ref))
    assert repr(seen).splitlines()[:2] == [
        "1  ~ modified  deployment/receiver  1 of 1 Pods ready → 2 of 2 Pods ready",
        "   │  spec.replicas: 1 → 2",
    ]
    assert "status" not in repr(seen)


def test_what_nobody_decided_and_changes_no_state_is_left_out(here, deployed, report):
    deployment, _, _ = deployed(pods=1)
    with recorded(here) as seen:
        moment = {"type": "Progressing", "status": "True", "lastUpdateTime": "2026-01-01T00:00:00Z"}
        report(deployment.ref, {"conditions": [moment]}, here.namespace)
    assert (repr(seen), list(seen)) == ("(nothing has changed)", [])


def test_a_container_that_began_again_is_told(here, deployed, report):
    _, _, (one,) = deployed(pods=1)
    status = here.get(one.ref).raw["status"]["containerStatuses"][0]
    with recorded(here) as seen:
        report(one.ref, {"containerStatuses": [status | {"restartCount": 1}]}, here.namespace)
    assert "status.containerStatuses[main].restartCount: 0 → 1" in repr(seen)


def test_a_pod_that_was_going_before_is_not_the_blocks_doing(here, deployed):
    _, _, (one,) = deployed(pods=1)
    here.patch(one.ref, {"metadata": {"finalizers": ["kubeface.example/held"]}})
    here.delete(one.ref, grace_s=0)
    with recorded(here) as seen:
        here.create(config_map("one"))
        here.patch(one.ref, {"metadata": {"finalizers": None}})
        wait(here, one.ref, for_="deleted", timeout_s=30)
    assert repr(seen) == "1  + created  configmap/one"


def test_the_order_is_that_of_time_whatever_the_names(here):
    here.create(config_map("m"))
    with recorded(here) as seen:
        here.create(config_map("z"))
        here.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "y"}})
        here.delete("configmap/m")
        here.create(config_map("a"))
    assert [line.split("  ", 1)[1] for line in repr(seen).splitlines()] == [
        "+ created  configmap/z",
        "+ created  serviceaccount/y",
        "− deleted  configmap/m",
        "+ created  configmap/a",
    ]
    assert [one.ref for one in seen] == ["configmap/z", "serviceaccount/y", "configmap/m", "configmap/a"]


def test_what_came_and_went_is_told(here):
    with recorded(here) as seen:
        here.create(config_map("short"))
        here.delete("configmap/short")
    assert repr(seen) == "1  ± created and deleted  configmap/short"


def test_one_that_is_made_again_under_its_name_is_another(here):
    here.create(config_map("one"))
    with recorded(here) as seen:
        here.delete("configmap/one")
        here.create(config_map("one"))
    assert repr(seen) == "1  − deleted  configmap/one\n2  + created  configmap/one"


def test_a_secrets_values_are_never_shown(here):
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"key": "hush"}}
    here.create(secret)
    with recorded(here) as seen:
        here.patch("secret/s", {"stringData": {"key": "other"}})
    assert "data.key: (hidden) → (hidden)" in repr(seen)
    assert "b3RoZXI=" not in repr(seen) + seen._repr_html_()


def test_what_has_no_namespace_counts_and_what_is_in_another_does_not(here, space, cluster):
    name = f"{space[:40]}-x"
    with recorded(here) as seen:
        cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        cluster.create(config_map("elsewhere"), namespace=name)
        here.create(config_map("here"))
    mine = [
        one.ref for one in seen if one.ref in (f"namespace/{name}", "configmap/elsewhere", "configmap/here")
    ]
    assert mine == [f"namespace/{name}", "configmap/here"]


def test_it_waits_for_what_is_still_in_motion(here, deployed, ready, later):
    with recorded(here, timeout_s=PATIENCE_S) as seen:
        one = here.create(pod("alone"))
        later(lambda: ready(one))
    assert repr(seen) == "1  + created  pod/alone  Running, 1 of 1 ready"


def test_it_waits_for_what_follows_a_moment_later(here, later, monkeypatch):
    look = Recording.catch_up

    def look_and_go_on(recording):
        look(recording)
        later(lambda: here.create(config_map("second")))

    monkeypatch.setattr(Recording, "catch_up", look_and_go_on)
    monkeypatch.setattr("kubeface.views.recording.QUIET_S", 4.0)  # also where this machine is busy
    with recorded(here) as seen:
        here.create(config_map("first"))
    assert [one.ref for one in seen] == ["configmap/first", "configmap/second"]


def test_what_is_not_settled_in_time_is_named(here):
    started = time.monotonic()
    with recorded(here, timeout_s=1.5) as seen:
        here.create(pod("alone"))
    assert repr(seen) == (
        "1  + created  pod/alone  Pending, 0 of 1 ready\n"
        "not settled after 1.5 s: pod/alone (Pending, 0 of 1 ready)"
    )
    assert time.monotonic() - started < PATIENCE_S / 2


def test_what_is_stuck_is_not_waited_for(here, report):
    with recorded(here, timeout_s=PATIENCE_S) as seen:
        here.create(workload("Deployment", "receiver"))
        one = here.create(pod("receiver-1"))
        waiting = {"waiting": {"reason": "ImagePullBackOff"}}
        container = {"name": "main", "ready": False, "image": "", "imageID": "", "restartCount": 0}
        status = {"phase": "Pending", "containerStatuses": [container | {"state": waiting}]}
        report(one.ref, status, here.namespace)
        ended = time.monotonic()
    assert time.monotonic() - ended < PATIENCE_S / 2
    assert "pod/receiver-1  ImagePullBackOff, 0 of 1 ready" in repr(seen)


def test_an_error_in_the_block_goes_on_after_what_came_of_it_is_shown(here, capsys):
    def fail():
        with recorded(here, timeout_s=PATIENCE_S):
            here.create(pod("alone"))
            raise BadInput("on purpose")

    with pytest.raises(BadInput, match="on purpose"):
        fail()
    assert capsys.readouterr().out == "1  + created  pod/alone  Pending, 0 of 1 ready\n"


def test_what_the_clock_starts_is_left_out_and_what_a_person_starts_is_not(here):
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "main:v1"}]}}
    spec = {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": template}}}
    timed = here.create(
        {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "redeemer"}, "spec": spec}
    )
    done = {"apiVersion": "batch/v1", "kind": "Job", "spec": {"suspend": True, "template": template}}
    by_hand = {"cronjob.kubernetes.io/instantiate": "manual"}
    owners = owned_by(timed)
    with recorded(here, timeout_s=3) as seen:
        clock = here.create(done | {"metadata": {"name": "redeemer-29000000", "ownerReferences": owners}})
        here.create(pod("redeemer-29000000-x2x9z", clock))
        meta = {"name": "by-hand", "ownerReferences": owners, "annotations": by_hand}
        here.create(done | {"metadata": meta})
    assert [one.ref for one in seen] == ["job/by-hand"]


def test_the_watches_alone_tell_all_of_it(here):
    with Recording(here) as recording:
        here.create(config_map("one"))
        while not recording.changes():
            assert recording.wait(PATIENCE_S)
            recording.objects()
    assert [one.ref for one in recording.changes()] == ["configmap/one"]


def test_a_new_look_at_everything_tells_all_of_it_too(here, monkeypatch):
    monkeypatch.setattr(Recording, "_follow", lambda self, kind, since: None)
    here.create(config_map("old"))
    here.create(config_map("changing"))
    with recorded(here) as seen:
        here.delete("configmap/old")
        here.patch("configmap/changing", {"data": {"size": "2"}})
        here.create(config_map("new"))
    assert {(one.ref, one.verb) for one in seen} == {
        ("configmap/old", "deleted"),
        ("configmap/changing", "modified"),
        ("configmap/new", "created"),
    }


def test_kinds_that_this_user_may_not_see_are_named(here, kubeconfig):
    guest = Cluster.connect(kubeconfig, context="guest", namespace=here.namespace)
    with recorded(guest, timeout_s=0.5) as seen:
        here.create(config_map("one"))
    nothing, refused = repr(seen).splitlines()
    assert nothing == "(nothing has changed)"
    assert refused.startswith("not looked at, being refused: namespaces, nodes, pods")


def test_a_cluster_that_is_not_there_is_said_before_the_block_runs(here, tmp_path):
    config = tmp_path / "config"
    text = here.kubeconfig.read_text()
    address = here.transport.address
    config.write_text(text.replace(address, "https://127.0.0.1:1"))
    ran = []
    with pytest.raises(ConnectionFailed), recorded(Cluster.connect(config, namespace="default")):
        ran.append(1)
    assert ran == []


def test_live_it_shows_frames_while_things_settle(here, ready, monkeypatch):
    frames, made = [], []

    class Page(Still):
        def show(self, view, note):
            frames.append(repr(view))
            ready(*made)
            made.clear()

    monkeypatch.setattr("kubeface.views.recording.open_page", Page)
    with recorded(here, live=True, timeout_s=PATIENCE_S) as seen:
        made.append(here.create(pod("alone")))
    assert frames[0] == "1  + created  pod/alone  Pending, 0 of 1 ready"
    assert frames[-1] == repr(seen)


def test_exact_shows_every_object_by_its_full_name(here, deployed):
    with recorded(here, exact=True) as seen:
        deployed()
    assert [line.split("/")[-1].split("  ")[0] for line in repr(seen).splitlines()] == [
        "receiver",
        "receiver-7d9c5b6f4",
        "receiver-7d9c5b6f4-x2x9z",
        "receiver-7d9c5b6f4-x2x9b",
    ]


def test_a_longer_text_is_told_line_by_line():
    text = repr(changes(canned.UPGRADED))
    assert "data['nsq.cfg']:\n       − batch = 1\n       + batch = 20\n       + tries = 5\n" in text


def test_the_html_says_what_the_text_says():
    html = changes(canned.SCALED)._repr_html_()
    assert "pod/receiver-… ×2" in html
    assert "spec.replicas</span>: <del>1</del> → " in html
    assert Changes()._repr_html_() == "<p>(nothing has changed)</p>"


def test_what_the_cluster_says_cannot_break_out_of_the_page():
    hostile = "<script>"
    one = {"kind": hostile, "metadata": {"name": hostile}}
    fields = [(hostile, hostile, hostile), (hostile, None, f"{hostile}\n{hostile}")]
    html = changes([canned.became("modified", one, 1, hostile, *fields)])._repr_html_()
    assert "<script" not in html
    assert html.count("&lt;script") == 9
