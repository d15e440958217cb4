"""What Kubernetes promises of its API: quotas, priorities, new kinds, admission by others, certificates."""

import base64
import http.server
import json
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from objects import Manifest, named, pod

from kubeface.errors import ApiError
from kubeface.kube import Cluster, apply, wait
from kubeface.kube.kubectl import run
from kubeface.linux.pki import Authority
from kubeface.local.cluster import LocalCluster
from kubeface.util.waiting import wait_until

ADMISSION = "admissionregistration.k8s.io/v1"


def test_a_quota_refuses_what_is_too_much(api: Cluster, space: str) -> None:
    quota = named("v1", "ResourceQuota", "one", spec={"hard": {"pods": "1"}})
    apply(api, [quota], namespace=space)
    wait(api, "resourcequota/one", for_=lambda one: one.status.hard, timeout_s=30, namespace=space)
    apply(api, [pod("first")], namespace=space)
    with pytest.raises(ApiError, match="exceeded quota"):
        apply(api, [pod("second")], namespace=space)


def test_a_pod_of_higher_priority_takes_the_place_of_a_lower_one(api: Cluster, space: str) -> None:
    for name, value in (("low", 10), ("high", 1000)):
        api.apply(named("scheduling.k8s.io/v1", "PriorityClass", name, value=value))
    low, high = _large("low"), _large("high")
    apply(api, [low], namespace=space)
    wait(api, "pod/low", for_="Ready", timeout_s=60, namespace=space)
    apply(api, [high], namespace=space)
    wait(api, "pod/high", for_="Ready", timeout_s=60, namespace=space)
    assert api.find("pod/low", namespace=space) is None
    for name in ("low", "high"):
        api.delete(f"priorityclass/{name}")


def test_a_new_kind_is_served_with_its_schema_and_scale(api: Cluster, space: str) -> None:
    apply(api, [_definition()])
    wait(api, "customresourcedefinition/lamps.example.com", for_="Established", timeout_s=30)
    lamp = named("example.com/v1", "Lamp", "desk", spec={"watts": 5, "replicas": 1})
    apply(api, [lamp], namespace=space)
    run(["-n", space, "scale", "lamp/desk", "--replicas=3"], cluster=api)
    assert api.get("lamp/desk", namespace=space).spec.replicas == 3
    with pytest.raises(ApiError, match=r"spec\.watts"):
        apply(api, [named("example.com/v1", "Lamp", "wrong", spec={"watts": "many"})], namespace=space)
    api.delete("customresourcedefinition/lamps.example.com")
    wait(api, "customresourcedefinition/lamps.example.com", for_="deleted", timeout_s=60)


def test_a_policy_refuses_by_an_expression(api: Cluster, space: str) -> None:
    rules = [
        {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
    ]
    policy = {
        "matchConstraints": {"resourceRules": rules},
        "validations": [{"expression": "!object.metadata.name.startsWith('bad')", "message": "no bad names"}],
    }
    binding = {"policyName": "names", "validationActions": ["Deny"]}
    binding |= {"matchResources": {"namespaceSelector": _only(space)}}
    api.apply(named(ADMISSION, "ValidatingAdmissionPolicy", "names", spec=policy))
    api.apply(named(ADMISSION, "ValidatingAdmissionPolicyBinding", "names", spec=binding))
    wait_until(
        lambda: "no bad names" in _refusal(api, space), what="it is not refused", timeout_s=30, every_s=0.3
    )
    apply(api, [named("v1", "ConfigMap", "good")], namespace=space)
    for kind in ("validatingadmissionpolicybinding", "validatingadmissionpolicy"):
        api.delete(f"{kind}/names")


def test_a_webhook_is_asked_and_may_change_what_is_made(
    trial: LocalCluster, api: Cluster, space: str, tmp_path: Path
) -> None:
    with _webhook(trial, tmp_path) as port:
        rule = {
            "apiGroups": [""],
            "apiVersions": ["v1"],
            "operations": ["CREATE"],
            "resources": ["configmaps"],
        }
        ca = base64.b64encode((trial.spec.pki / "ca.crt").read_bytes()).decode()
        hook = {
            "name": "label.example.com",
            "rules": [rule],
            "namespaceSelector": _only(space),
            "clientConfig": {"url": f"https://{trial.spec.gateway}:{port}/", "caBundle": ca},
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
        }
        api.apply(named(ADMISSION, "MutatingWebhookConfiguration", "label", webhooks=[hook]))
        wait_until(lambda: _is_labelled(api, space), what="it is not changed", timeout_s=30, every_s=0.3)
        api.delete("mutatingwebhookconfiguration/label")


def test_a_certificate_is_asked_for_approved_and_lets_its_owner_in(
    trial: LocalCluster, api: Cluster, tmp_path: Path
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "jane")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    spec = {
        "request": base64.b64encode(request.public_bytes(pem)).decode(),
        "signerName": "kubernetes.io/kube-apiserver-client",
        "usages": ["client auth"],
    }
    api.apply(named("certificates.k8s.io/v1", "CertificateSigningRequest", "jane", spec=spec))
    run(["certificate", "approve", "jane"], cluster=api)
    signed = wait(
        api, "certificatesigningrequest/jane", for_=lambda one: one.status.certificate, timeout_s=30
    )
    assert signed is not None
    (tmp_path / "crt").write_bytes(base64.b64decode(signed.status.certificate))
    private = serialization.PrivateFormat.PKCS8
    (tmp_path / "key").write_bytes(key.private_bytes(pem, private, serialization.NoEncryption()))
    context = ssl.create_default_context(cafile=str(trial.spec.pki / "ca.crt"))
    context.load_cert_chain(tmp_path / "crt", tmp_path / "key")
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    connection = http.client.HTTPSConnection(trial.spec.gateway, 6443, context=context, timeout=10)
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    assert answer["status"]["userInfo"]["username"] == "jane"
    api.delete("certificatesigningrequest/jane")


def _only(space: str) -> Manifest:
    """What selects one namespace."""
    return {"matchLabels": {"kubernetes.io/metadata.name": space}}


def _large(name: str) -> Manifest:
    """A Pod that takes more than half of node2."""
    one = pod(name, node="node2")
    one["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "600m"}}
    one["spec"]["priorityClassName"] = name
    return one


def _definition() -> Manifest:
    fields = {"watts": {"type": "integer"}, "replicas": {"type": "integer"}}
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": fields}}}
    scale = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    version |= {"subresources": {"scale": scale}}
    names = {"plural": "lamps", "singular": "lamp", "kind": "Lamp", "listKind": "LampList"}
    spec = {"group": "example.com", "names": names, "scope": "Namespaced", "versions": [version]}
    return named("apiextensions.k8s.io/v1", "CustomResourceDefinition", "lamps.example.com", spec=spec)


def _refusal(api: Cluster, space: str) -> str:
    try:
        api.apply(named("v1", "ConfigMap", "bad"), namespace=space, dry_run=True)
    except ApiError as refusal:
        return str(refusal)
    return ""


def _is_labelled(api: Cluster, space: str) -> bool:
    made = api.apply(named("v1", "ConfigMap", "changed"), namespace=space, dry_run=True)
    return made.labels.get("seen-by") == "webhook"


class _webhook:
    """An HTTPS server on the nodes' network that adds a label to what it is asked about; its port."""

    def __init__(self, trial: LocalCluster, folder: Path) -> None:
        authority = Authority(trial.spec.pki, "ca")
        pair = authority.issue("webhook", "webhook", hosts=[trial.spec.gateway], folder=folder)
        self.server = http.server.ThreadingHTTPServer((trial.spec.gateway, 0), _Labels)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair.cert, pair.key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    def __enter__(self) -> int:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server.server_port

    def __exit__(self, *args: object) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Labels(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        change = [{"op": "add", "path": "/metadata/labels", "value": {"seen-by": "webhook"}}]
        patch = base64.b64encode(json.dumps(change).encode()).decode()
        answer = {"uid": review["request"]["uid"], "allowed": True, "patchType": "JSONPatch", "patch": patch}
        body = json.dumps({"apiVersion": review["apiVersion"], "kind": "AdmissionReview", "response": answer})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: object) -> None:
        pass
