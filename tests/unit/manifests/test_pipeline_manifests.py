"""The manifests against their own rules, and against a real API server's judgement."""

import re
from pathlib import Path

import pytest
import yaml

from kubeface.errors import ApiError
from kubeface.kube import apply, kustomize, load_manifests
from kubeface.local.spec import Networks
from kubeface.model.manifests import edit

ROOT = Path(__file__).parents[3]
MANIFESTS = ROOT / "manifests"
FILES = sorted(
    path
    for path in MANIFESTS.rglob("*.yaml")
    if path.name != "kustomization.yaml" and not {"overlays", "lessons", "mine"} & set(path.parts)
)
SERVERS = ("Deployment", "DaemonSet")
NO_POD = "the API server and this machine"
PARTS = ("app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/part-of")


def shown(path):
    return str(path.relative_to(MANIFESTS))


@pytest.fixture(scope="module")
def objects():
    return kustomize(MANIFESTS)


@pytest.fixture(scope="module")
def workloads(objects):
    found = {one["metadata"]["name"]: one for one in objects if one["kind"] in (*SERVERS, "CronJob")}
    assert len(found) == 8
    return found


@pytest.fixture(scope="module")
def servers(workloads):
    return {name: one for name, one in workloads.items() if one["kind"] in SERVERS}


@pytest.fixture(scope="module")
def face(cluster):
    """The real namespace, with its rules enforced by the real server."""
    return apply(cluster, load_manifests(MANIFESTS / "namespace"))[0].name


def template_of(workload):
    spec = workload["spec"]
    return (spec["jobTemplate"]["spec"] if workload["kind"] == "CronJob" else spec)["template"]


def containers(workload):
    return template_of(workload)["spec"]["containers"]


def pod_of(workload):
    template = template_of(workload)
    meta = {"name": workload["metadata"]["name"], "namespace": "face", **template["metadata"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": template["spec"]}


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_a_file_holds_one_object_of_its_folders_name(path):
    (one,) = load_manifests(path)
    assert list(one)[:3] == ["apiVersion", "kind", "metadata"]
    assert path.stem == one["kind"].lower()
    if one["kind"] != "Namespace":
        assert one["metadata"]["name"] == path.parent.name
        assert all(one["metadata"]["labels"].get(label) for label in PARTS)


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_a_file_fits_a_screen(path):
    assert len(path.read_text().splitlines()) <= 100


def test_every_file_is_part_of_the_pipeline(objects):
    rendered = {(one["kind"], one["metadata"]["name"]) for one in objects}
    written = {(one["kind"], one["metadata"]["name"]) for path in FILES for one in load_manifests(path)}
    assert written == rendered - {("ConfigMap", "mysql-init")}


def test_no_password_is_in_a_file(objects):
    assert not [one for one in objects if one["kind"] == "Secret"]


def test_the_server_accepts_every_object(cluster, face, objects):
    accepted = apply(cluster, objects, dry_run=True)
    assert [one.namespace for one in accepted[1:]] == ["face"] * (len(objects) - 1)


def test_every_pod_passes_the_restricted_standard(cluster, face, workloads):
    for workload in workloads.values():
        assert apply(cluster, [pod_of(workload)], dry_run=True)


def test_the_server_would_refuse_a_pod_that_runs_as_root(cluster, face, workloads):
    pod = pod_of(workloads["receiver"])
    as_root = edit(pod, {"spec": {"securityContext": {"runAsUser": 0, "runAsNonRoot": False}}})
    with pytest.raises(ApiError, match='violates PodSecurity "restricted'):
        apply(cluster, [as_root], dry_run=True)


def test_every_container_has_requests_limits_and_a_read_only_root(workloads):
    for workload in workloads.values():
        for container in containers(workload):
            for side in ("requests", "limits"):
                assert set(container["resources"][side]) == {"cpu", "memory"}, workload["metadata"]["name"]
            assert container["securityContext"]["readOnlyRootFilesystem"]


def test_every_server_has_probes(servers):
    for workload in servers.values():
        for container in containers(workload):
            assert {"readinessProbe", "livenessProbe"} <= set(container), workload["metadata"]["name"]


def test_no_pod_holds_a_key_to_the_api_server_or_service_variables(objects, workloads):
    accounts = {one["metadata"]["name"]: one for one in objects if one["kind"] == "ServiceAccount"}
    assert set(accounts) == set(workloads)
    for name, workload in workloads.items():
        spec = template_of(workload)["spec"]
        assert spec["serviceAccountName"] == name
        assert accounts[name]["automountServiceAccountToken"] is False
        assert spec["automountServiceAccountToken"] is False
        assert spec["enableServiceLinks"] is False


def test_the_default_is_that_nobody_speaks_to_anybody(objects):
    (deny,) = [one for one in policies(objects) if one["metadata"]["name"] == "default-deny"]
    assert deny["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_policies_allow_exactly_the_flows_that_the_containers_are_told_of(objects, workloads):
    told = {(name, *target) for name, one in workloads.items() for target in addresses(one)}
    told |= {("image-processor", "nsqd", 4151)}  # notebook 05 asks from there
    leaving, entering = set(), set()
    for policy in policies(objects):
        name, spec = policy["metadata"]["name"], policy["spec"]
        if name in workloads:
            assert spec["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": name}
            assert spec["policyTypes"] == ["Ingress", "Egress"]
            leaving |= {(name, to, port) for to, port in ends(spec.get("egress", []), "to")}
            entering |= {(origin, name, port) for origin, port in ends(spec.get("ingress", []), "from")}
    assert leaving == told
    asked = {("nsqd", 4151), ("nsqlookupd", 4161), ("image-processor", 8002), ("face-recognition", 50051)}
    anybody = {(None, "receiver", 8000), (None, "frontend", 8081)}
    assert entering == told | anybody | {(NO_POD, name, port) for name, port in asked}


def test_nothing_takes_a_folder_or_a_port_of_its_node(objects):
    text = yaml.safe_dump_all(objects)
    assert "hostPath" not in text
    assert "hostPort" not in text


def test_the_pipeline_leaves_room_to_scale(workloads):
    """Three nodes of 1 CPU and 2 GiB; nsqd runs on each of them."""
    pods = [pod_of(w) for name, w in workloads.items() for _ in range(3 if name == "nsqd" else 1)]
    requests = [c["resources"]["requests"] for pod in pods for c in pod["spec"]["containers"]]
    assert sum(millis(r["cpu"]) for r in requests) <= 620
    assert sum(mebibytes(r["memory"]) for r in requests) <= 1536


def test_every_service_finds_its_pods_and_their_named_ports(objects, workloads):
    for service in (one for one in objects if one["kind"] == "Service"):
        selector = service["spec"]["selector"]
        meant = [w for w in workloads.values() if selector.items() <= pod_of(w)["metadata"]["labels"].items()]
        assert [w["metadata"]["name"] for w in meant] == [service["metadata"]["name"]]
        named = {port["name"] for container in containers(meant[0]) for port in container["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= named


def test_every_claim_that_is_mounted_exists(objects, workloads):
    claims = {one["metadata"]["name"] for one in objects if one["kind"] == "PersistentVolumeClaim"}
    volumes = [v for w in workloads.values() for v in template_of(w)["spec"].get("volumes", [])]
    mounted = {v["persistentVolumeClaim"]["claimName"] for v in volumes if "persistentVolumeClaim" in v}
    assert mounted == claims


def test_images_are_those_of_the_catalog(workloads):
    catalog = yaml.safe_load((ROOT / "images/catalog.yaml").read_text())
    known = {f"registry.kubeface.internal/{one['name']}:{one['tag']}" for one in catalog}
    used = {container["image"] for w in workloads.values() for container in containers(w)}
    assert used <= known


def test_the_database_gets_every_file_that_it_starts_from(objects):
    (config,) = [one for one in objects if one["kind"] == "ConfigMap"]
    assert set(config["data"]) == {path.name for path in (MANIFESTS / "mysql/init").iterdir()}


def test_the_receiver_of_the_overlay_differs_by_its_tag_alone(objects, workloads):
    rendered = kustomize(MANIFESTS / "overlays/receiver-v1.1")
    (newer,) = [one for one in rendered if one["kind"] == "Deployment"]
    image = containers(workloads["receiver"])[0]["image"]
    assert containers(newer)[0]["image"] == image.replace(":v1.0", ":v1.1")
    containers(newer)[0]["image"] = image
    assert newer == workloads["receiver"]


def test_the_overlay_is_the_pipeline_with_upstream_images(cluster, face, objects):
    base, overlay = (yaml.safe_load((p / "kustomization.yaml").read_text()) for p in overlay_and_base())
    assert [r.removeprefix("../../") for r in overlay["resources"]] == base["resources"]
    rendered = kustomize(MANIFESTS / "overlays/upstream-images")
    assert len(rendered) == len(objects)
    images = {c["image"] for w in rendered if w["kind"] in SERVERS for c in containers(w)}
    assert {"docker.io/library/mysql:8.4", "docker.io/nsqio/nsq:v1.3.0"} < images
    assert apply(cluster, rendered, dry_run=True)


def policies(objects):
    return [one for one in objects if one["kind"] == "NetworkPolicy"]


def ends(rules, side):
    """(name of the other side, NO_POD, or None for anybody; port) for each of a policy's rules."""
    for rule in rules:
        names = [name_of(peer) for peer in rule.get(side, [])]
        yield from ((name, port["port"]) for name in names or [None] for port in rule["ports"])


def name_of(peer):
    """Whom a rule means: the Pods of a part, or what is no Pod of a cluster with the usual addresses."""
    if "ipBlock" in peer:
        assert peer == {"ipBlock": {"cidr": "0.0.0.0/0", "except": [Networks().pods]}}
        return NO_POD
    return peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"]


def addresses(workload):
    """(name, port) of each service that a container's environment or arguments name."""
    for container in containers(workload):
        env = {one["name"]: one.get("value") for one in container.get("env", [])}
        if workload["metadata"]["name"] != "mysql" and "MYSQL_HOST" in env:
            yield env["MYSQL_HOST"], 3306
        texts = [*env.values(), *container.get("args", [])]
        for host, port in re.findall(r"([a-z-]+):(\d+)", " ".join(text for text in texts if text)):
            yield host, int(port)
        if "NSQLOOKUPD_HTTP_ADDRESSES" in env:
            yield "nsqd", 4150  # where nsqlookupd sends it


def overlay_and_base():
    return MANIFESTS, MANIFESTS / "overlays/upstream-images"


def millis(cpu):
    return int(cpu.removesuffix("m")) if cpu.endswith("m") else int(cpu) * 1000


def mebibytes(memory):
    return int(memory.removesuffix("Mi"))
