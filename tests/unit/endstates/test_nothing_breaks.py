"""Whatever is absent, empty or doubled, a check has a verdict: the fault is not the check's."""

import pytest
import yaml
from stage import COURSE, REGISTRY

from kubeface.kube import Cluster

EVERYBODY = sorted(COURSE)
DEPLOYMENTS = ("receiver", "frontend", "image-processor", "face-recognition", "gate", "tardy", "nsqlookupd")


@pytest.mark.parametrize("exercise", EVERYBODY)
def test_an_empty_cluster_has_a_verdict(exercise, verdict):
    assert not verdict(exercise).startswith("the check itself broke")


@pytest.mark.parametrize("exercise", EVERYBODY)
def test_bare_objects_have_a_verdict(exercise, stage, nodes, verdict):
    """What the API server takes with the least in it, with no status at all."""
    for name in DEPLOYMENTS:
        container = {"name": "other", "image": f"{REGISTRY}/other", "env": None}
        labels = {"app.kubernetes.io/name": name}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
        spec = {"selector": {"matchLabels": labels}, "template": template}
        body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}
        stage.cluster.create(body)
        stage.cluster.create(pod(f"{name}-0", labels))
    for name in ("words", "typo", "pinned", "hello", "big", "greedy"):
        stage.cluster.create(pod(name, {}))
    for name in ("lost", "lookup", "gallery"):
        stage.service(name, {"type": "ExternalName", "externalName": "nobody"})
    ingress = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "api"}}
    stage.cluster.create(ingress | {"spec": {"rules": [{"host": "photos.example"}]}})
    for name in ("note", "yours"):
        stage.config(name)
    stage.cluster.create({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "door"}})
    stage.daemons(image="nsqd")
    found = verdict(exercise)
    assert not found.startswith("the check itself broke"), found


def pod(name, labels):
    containers = [{"name": one, "image": "busybox"} for one in ("one", "two")]
    meta = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": containers}}


# ------------------------------------------------------------------------------------- the kubeconfig


@pytest.fixture
def own(kubeconfig, tmp_path):
    """A kubeconfig of the test's own, and how to change it."""
    path = tmp_path / "kubeconfig"
    path.write_text(kubeconfig.read_text())
    cluster = Cluster.connect(path)

    def change(deed):
        config = yaml.safe_load(path.read_text())
        deed(config)
        path.write_text(yaml.safe_dump(config))
        return cluster

    return change


def context(**more):
    return {"name": "workshop", "context": {"cluster": "test", "user": "admin"} | more}


def test_a_context_of_all_three_parts_passes(own, verdict):
    cluster = own(lambda config: config["contexts"].append(context(namespace="workshop")))
    assert verdict("nb01.context", cluster) == "passed: "


def test_a_context_of_copied_entries_passes(own, verdict):
    def deed(config):
        config["users"].append(config["users"][0] | {"name": "me"})
        config["clusters"].append(config["clusters"][0] | {"name": "here"})
        config["contexts"].append(context(namespace="workshop", user="me", cluster="here"))
        config["current-context"] = "workshop"

    assert verdict("nb01.context", own(deed)) == "passed: "


def test_a_context_of_another_user_does_not(own, verdict):
    cluster = own(lambda config: config["contexts"].append(context(namespace="workshop", user="guest")))
    assert verdict("nb01.context", cluster) == "not yet: its user is guest, not admin"


def test_the_courses_own_context_renamed_is_told(own, verdict):
    def deed(config):
        config["contexts"][0]["name"] = config["current-context"] = "workshop"

    assert "context, admin, is gone" in verdict("nb01.context", own(deed))


@pytest.mark.parametrize("text", ["", "contexts:\n", "{", "users: []"])
def test_a_kubeconfig_of_nothing_is_told(own, verdict, text):
    cluster = own(lambda config: None)
    cluster.kubeconfig.write_text(text)
    assert verdict("nb01.context", cluster).startswith("not yet: the course's own context")
