"""The trial cluster as somebody else's: by a context of another name, as a user of one namespace."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from objects import pod

from kubeface.cli import setup
from kubeface.errors import NotReady
from kubeface.existing.cluster import ExistingCluster
from kubeface.images import save_all
from kubeface.images.push import Registry
from kubeface.kube import Cluster, apply, kubectl, load_manifests, wait
from kubeface.kube.overrides import NO_OVERRIDES, ClusterOverrides, load_overrides
from kubeface.kube.user_objects import user_objects
from kubeface.local.cluster import LocalCluster
from kubeface.local.credentials import Credentials
from kubeface.local.registry import images_of
from kubeface.pipeline import Pipeline
from kubeface.pipeline.deploy import NAMESPACE, manifests_folder
from kubeface.pipeline.reach import Tunnels
from kubeface.places import cache
from kubeface.util import files
from kubeface.util.waiting import wait_until

CONTEXT, USER = "office", "jane"
PORT = 5055
PATIENCE_S = 600.0  # chosen: every image is pulled for the first time, on a machine that has more to do
RBAC = "rbac.authorization.k8s.io"
BEYOND = [
    "jane may not list nodes, which lessons look at: ask an administrator for `list` on nodes.",
    "jane may not list StorageClasses, so whether the database and the photos get their disks stays open: "
    "ask an administrator for `list` on storageclasses.",
    "jane may not create or delete namespaces, as lessons with a namespace of their own do: "
    "ask an administrator for `create` and `delete` on namespaces.",
    "jane may not patch nodes, as lessons on scheduling do: ask an administrator for `patch` on nodes.",
]


@dataclass(frozen=True)
class Office:
    """A cluster of somebody else's: `admin` runs it, `jane` works on it; its nodes pull from `registry`."""

    admin: Cluster
    registry: str

    @property
    def door(self) -> ExistingCluster:
        return ExistingCluster(CONTEXT, ClusterOverrides(registry=f"http://{self.registry}"))

    @property
    def jane(self) -> Cluster:
        return self.door.cluster


@pytest.fixture
def office(
    trial: LocalCluster, api: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """The trial cluster, as an administrator hands it over: a namespace, labels on nodes, a registry."""
    config = yaml.safe_load(api.kubeconfig.read_text())
    pair = Credentials(trial.spec).cluster.issue(USER, USER)
    user = {"client-certificate": str(pair.cert), "client-key": str(pair.key)}
    cluster = config["clusters"][0]["name"]
    config["users"] = [{"name": USER, "user": user}]
    config["contexts"] = [
        {"name": CONTEXT, "context": {"cluster": cluster, "user": USER, "namespace": NAMESPACE}}
    ]
    config["current-context"] = CONTEXT
    (tmp_path / "handed-over").write_text(yaml.safe_dump(config))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "handed-over"))
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(tmp_path / "kubeface" / "none"))
    apply(api, load_manifests(manifests_folder() / "namespace"))
    for node in api.nodes():
        api.patch(node.ref, {"metadata": {"labels": {"receiver": "true"}}})
    with serving(trial, tmp_path / "registry") as address:
        yield Office(api, address)
    api.delete(f"namespace/{NAMESPACE}")
    wait(api, f"namespace/{NAMESPACE}", for_="deleted", timeout_s=PATIENCE_S)


@contextmanager
def serving(trial: LocalCluster, folder: Path) -> Iterator[str]:
    """A registry without TLS on the nodes' network; its administrator has told every node of it."""
    folder.mkdir()
    address = f"{trial.spec.gateway}:{PORT}"
    config = {
        "version": 0.1,
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": {"addr": address},
    }
    (folder / "config.yml").write_text(yaml.safe_dump(config))
    hosts = f'server = "http://{address}"\n[host."http://{address}"]\ncapabilities = ["pull", "resolve"]\n'
    for node in trial.spec.nodes:
        files.write(node.disk / "lib" / "containerd" / "certs.d" / address / "hosts.toml", hosts)
    program = trial.tools.program("registry", "registry")
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([program, "serve", folder / "config.yml"], stdout=log, stderr=log)
    try:
        registry = Registry.at(f"http://{address}")
        wait_until(
            lambda: answers(registry), what="registry", timeout_s=30, pid=server.pid,
            evidence=(folder / "log").read_text,
        )  # fmt: skip
        yield address
    finally:
        server.kill()
        server.wait()


def answers(registry: Registry) -> bool:
    try:
        registry.digest("nothing", "v1")
    except NotReady:
        return False
    return True


def problems(door: ExistingCluster) -> list[str]:
    return [one.problem for one in door.examine() if one.problem]


def grant(admin: Cluster, left_out: str) -> None:
    """A role with all that `edit` has in the namespace, but for one thing."""
    everything = admin.get("clusterrole/edit").raw["rules"]
    rules = [
        {**rule, "resources": [what for what in rule["resources"] if what != left_out]} for rule in everything
    ]
    meta = {"name": "almost", "namespace": NAMESPACE}
    role = {"apiVersion": f"{RBAC}/v1", "metadata": meta}
    admin.apply({**role, "kind": "Role", "rules": [rule for rule in rules if rule["resources"]]})
    who = {"apiGroup": RBAC, "kind": "User", "name": USER}
    aim = {"apiGroup": RBAC, "kind": "Role", "name": "almost"}
    admin.apply({**role, "kind": "RoleBinding", "roleRef": aim, "subjects": [who]})


def test_the_rights_that_are_missing_are_told_and_what_the_sentence_says_helps(office: Office) -> None:
    grant(office.admin, left_out="secrets")
    first, *others = problems(office.door)[2:]
    deed = "get, list, watch, create, patch or delete secrets in the namespace face"
    told = f"jane may not {deed}: ask an administrator for `kubectl "
    assert first.startswith(told)
    assert [*problems(office.door)[:2], *others] == BEYOND
    kubectl(first.removeprefix(told).removesuffix("`."), cluster=office.admin)
    assert problems(office.door) == BEYOND
    said = kubeface("check", "--context", CONTEXT, "--registry", f"http://{office.registry}")
    assert all(f"! {sentence}" in said for sentence in BEYOND)
    assert "✓ The pipeline can run there." in said
    assert "no right to list nodes" in said


def kubeface(*arguments: str) -> str:
    command = [sys.executable, "-m", "kubeface", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"kubeface {' '.join(arguments)}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_a_user_of_one_namespace_runs_the_pipeline_and_takes_only_it_away(office: Office) -> None:
    admin = office.admin
    kubectl(
        f"create rolebinding jane --clusterrole=edit --user={USER} --namespace={NAMESPACE}", cluster=admin
    )
    kubectl(f"create configmap theirs --namespace={NAMESPACE}", cluster=admin)
    apply(admin, [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "theirs"}}])
    said: list[str] = []
    office.door.up(say=said.append)
    assert load_overrides(CONTEXT) == ClusterOverrides(registry=f"http://{office.registry}")
    pipeline = Pipeline(office.jane)
    pipeline.deploy(timeout_s=PATIENCE_S)
    images = {c.image for pod in admin.list("pods", namespace=NAMESPACE) for c in pod.spec.containers}
    assert images
    assert all(image.startswith(f"{office.registry}/") for image in images)
    pipeline.load_photos()
    photo = pipeline.post("unknown_people/obama2.jpg")
    [result] = pipeline.wait_until_done([photo], timeout_s=PATIENCE_S)
    assert result.person == "Barack Obama"
    elsewhere = Pipeline(office.jane)
    elsewhere._found_way = Tunnels(office.jane, NAMESPACE)  # as if no node answered
    assert elsewhere.results() == pipeline.results()

    office.door.down(purge=True, say=said.append)
    left = {one.ref for one in user_objects(admin, NAMESPACE)}
    assert left == {"configmap/theirs", "rolebinding/jane"}
    assert admin.find("namespace/theirs")
    assert all(node.labels["receiver"] == "true" for node in admin.nodes())
    assert admin.list("pods", namespace=NAMESPACE) == []
    assert said[-1] == "The namespace face stays, with what the course did not make: configmap/theirs"
    assert load_overrides(CONTEXT) == NO_OVERRIDES
    admin.delete("namespace/theirs")


def test_a_pod_starts_from_an_archive_as_the_tools_load_it(
    trial: LocalCluster, api: Cluster, tmp_path: Path
) -> None:
    """What `kind load image-archive` does on a node, by its source, is `ctr images import`."""
    built = setup.build_images({"busybox"}, say=print)
    [archive] = save_all(built, tmp_path, cache=cache(), registry="elsewhere.internal", say=print)
    node = trial.spec.nodes[0]
    pid = next(one["pid"] for one in trial.supervisor.programs() if one["name"] == node.name)
    images_of(node, trial.tools, pid, "import", "--all-platforms", "--digests", str(archive))
    mine = pod("from-an-archive", node=node.name)
    mine["spec"]["containers"][0] |= {"image": "elsewhere.internal/busybox:v1.0", "imagePullPolicy": "Never"}
    apply(api, [mine], namespace="default")
    try:
        wait(api, "pod/from-an-archive", for_="Ready", timeout_s=90, namespace="default")
    finally:
        api.delete("pod/from-an-archive", namespace="default", grace_s=0)
