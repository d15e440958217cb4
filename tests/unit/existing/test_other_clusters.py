"""What is found on somebody's cluster, against a real API server; and that ours alone is taken away."""

import platform

import pytest
import yaml

from kubeface.errors import BadInput, Missing
from kubeface.existing import image_loaders, preflight, removal, rights, storage_classes
from kubeface.existing.cluster import ExistingCluster
from kubeface.kube import Cluster, overrides
from kubeface.kube.contexts import COURSE
from kubeface.kube.overrides import NO_OVERRIDES, ClusterOverrides
from kubeface.model.ownership import PART_OF

HOSTNAME = "kubernetes.io/hostname"  # as a kubelet sets it
RBAC = "rbac.authorization.k8s.io"
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]


@pytest.fixture
def config(kubeconfig, tmp_path, monkeypatch):
    """A kubeconfig of the test's own, where contexts are looked for; notes are kept beside it."""
    path = tmp_path / "config"
    path.write_text(kubeconfig.read_text())
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(path))
    return path


@pytest.fixture
def here(cluster, config, space, monkeypatch):
    """The cluster, empty, with a namespace of the test's own in the place of `face`."""
    for module in (rights, removal):
        monkeypatch.setattr(module, "NAMESPACE", space)
    monkeypatch.setattr(removal, "GONE_S", 10.0)  # no controller here ever ends a namespace
    clear(cluster)
    cluster.patch(f"namespace/{space}", {"metadata": {"labels": PART_OF}})
    yield cluster
    cluster.patch(f"namespace/{space}", {"metadata": {"labels": dict.fromkeys(PART_OF)}})
    clear(cluster)


@pytest.fixture
def guest(here, config, space):
    """A user with the rights that a test gives; the role of an earlier test is not his in this namespace."""
    return Cluster.connect(config, context="guest")


@pytest.fixture
def node(here, report):
    def make(name, *, ready=True, labels=None, architecture=ARCHITECTURE):
        meta = {"name": name, "labels": {HOSTNAME: name} | (labels or {})}
        body = {"apiVersion": "v1", "kind": "Node", "metadata": meta}
        here.transport.json("post", "/api/v1/nodes", what="join", body=body, field_manager="kubelet")
        status = {"conditions": [{"type": "Ready", "status": str(ready)}]}
        report(f"node/{name}", {**status, "nodeInfo": node_info(architecture)}, "")

    return make


@pytest.fixture
def storage_class(here):
    def make(name, *, default=False, provisioner="example.org/disks"):
        notes = {"storageclass.kubernetes.io/is-default-class": str(default).lower()}
        here.create(
            {
                "apiVersion": "storage.k8s.io/v1",
                "kind": "StorageClass",
                "metadata": {"name": name, "annotations": notes},
                "provisioner": provisioner,
            }
        )

    return make


def node_info(architecture):
    words = ["machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "containerRuntimeVersion"]
    words += ["kubeletVersion", "kubeProxyVersion", "operatingSystem"]
    return dict.fromkeys(words, "") | {"architecture": architecture}


def clear(cluster):
    for kind in ("nodes", "storageclasses"):
        for one in cluster.list(kind):
            cluster.delete(one.ref)


def grant(cluster, space, rules):
    """Let `guest` do that in a namespace."""
    meta, api = {"name": "guest"}, f"{RBAC}/v1"
    cluster.apply({"apiVersion": api, "kind": "Role", "metadata": meta, "rules": rules}, namespace=space)
    who = {"apiGroup": RBAC, "kind": "User", "name": "guest"}
    role = {"apiGroup": RBAC, "kind": "Role", "name": "guest"}
    body = {"apiVersion": api, "kind": "RoleBinding", "metadata": meta, "roleRef": role, "subjects": [who]}
    cluster.apply(body, namespace=space)


def enough():
    """The rules that the pipeline needs, and nothing more."""
    groups = {"deployments": "apps", "daemonsets": "apps", "cronjobs": "batch"}
    groups["networkpolicies"] = "networking.k8s.io"
    wanted = {**rights.NEEDED, "namespaces": ("get",)}
    return [
        {"apiGroups": [groups.get(what, "")], "resources": [what], "verbs": list(verbs)}
        for what, verbs in wanted.items()
    ]


def problems(found):
    return [one.problem for one in found if one.problem]


@pytest.mark.parametrize(
    ("said", "problem", "stops"),
    [
        ("v1.30.0", "", False),
        ("v1.33.5+k3s1", "", False),
        ("v1.37.2", "", False),
        ("v1.29.14-eks-abc", "v1.29.14-eks-abc is too old for the manifests: take a cluster of v1.30", True),
        ("v1.4.0", "v1.4.0 is too old", True),
        ("v1.38.0-alpha.1", "v1.38.0-alpha.1 is newer than the course was tried with", False),
        ("2", "2 is too old", True),
    ],
)
def test_a_version_is_judged_by_its_number(said, problem, stops):
    found = preflight.judge_version(said)
    assert problem in found.problem
    assert (bool(found.problem), found.stops) == (bool(problem), stops)


def test_a_cluster_with_all_that_is_needed_has_no_problem(here, node, storage_class):
    node("node1", labels={"receiver": "true"})
    node("node2")
    storage_class("disks", default=True)
    storage_class("shared")
    found = preflight.examine(here, NO_OVERRIDES)
    assert problems(found) == []
    assert "2 of 2 nodes ready" in [one.subject for one in found]


def test_looking_changes_nothing(here, node, storage_class):
    node("node1")
    storage_class("disks", default=True)
    kinds = [*("namespaces", "nodes", "storageclasses"), *removal_kinds()]
    before = {kind: versions(here, kind) for kind in kinds}
    assert preflight.examine(here, NO_OVERRIDES)
    assert {kind: versions(here, kind) for kind in kinds} == before


def removal_kinds():
    return [kind for kind in rights.NEEDED if "/" not in kind]


def versions(cluster, kind):
    return [(one.ref, one.metadata.resourceVersion) for one in cluster.list(kind, everywhere=True)]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [((), "install a provisioner of volumes."), (("a", "b"), "mark a or b as the default.")],
)
def test_without_a_default_class_the_database_has_no_disk(here, storage_class, names, sentence):
    for name in names:
        storage_class(name)
    told = [one for one in storage_classes.check(here, "admin", NO_OVERRIDES) if "default" in one.subject]
    assert problems(told) == [
        f"No StorageClass is the default, so nobody makes the database's disk: {sentence}"
    ]
    assert told[0].stops


def test_a_class_that_is_known_to_share_volumes_is_taken(here, storage_class):
    storage_class("disks", default=True)
    storage_class("files", provisioner="rook-ceph.cephfs.csi.ceph.com")
    told = storage_classes.choose(here, NO_OVERRIDES)
    assert told == ClusterOverrides(shared_class="files")
    assert problems(storage_classes.check(here, "admin", told)) == []


def test_the_class_shared_goes_before_others(here, storage_class):
    storage_class("files", provisioner="nfs.csi.k8s.io")
    storage_class("shared")
    assert storage_classes.choose(here, NO_OVERRIDES) == NO_OVERRIDES


def test_on_one_node_the_default_class_does_for_the_photos(here, node, storage_class):
    storage_class("standard", default=True)
    node("minikube")
    told = storage_classes.choose(here, NO_OVERRIDES)
    assert told == ClusterOverrides(shared_class="standard", one_node=True)
    assert problems(storage_classes.check(here, "admin", told)) == []


def test_on_several_nodes_a_class_that_shares_has_to_be_named(here, node, storage_class):
    storage_class("standard", default=True)
    node("one")
    node("two")
    [problem] = problems(storage_classes.check(here, "admin", storage_classes.choose(here, NO_OVERRIDES)))
    assert problem.startswith("No StorageClass is known to share a volume between nodes")
    assert "--shared-class NAME" in problem
    assert storage_classes.choose(here, ClusterOverrides(one_node=True)).shared_class == "standard"
    [problem] = problems(storage_classes.check(here, "admin", ClusterOverrides(shared_class="standrad")))
    assert problem.startswith("There is no StorageClass standrad")


def node_problems(cluster):
    return problems(preflight._nodes(cluster, "admin"))


def test_one_node_is_told_and_stops_nothing(here, node):
    node("minikube")
    found = list(preflight._nodes(here, "admin"))
    [problem] = problems(found)
    assert problem.startswith("There is one node")
    assert not any(one.stops for one in found)


def test_no_node_that_is_ready_stops(here, node):
    node("node1", ready=False)
    assert node_problems(here) == ["No node is ready: start one, then look again."]


def test_a_node_of_another_architecture_stops(here, node):
    node("node1")
    node("node2", architecture="riscv64")
    [problem] = node_problems(here)
    assert problem.startswith("node2 is riscv64, and images built here are for")


def test_whoever_may_not_label_nodes_needs_one_with_the_label(here, guest, config, node):
    node("node1")
    node("node2")
    rules = [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}]
    role = {"apiVersion": f"{RBAC}/v1", "metadata": {"name": "sees-nodes"}}
    here.apply({**role, "kind": "ClusterRole", "rules": rules})
    who = {"apiGroup": RBAC, "kind": "User", "name": "guest"}
    aim = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "sees-nodes"}
    here.apply({**role, "kind": "ClusterRoleBinding", "roleRef": aim, "subjects": [who]})
    try:
        [problem] = problems(preflight._nodes(guest, "guest"))
        assert problem.endswith("ask for `kubectl label nodes --all receiver=true`.")
        here.patch("node/node2", {"metadata": {"labels": {"receiver": "true"}}})
        assert problems(preflight._nodes(guest, "guest")) == []
    finally:
        here.delete("clusterrolebinding/sees-nodes")


def test_a_user_without_any_right_is_told_each_of_them(guest, space):
    stopping = [one.subject for one in preflight.examine(guest, NO_OVERRIDES) if one.stops]
    assert stopping == [f"namespace {space}", *(f"rights on {what}" for what in rights.NEEDED)]


def test_a_user_of_one_namespace_is_told_what_lies_beyond_it(here, guest, space):
    grant(here, space, enough())
    found = preflight.examine(guest, NO_OVERRIDES)
    assert not any(one.stops for one in found)
    assert problems(found) == [
        "guest may not list nodes, which lessons look at: ask an administrator for `list` on nodes.",
        "guest may not list StorageClasses, "
        "so whether the database and the photos get their disks stays open: "
        "ask an administrator for `list` on storageclasses.",
        "guest may not create or delete namespaces, as lessons with a namespace of their own do: "
        "ask an administrator for `create` and `delete` on namespaces.",
        "guest may not patch nodes, as lessons on scheduling do: ask an administrator for `patch` on nodes.",
    ]


def test_each_right_that_is_missing_is_named(here, guest, space):
    rules = [rule for rule in enough() if rule["resources"] != ["pods/exec"]]
    for rule in rules:
        if rule["resources"] == ["secrets"]:
            rule["verbs"] = ["get", "list", "watch"]
    grant(here, space, rules)
    role = f"kubectl create rolebinding course --clusterrole=edit --user=guest --namespace={space}"
    ask = f"ask an administrator for `{role}`."
    assert problems(rights.within(guest, "guest")) == [
        f"guest may not create, patch or delete secrets in the namespace {space}: {ask}",
        f"guest may not create pods/exec in the namespace {space}: {ask}",
    ]


def test_a_namespace_of_somebody_elses_stays_as_it_is(here, space):
    here.patch(f"namespace/{space}", {"metadata": {"labels": {"app.kubernetes.io/part-of": None}}})
    [problem] = problems(rights.namespace(here, "admin"))
    assert problem.startswith(f"The namespace {space} was not made by this course and stays as it is")
    here.apply(config_map("theirs"), namespace=space)
    with pytest.raises(BadInput, match="was not made by this course: nothing was removed"):
        removal.remove(here, print)
    assert here.find("configmap/theirs", namespace=space)


def test_a_namespace_that_is_not_there_has_to_be_makeable(here, guest, space, monkeypatch):
    monkeypatch.setattr(rights, "NAMESPACE", "nowhere")
    assert problems(rights.namespace(here, "admin")) == []
    [problem] = problems(rights.namespace(guest, "guest"))
    assert problem.startswith(
        "guest may not see the namespace nowhere: ask an administrator for `kubectl apply"
    )


def config_map(name, labels=None):
    meta = {"name": name, "labels": labels or {}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}


def test_only_what_has_the_label_is_removed(here, space):
    here.apply(config_map("ours", PART_OF), namespace=space)
    here.apply(config_map("theirs"), namespace=space)
    said = []
    removal.remove(here, said.append)
    assert here.find("configmap/ours", namespace=space) is None
    assert here.find("configmap/theirs", namespace=space)
    assert here.get(f"namespace/{space}").metadata.deletionTimestamp is None
    assert f"1 objects removed from the namespace {space}" in said
    assert f"The namespace {space} stays, with what the course did not make: configmap/theirs" in said


def test_a_namespace_with_an_object_of_somebodys_own_kind_stays(here, space, widgets):
    here.create(widgets("theirs"), namespace=space)
    said = []
    removal.remove(here, said.append)
    assert here.get(f"namespace/{space}").metadata.deletionTimestamp is None
    assert f"The namespace {space} stays, with what the course did not make: widget/theirs" in said


def test_only_our_labels_are_taken_from_nodes(here, node, space):
    node("node1")
    label = {"metadata": {"labels": {"rack": "7"}}}
    here.transport.json(
        "patch", "/api/v1/nodes/node1", what="label", body=label,
        content_type="application/merge-patch+json", field_manager="their-tool",
    )  # fmt: skip
    here.patch("node/node1", {"metadata": {"labels": {"receiver": "true"}}})
    here.apply(config_map("theirs"), namespace=space)  # the namespace stays, so nobody waits for it
    removal.remove(here, print)
    assert here.get("node/node1").labels == {HOSTNAME: "node1", "rack": "7"}


def test_up_says_why_it_cannot_and_changes_nothing(here, node):
    node("node1", ready=False)
    door = ExistingCluster("admin")
    with pytest.raises(Missing, match="cannot run on admin yet") as refusal:
        door.up(say=print)
    lines = refusal.value.seen.splitlines()
    assert "- No node is ready: start one, then look again." in lines
    assert any("name a registry that they pull from with --registry HOST:PORT" in line for line in lines)
    assert overrides.load_overrides("admin") == NO_OVERRIDES


def test_up_notes_what_stands_in_and_down_forgets_it(here, node, space, storage_class):
    node("node1")
    storage_class("standard", default=True)
    here.apply(config_map("theirs"), namespace=space)
    door = ExistingCluster("admin", ClusterOverrides(registry=overrides.REGISTRY))
    door.up(say=print)
    noted = ClusterOverrides(registry=overrides.REGISTRY, shared_class="standard", one_node=True)
    assert overrides.load_overrides("admin") == noted
    assert ExistingCluster("admin").overrides() == noted
    door.down(purge=False, say=print)
    assert overrides.load_overrides("admin") == noted
    door.down(purge=True, say=print)
    assert overrides.load_overrides("admin") == NO_OVERRIDES


def test_a_tool_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert problems([image_loaders.check("kind-mine", "")]) == [
        "kind would load the images, and is not on the PATH: add it, or give --registry HOST:PORT."
    ]
    assert problems([image_loaders.check("kind-mine", "localhost:5001")]) == []


def test_archives_that_are_there_are_loaded_and_nothing_is_built(tmp_path, monkeypatch):
    kind = tmp_path / "bin" / "kind"
    kind.parent.mkdir()
    kind.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    kind.chmod(0o755)
    monkeypatch.setenv("PATH", f"{kind.parent}:/usr/bin:/bin")
    saved = tmp_path / "archives"
    saved.mkdir()
    with pytest.raises(BadInput, match="no archive of an image"):
        image_loaders.bring("kind-mine", "", print, saved=saved)
    for name in ("receiver-v1.0.tar", "nsq-v1.3.0.tar", "README.md"):
        (saved / name).touch()
    with pytest.raises(BadInput, match="pull from localhost:5001"):
        image_loaders.bring("kind-mine", "localhost:5001", print, saved=saved)
    said = []
    image_loaders.bring("kind-mine", "", said.append, saved=saved)
    assert said == ["Loaded nsq-v1.3.0", "Loaded receiver-v1.0"]
    assert (tmp_path / "asked").read_text().splitlines() == [
        f"load image-archive --name mine {saved}/{name}" for name in ("nsq-v1.3.0.tar", "receiver-v1.0.tar")
    ]


def test_the_courses_own_cluster_is_refused(here, config):
    rename(config, COURSE)
    with pytest.raises(BadInput, match="is the course's own cluster"):
        ExistingCluster(COURSE)


def test_a_context_that_does_not_exist_is_named(here):
    with pytest.raises(BadInput, match="There is no context 'minkube'"):
        ExistingCluster("minkube")


def rename(config, name):
    told = yaml.safe_load(config.read_text())
    told["contexts"][0]["name"] = told["current-context"] = name
    config.write_text(yaml.safe_dump(told))
