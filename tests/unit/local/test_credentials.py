"""The cluster's certificates: sound when written, and a sentence for each that cannot serve any more."""

import dataclasses
import datetime
from pathlib import Path

import pytest
import yaml

from kubeface.linux import pki
from kubeface.local import spec as specification
from kubeface.local.credentials import CLIENTS, Credentials
from kubeface.local.spec import ClusterSpec


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClusterSpec:
    monkeypatch.setattr(specification, "STATE", tmp_path)
    return ClusterSpec("unit")


def write(spec: ClusterSpec) -> Credentials:
    """As `up` does: everything, then each node's own."""
    credentials = Credentials(spec)
    credentials.write()
    for node in spec.nodes:
        credentials.kubelet(node)
        credentials.kube_proxy(node)
    return credentials


def test_what_is_written_can_serve(spec: ClusterSpec) -> None:
    assert write(spec).faults() == []


def test_to_look_at_credentials_makes_none(spec: ClusterSpec) -> None:
    assert Credentials(spec).faults()
    assert not spec.pki.exists()


@pytest.mark.parametrize("name", ["ca", "etcd-ca", "front-proxy-ca", "apiserver", "admin", "kubelet-node2"])
def test_a_key_that_is_not_its_certificates_is_seen_and_made_good(spec: ClusterSpec, name: str) -> None:
    credentials = write(spec)
    (spec.pki / f"{name}.key").write_bytes((spec.pki / "scheduler.key").read_bytes())
    assert credentials.faults()[0] == f"{name}.crt is not the certificate of the key beside it."
    assert write(spec).faults() == []


def test_certificates_outside_their_time_are_seen_and_made_good(
    spec: ClusterSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as wrong:
        ahead = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=40)
        wrong.setattr(pki, "_now", lambda: ahead)
        write(spec)
    assert all("today is" in fault for fault in Credentials(spec).faults())
    assert write(spec).faults() == []


def test_a_node_that_was_added_since_has_no_certificate_yet(spec: ClusterSpec) -> None:
    write(spec)
    larger = dataclasses.replace(spec, node_count=spec.node_count + 1)
    assert [fault.split()[0] for fault in Credentials(larger).faults()] == [
        "kubelet-node4.crt",
        "kube-proxy-node4.crt",
    ]


def test_a_new_authority_gives_every_client_a_new_kubeconfig_and_keeps_the_key_of_tokens(
    spec: ClusterSpec,
) -> None:
    write(spec)
    before = {client.name: (spec.pki / f"{client.name}.kubeconfig").read_text() for client in CLIENTS}
    tokens = (spec.pki / "service-account.key").read_bytes()
    (spec.pki / "ca.key").unlink()
    write(spec)
    assert (spec.pki / "service-account.key").read_bytes() == tokens
    for client in CLIENTS:
        old = yaml.safe_load(before[client.name])
        new = yaml.safe_load((spec.pki / f"{client.name}.kubeconfig").read_text())
        assert old["clusters"][0]["cluster"]["server"] == new["clusters"][0]["cluster"]["server"]
        assert old["clusters"] != new["clusters"]
        assert old["users"] != new["users"]
