"""What another cluster has in place of the course's registry and shared storage."""

import pytest
import yaml

from kubeface.errors import BadInput, CommandFailed
from kubeface.kube import Cluster, apply, diff, kubectl, kustomize, overrides
from kubeface.kube.overrides import NO_OVERRIDES, REGISTRY, ClusterOverrides
from kubeface.kube.rewrite import rewrite_command
from kubeface.kube.rights import may, user
from kubeface.local import spec
from kubeface.pipeline.deploy import manifests_folder
from kubeface.util.waiting import wait_until

ELSEWHERE = ClusterOverrides(registry="registry.example:5000/course", shared_class="nfs")
RECEIVER = "registry.example:5000/course/receiver:v1.0"


@pytest.fixture
def elsewhere(kubeconfig, tmp_path, monkeypatch):
    """The test's API server as another cluster, of which something was noted."""
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(tmp_path / "course.kubeconfig"))
    overrides.save_overrides("admin", ELSEWHERE)
    return Cluster.connect(kubeconfig, context="admin")


def deployment(name, image):
    labels = {"app": name}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": name, "image": image}]}}
    spec = {"selector": {"matchLabels": labels}, "template": pod}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def image_of(cluster, name, space):
    return cluster.get(f"deployment/{name}", namespace=space).spec.template.spec.containers[0].image


def test_the_name_is_the_one_that_the_embedded_nodes_know():
    assert REGISTRY == spec.REGISTRY_HOST


def test_every_image_of_the_pipeline_comes_from_the_other_registry():
    fitted = yaml.safe_dump(ELSEWHERE.rewrite(kustomize(manifests_folder())))
    assert REGISTRY not in fitted
    assert fitted.count("image: registry.example:5000/course/") == 9


def test_only_the_claim_of_the_shared_volume_gets_another_class():
    claims = {
        one["metadata"]["name"]: one["spec"]
        for one in ClusterOverrides(shared_class="standard", one_node=True).rewrite(
            kustomize(manifests_folder())
        )
        if one["kind"] == "PersistentVolumeClaim"
    }
    assert claims["photos"]["storageClassName"] == "standard"
    assert claims["photos"]["accessModes"] == ["ReadWriteOnce"]
    assert "storageClassName" not in claims["mysql"]


def test_nothing_noted_changes_nothing():
    objects = kustomize(manifests_folder())
    assert NO_OVERRIDES.rewrite(objects) == objects


def test_what_is_applied_created_and_patched_names_the_other_registry(elsewhere, space):
    mine = deployment("receiver", f"{REGISTRY}/receiver:v1.0")
    apply(elsewhere, [mine], namespace=space)
    assert image_of(elsewhere, "receiver", space) == RECEIVER
    assert diff(elsewhere, [mine], namespace=space) == []
    elsewhere.create(deployment("other", f"{REGISTRY}/receiver:v1.0"), namespace=space)
    assert image_of(elsewhere, "other", space) == RECEIVER
    elsewhere.patch("deployment/other", deployment("other", f"{REGISTRY}/nsq:v1.3.0"), namespace=space)
    assert image_of(elsewhere, "other", space) == "registry.example:5000/course/nsq:v1.3.0"


def test_what_kubectl_reads_from_files_does_too(elsewhere, space, tmp_path, capsys):
    (tmp_path / "one.yaml").write_text(yaml.safe_dump(deployment("one", f"{REGISTRY}/receiver:v1.0")))
    (tmp_path / "kustomization.yaml").write_text("resources: [one.yaml]\nnameSuffix: -two\n")
    kubectl(f"apply -f {tmp_path}/one.yaml -n {space}", cluster=elsewhere)
    kubectl(f"apply --kustomize={tmp_path} -n {space}", cluster=elsewhere)
    kubectl(f"set image deployment/one one={REGISTRY}/nsq:v1.3.0 -n {space}", cluster=elsewhere)
    assert image_of(elsewhere, "one", space) == "registry.example:5000/course/nsq:v1.3.0"
    assert image_of(elsewhere, "one-two", space) == RECEIVER


@pytest.mark.parametrize("named", ["-f {}", "-f{}", "-f={}", "--filename {}", "--filename={}"])
def test_each_way_to_name_a_file_is_known(tmp_path, named):
    path = tmp_path / "one.yaml"
    path.write_text(yaml.safe_dump(deployment("one", f"{REGISTRY}/receiver:v1.0")))
    told, given = rewrite_command(["apply", *named.format(path).split(), "--wait"], b"", ELSEWHERE, kustomize)
    assert told == ["apply", "--wait", "--filename", "-"]
    assert RECEIVER in given.decode()


def test_an_option_before_the_command_hides_nothing(elsewhere, space, tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(deployment(name, f"{REGISTRY}/receiver:v1.0")))
    kubectl(f"-n {space} apply -f {tmp_path}/one.yaml,{tmp_path}/two.yaml", cluster=elsewhere)
    assert [image_of(elsewhere, name, space) for name in ("one", "two")] == [RECEIVER, RECEIVER]
    kubectl(f"--namespace {space} delete -f {tmp_path}/one.yaml", cluster=elsewhere)
    kubectl(f"--namespace={space} create -f '{tmp_path}/on*.yaml'", cluster=elsewhere)
    assert image_of(elsewhere, "one", space) == RECEIVER


@pytest.mark.parametrize(("text", "said"), [(None, "does not exist"), ("a: [", "error")])
def test_a_file_that_cannot_be_read_is_told_in_kubectls_words(elsewhere, tmp_path, text, said):
    path = tmp_path / "odd.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(CommandFailed, match=said):
        kubectl(f"apply -f {path}", cluster=elsewhere)


def test_a_list_and_a_name_to_be_made_up_are_objects_too(tmp_path):
    path = tmp_path / "list.yaml"
    made_up = deployment("x", f"{REGISTRY}/receiver:v1.0") | {"metadata": {"generateName": "x-"}}
    path.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": [made_up]}))
    told, given = rewrite_command(["create", "-f", str(path), "--", "-f", "y"], b"", ELSEWHERE, kustomize)
    assert told == ["create", "--filename", "-", "--", "-f", "y"]
    assert RECEIVER in given.decode()


def test_what_is_sent_as_it_is_stays_as_it_is():
    raw = ["create", "--raw", "/api/v1/namespaces/face/services/nsqd:http/proxy/pub", "-f", "-"]
    assert rewrite_command(raw, b"hello", ELSEWHERE, kustomize) == (raw, b"hello")


def test_what_is_not_an_object_reaches_kubectl_as_it_is():
    photos = bytes(range(256))
    assert rewrite_command(["exec", "-i", "a", "--", "tar"], photos, ELSEWHERE, kustomize)[1] == photos
    follow = ["logs", "-f", "pod/a"]
    assert rewrite_command(follow, b"", ELSEWHERE, kustomize) == (follow, b"")


def test_a_note_is_kept_until_it_is_forgotten(elsewhere):
    overrides.save_overrides("other", ClusterOverrides(one_node=True))
    assert overrides.load_overrides("admin") == ELSEWHERE
    overrides.delete_overrides("admin")
    assert overrides.load_overrides("admin") == NO_OVERRIDES
    assert overrides.load_overrides("other") == ClusterOverrides(one_node=True)


def test_notes_that_are_not_ours_are_named(elsewhere, tmp_path):
    (tmp_path / "other-clusters.yaml").write_text("admin: {colour: red}\n")
    with pytest.raises(BadInput, match=r"other-clusters\.yaml is not readable"):
        overrides.load_overrides("admin")


def test_rights_are_those_that_the_api_server_grants(cluster, kubeconfig, space):
    guest = Cluster.connect(kubeconfig, context="guest")
    assert user(guest) == "guest"
    assert not may(guest, "list", "pods", namespace=space)
    rule = {"apiGroups": [""], "resources": ["pods", "pods/exec"], "verbs": ["list"]}
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "looks"}}
    cluster.apply({**role, "kind": "Role", "rules": [rule]}, namespace=space)
    cluster.apply(
        {
            **role,
            "kind": "RoleBinding",
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "looks"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "guest"}],
        },
        namespace=space,
    )
    granted = lambda: may(guest, "list", "pods", namespace=space)  # noqa: E731
    wait_until(granted, what="what is granted is not in force", timeout_s=30)
    assert may(guest, "list", "pods/exec", namespace=space)
    assert not may(guest, "create", "pods", namespace=space)
    assert not may(guest, "list", "pods")
    assert not may(guest, "list", "nodes")
    assert may(cluster, "delete", "nodes")
