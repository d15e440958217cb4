"""Certificates: a chain that verifies, names that are in it, keys for their owner alone."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from kubeface.host.pki import Authority, signing_key


def test_a_leaf_is_signed_by_its_authority_and_by_no_other(tmp_path: Path) -> None:
    ours, other = Authority(tmp_path, "ca"), Authority(tmp_path, "other")
    leaf = _read(ours.issue("server", "kube-apiserver", hosts=["172.31.0.1", "kubernetes"]).cert)
    leaf.verify_directly_issued_by(_read(ours.pair.cert))
    with pytest.raises((InvalidSignature, ValueError)):
        leaf.verify_directly_issued_by(_read(other.pair.cert))


def test_a_server_has_its_names_and_a_client_its_groups(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ca")
    names = _read(authority.issue("s", "s", hosts=["10.0.0.1", "localhost"]).cert).extensions
    alternative = names.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in alternative} == {"10.0.0.1", "localhost"}
    client = _read(authority.issue("c", "learner", organizations=["admins"]).cert)
    assert client.subject.rfc4514_string() == "CN=learner,O=admins"
    usage = client.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [use._name for use in usage] == ["clientAuth"]


def test_an_authority_is_made_once(tmp_path: Path) -> None:
    first = Authority(tmp_path, "ca").pair.cert.read_bytes()
    assert Authority(tmp_path, "ca").pair.cert.read_bytes() == first
    assert (
        signing_key(tmp_path, "tokens").key.read_bytes() == signing_key(tmp_path, "tokens").key.read_bytes()
    )


def test_every_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    Authority(tmp_path, "ca").issue("leaf", "leaf")
    signing_key(tmp_path, "tokens")
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())
