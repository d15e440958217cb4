"""A lesson's state comes from whatever was there before, and what is right already is kept as it is."""

from dataclasses import replace

import pytest
import yaml

from kubeface.errors import NotReady
from kubeface.kube import Cluster, apply, kubectl, learner, wait
from kubeface.kube.wait import Deadline
from kubeface.lesson import LessonStopped, State, drift
from kubeface.lesson.prepare import arrange, bring
from kubeface.model.ownership import PART_OF


@pytest.fixture
def state(folder, named):
    return State(folders=("base",), manifests=folder("base", greeting={"to": "you"}))


def maps(cluster, space):
    found = cluster.list("configmaps", namespace=space)
    return {one.name: dict(one.raw.get("data") or {}) for one in found}


def workload(tmp_path, space, **more):
    """A state with a Deployment that no controller looks at; it counts as a plain object here."""
    pod = {"metadata": {"labels": {"app": "app"}}, "spec": {"containers": [{"name": "app", "image": "app"}]}}
    spec = {"selector": {"matchLabels": {"app": "app"}}, "template": pod} | more
    one = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "app"}, "spec": spec}
    home = tmp_path / "manifests" / "app"
    home.mkdir(parents=True, exist_ok=True)
    (home / "app.yaml").write_text(yaml.safe_dump(one))
    (home / "kustomization.yaml").write_text(yaml.safe_dump({"namespace": space, "resources": ["app.yaml"]}))
    return State(folders=("app",), manifests=home.parent)


def config_map(name, data=None, **spec):
    meta = {"name": name, **spec}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data or {}}


def ready(cluster, state, timeout_s=60):
    """The state, as far as it comes about without controllers: no Pod ever gets ready here."""
    if "app" in state.folders:
        return arrange(cluster, state, Deadline.after(timeout_s))
    return bring(cluster, state, timeout_s=timeout_s)


def test_from_nothing_everything_is_made(here, state, named):
    ready(here, state)
    assert maps(here, named) == {"greeting": {"to": "you"}}
    assert here.get(f"namespace/{named}").labels["app.kubernetes.io/part-of"] == "face-pipeline"


def test_a_second_time_changes_nothing(here, state, named):
    ready(here, state)
    before = here.get("cm/greeting", namespace=named).metadata.resourceVersion
    ready(here, state)
    assert here.get("cm/greeting", namespace=named).metadata.resourceVersion == before


def test_a_changed_field_is_put_right(here, state, named):
    ready(here, state)
    here.patch("cm/greeting", {"data": {"to": "me"}}, namespace=named)
    ready(here, state)
    assert maps(here, named) == {"greeting": {"to": "you"}}


def test_an_added_field_is_taken_away(here, state, named):
    ready(here, state)
    here.patch("cm/greeting", {"data": {"from": "a learner"}}, namespace=named)
    ready(here, state)
    assert maps(here, named) == {"greeting": {"to": "you"}}


def test_on_somebodys_cluster_an_object_without_the_label_stays_and_stops_the_lesson(here, state, named):
    office = Cluster(here.kubeconfig, "office", named, here.transport)
    ready(office, state)
    here.patch("cm/greeting", {"data": {"to": "me"}}, namespace=named)
    here.create(config_map("theirs"), namespace=named)
    here.create(config_map("ours", labels=PART_OF), namespace=named)
    for asked in (state, State(gone=(named,))):
        with pytest.raises(LessonStopped, match="without the course's label") as stopped:
            bring(office, asked, timeout_s=60)
        assert f"configmap/theirs in {named}" in stopped.value.seen
        assert "configmap/ours" not in stopped.value.seen
    assert maps(here, named) == {"greeting": {"to": "me"}, "theirs": {}, "ours": {}}
    bring(office, state, timeout_s=60, clear=True)
    assert maps(here, named) == {"greeting": {"to": "you"}}


def test_on_somebodys_cluster_two_learners_do_not_undo_each_others_work(here, state, named, monkeypatch):
    office = Cluster(here.kubeconfig, "office", named, here.transport)
    monkeypatch.setattr(learner, "myself", lambda: "anna@laptop")
    ready(office, state)
    ready(office, state)
    monkeypatch.setattr(learner, "myself", lambda: "bob@desk")
    for asked in (state, State(gone=(named,))):
        with pytest.raises(LessonStopped, match="anna@laptop learns") as stopped:
            bring(office, asked, timeout_s=60)
    kubectl(stopped.value.try_next.rpartition("kubectl ")[2], cluster=here)
    ready(office, state)
    ready(here, state)  # on the course's own nobody else learns


def test_what_was_added_to_a_workload_goes_and_a_scaled_one_scales_back(here, named, tmp_path):
    ready(here, workload(tmp_path, named))
    for change in ({"replicas": 5}, {"template": {"spec": {"hostNetwork": True}}}):
        here.patch("deployment/app", {"spec": change}, namespace=named)
    ready(here, workload(tmp_path, named))
    spec = here.get("deployment/app", namespace=named).spec
    assert (spec.replicas, spec.template.spec.hostNetwork) == (1, None)


def test_a_workload_is_put_right_whose_added_fields_contradict_its_manifest(here, named, tmp_path):
    bounds = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    ready(here, workload(tmp_path, named, strategy=bounds))
    change = {"strategy": {"type": "Recreate", "rollingUpdate": None}}
    here.patch("deployment/app", {"spec": change}, namespace=named)
    ready(here, workload(tmp_path, named, strategy=bounds))
    assert here.get("deployment/app", namespace=named).spec.strategy == {"type": "RollingUpdate", **bounds}


def test_a_workload_that_a_controller_writes_into_meanwhile_is_put_right(here, named, tmp_path):
    state = workload(tmp_path, named)
    ready(here, state)
    read = here.get("deployment/app", namespace=named)
    here.patch("deployment/app", {"spec": {"replicas": 5}}, namespace=named)
    (manifest,) = state.objects()
    assert drift.replace(here, manifest, read).spec.replicas == 1


def test_a_workload_that_is_right_is_not_rolled_out_again(here, named, tmp_path):
    ready(here, workload(tmp_path, named))
    kubectl(f"annotate deployment app -n {named} note=mine", cluster=here)
    before = here.get("deployment/app", namespace=named).metadata.generation
    ready(here, workload(tmp_path, named))
    assert here.get("deployment/app", namespace=named).metadata.generation == before


def test_an_object_that_was_deleted_is_made_again(here, state, named):
    ready(here, state)
    here.delete("cm/greeting", namespace=named)
    ready(here, state)
    assert maps(here, named) == {"greeting": {"to": "you"}}


def test_what_should_not_be_there_goes(here, state, named):
    ready(here, state)
    here.create(config_map("stray"), namespace=named)
    here.create(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "stray"},
            "spec": {"containers": [{"name": "one", "image": "one"}]},
        },
        namespace=named,
    )
    ready(here, state)
    assert list(maps(here, named)) == ["greeting"]
    assert here.list("pods", namespace=named) == []


def test_what_belongs_to_the_namespace_or_is_to_be_kept_stays(here, state, named):
    ready(here, state)
    for name in ("kube-root-ca.crt", "kept", "stray"):
        here.create(config_map(name), namespace=named)
    ready(here, replace(state, keep=("configmap/kept",)))
    assert sorted(maps(here, named)) == ["greeting", "kept", "kube-root-ca.crt"]


def test_what_has_an_owner_is_its_owners_business(here, state, named):
    ready(here, state)
    owner = here.get("cm/greeting", namespace=named)
    told = {"apiVersion": "v1", "kind": "ConfigMap", "name": "greeting", "uid": owner.metadata.uid}
    here.create(config_map("owned", ownerReferences=[told]), namespace=named)
    ready(here, state)
    assert sorted(maps(here, named)) == ["greeting", "owned"]


def test_another_namespace_is_not_touched(here, state, space):
    here.create(config_map("theirs"), namespace=space)
    ready(here, State(namespaces=(f"{space[:40]}-own",)))
    assert "theirs" in maps(here, space)


def test_a_namespace_of_the_lessons_own_is_empty(here, named):
    ready(here, State(namespaces=(named,)))
    here.create(config_map("left-over"), namespace=named)
    ready(here, State(namespaces=(named,)))
    assert maps(here, named) == {}


def test_an_object_that_cannot_be_changed_is_made_anew(here, state, named):
    ready(here, state)
    here.delete("cm/greeting", namespace=named)
    here.create(config_map("greeting", {"to": "me"}) | {"immutable": True}, namespace=named)
    ready(here, state)
    assert maps(here, named) == {"greeting": {"to": "you"}}


def test_a_pod_of_another_make_is_made_anew(here, named, tmp_path):
    """A Pod's command cannot be changed; whoever wants another one has made another Pod of that name."""
    state = pod_state(tmp_path, named, ["sleep", "infinity"])
    arrange(here, state, Deadline.after(60))
    here.delete("pod/app", namespace=named, grace_s=0)
    here.create(bare_pod(["true"]), namespace=named)
    arrange(here, state, Deadline.after(60))
    assert here.get("pod/app", namespace=named).spec.containers[0].command == ["sleep", "infinity"]


def test_a_claim_that_a_workload_of_the_state_mounts_goes_once_the_workload_is_put_right(
    here, named, tmp_path, later
):
    """Nobody here looks after claims: this does what their controller does, once no template names it."""
    state = workload(tmp_path, named)
    ready(here, state)
    here.create(claim("mine"), namespace=named)
    here.patch("pvc/mine", {"metadata": {"finalizers": ["kubeface.test/in-use"]}}, namespace=named)
    volume = {"name": "mine", "persistentVolumeClaim": {"claimName": "mine"}}
    here.patch("deployment/app", {"spec": {"template": {"spec": {"volumes": [volume]}}}}, namespace=named)

    def release():
        def is_unused(one):
            return not one.spec.template.spec.volumes

        wait(here, "deployment/app", for_=is_unused, timeout_s=30, namespace=named)
        here.patch("pvc/mine", {"metadata": {"finalizers": None}}, namespace=named)

    later(release)
    ready(here, state, timeout_s=30)
    assert here.find("pvc/mine", namespace=named) is None


def bare_pod(command):
    spec = {"containers": [{"name": "app", "image": "app", "command": command}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "app"}, "spec": spec}


def pod_state(tmp_path, space, command):
    home = tmp_path / "manifests" / "app"
    home.mkdir(parents=True)
    (home / "app.yaml").write_text(yaml.safe_dump(bare_pod(command)))
    (home / "kustomization.yaml").write_text(yaml.safe_dump({"namespace": space, "resources": ["app.yaml"]}))
    return State(folders=("app",), manifests=home.parent)


def claim(name):
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def test_an_object_that_is_just_going_is_awaited_and_made_anew(here, state, named, later):
    ready(here, state)
    here.patch("cm/greeting", {"metadata": {"finalizers": ["kubeface.test/hold"]}}, namespace=named)
    here.delete("cm/greeting", namespace=named)
    later(lambda: here.patch("cm/greeting", {"metadata": {"finalizers": None}}, namespace=named))
    ready(here, state)
    assert not here.get("cm/greeting", namespace=named).metadata.deletionTimestamp


def test_a_stray_that_does_not_go_in_time_is_named(here, state, named):
    ready(here, state)
    here.create(config_map("stuck", finalizers=["kubeface.test/hold"]), namespace=named)
    with pytest.raises(NotReady, match="configmap/stuck was still there"):
        ready(here, state, timeout_s=0.5)


def test_a_later_folder_wins_over_an_earlier(here, folder, named):
    folder("base", greeting={"to": "you"}, other={})
    manifests = folder("overlay", greeting={"to": "everybody"})
    ready(here, State(folders=("base", "overlay"), manifests=manifests))
    assert maps(here, named) == {"greeting": {"to": "everybody"}, "other": {}}


def test_it_can_be_interrupted_and_begun_again(here, state, named):
    def interrupt(cluster):
        raise KeyboardInterrupt

    here.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": named}})
    here.create(config_map("stray"), namespace=named)
    with pytest.raises(KeyboardInterrupt):
        ready(here, replace(state, first=(interrupt,)))
    assert maps(here, named) == {}
    ready(here, state)
    assert maps(here, named) == {"greeting": {"to": "you"}}


def test_the_steps_of_a_state_come_before_and_after_its_objects(here, state, named):
    seen = []
    step = lambda cluster: seen.append(sorted(maps(cluster, named)))  # noqa: E731
    ready(here, replace(state, first=(step,), last=(step,)))
    assert seen == [[], ["greeting"]]


def test_a_namespace_that_is_to_be_gone_goes_with_what_is_in_it(here, named, later, let_go):
    here.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": named}})
    here.create(config_map("inside"), namespace=named)
    later(lambda: let_go(named))
    ready(here, State(gone=(named,)))
    assert here.find(f"namespace/{named}") is None
    ready(here, State(gone=(named,)))


def test_on_a_foreign_cluster_a_namespace_of_others_is_refused_and_stays(cluster, state, named):
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": named}})
    cluster.create(config_map("theirs"), namespace=named)
    with pytest.raises(LessonStopped, match="was not made by this course"):
        ready(cluster, state)
    assert list(maps(cluster, named)) == ["theirs"]


def test_on_a_foreign_cluster_the_courses_own_namespace_is_used_again(cluster, state, named):
    ready(cluster, state)
    apply(cluster, [config_map("stray", labels=PART_OF)], namespace=named)
    ready(cluster, state)
    assert list(maps(cluster, named)) == ["greeting"]
