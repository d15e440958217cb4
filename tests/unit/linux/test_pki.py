"""Certificates: a chain that the strictest reader accepts, and nothing kept that cannot serve."""

import contextlib
import datetime
import socket
import ssl
import threading
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import urllib3
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from kubeface.linux import pki
from kubeface.linux.pki import Authority, Pair, fault, signing_key

Spoil = Callable[[Authority], None]


def test_a_leaf_is_signed_by_its_authority_and_by_no_other(tmp_path: Path) -> None:
    ours, other = Authority(tmp_path, "ca").ensure(), Authority(tmp_path, "other").ensure()
    leaf = _read(ours.issue("server", "kube-apiserver", hosts=["172.31.0.1", "kubernetes"]).cert)
    leaf.verify_directly_issued_by(_read(ours.pair.cert))
    with pytest.raises((InvalidSignature, ValueError)):
        leaf.verify_directly_issued_by(_read(other.pair.cert))


def test_a_server_has_its_names_and_a_client_its_groups(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ca").ensure()
    names = _read(authority.issue("s", "s", hosts=["10.0.0.1", "localhost"]).cert).extensions
    alternative = names.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in alternative} == {"10.0.0.1", "localhost"}
    client = _read(authority.issue("c", "learner", organizations=["admins"]).cert)
    assert client.subject.rfc4514_string() == "CN=learner,O=admins"
    usage = client.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [use._name for use in usage] == ["clientAuth"]


def test_a_chain_is_accepted_by_whoever_verifies_strictly(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ca").ensure()
    server = authority.issue("server", "kube-apiserver", hosts=["127.0.0.1"])
    client = authority.issue("client", "learner", organizations=["admins"])
    with serving(server, authority.pair.cert) as url:
        trust = strict(ssl.create_default_context(cafile=authority.pair.cert))
        trust.load_cert_chain(client.cert, client.key)
        with urllib.request.urlopen(url, context=trust, timeout=5) as answer:
            assert answer.read() == b"learner"
        with urllib3.PoolManager(ssl_context=trust, retries=False) as pool:  # as the Kubernetes client asks
            assert pool.request("GET", url).data == b"learner"


def test_what_an_authority_of_before_signed_is_refused_by_a_strict_reader(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ca")
    authority_of_before(authority)
    server = authority.issue("server", "kube-apiserver", hosts=["127.0.0.1"])
    trust = strict(ssl.create_default_context(cafile=authority.pair.cert))
    with (
        serving(server, authority.pair.cert) as url,
        pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        urllib.request.urlopen(url, context=trust, timeout=5)


def test_an_authority_that_can_serve_is_kept(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ca").ensure()
    first = authority.pair.cert.read_bytes()
    leaf = authority.issue("leaf", "leaf")
    assert authority.ensure().pair.cert.read_bytes() == first
    assert fault(authority.pair) == ""
    assert fault(leaf, authority.pair) == ""


def authority_of_before(authority: Authority) -> None:
    """As this project made them: without key identifiers and key usage."""
    key = ec.generate_private_key(ec.SECP256R1())
    save_authority(authority, key, [(x509.BasicConstraints(ca=True, path_length=0), True)])


def another_key(authority: Authority) -> None:
    authority.pair.key.write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))


def key_of_another_kind(authority: Authority) -> None:
    authority.pair.key.write_bytes(pem(rsa.generate_private_key(65537, 2048)))


def no_key(authority: Authority) -> None:
    authority.pair.key.unlink()


def no_certificate(authority: Authority) -> None:
    authority.pair.cert.unlink()


def half_a_certificate(authority: Authority) -> None:
    authority.pair.cert.write_bytes(authority.pair.cert.read_bytes()[:200])


def empty_files(authority: Authority) -> None:
    authority.pair.cert.write_bytes(b"")
    authority.pair.key.write_bytes(b"")


@pytest.mark.parametrize(
    "spoil",
    [
        authority_of_before,
        another_key,
        key_of_another_kind,
        no_key,
        no_certificate,
        half_a_certificate,
        empty_files,
    ],
)
def test_an_authority_that_cannot_serve_is_made_anew(tmp_path: Path, spoil: Spoil) -> None:
    authority = Authority(tmp_path, "ca").ensure()
    leaf = authority.issue("leaf", "leaf")
    spoil(authority)
    assert fault(authority.pair) != ""
    authority.ensure()
    assert fault(authority.pair) == ""
    assert "was not signed by" in fault(leaf, authority.pair)
    assert fault(authority.issue("leaf", "leaf"), authority.pair) == ""


@pytest.mark.parametrize("days", [-4000, -pki.AUTHORITY_DAYS, 4000])
def test_an_authority_made_while_the_clock_was_wrong_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    authority = Authority(tmp_path, "ca")
    with monkeypatch.context() as wrong:
        wrong.setattr(pki, "_now", clock_off_by(days))
        authority.ensure()
        assert fault(authority.pair) == ""
    assert "today is" in fault(authority.pair)
    assert fault(authority.ensure().pair) == ""


@pytest.mark.parametrize(
    ("days", "is_good"), [(-1, True), (1, True), (30, False), (-360, False), (-400, False)]
)
def test_a_leaf_stands_a_clock_in_local_time_and_no_other_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, is_good: bool
) -> None:
    authority = Authority(tmp_path, "ca").ensure()
    with monkeypatch.context() as wrong:
        wrong.setattr(pki, "_now", clock_off_by(days))
        leaf = authority.issue("leaf", "leaf")
    assert (fault(leaf, authority.pair) == "") is is_good


def test_a_leaf_without_its_key_or_of_another_is_seen(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ca").ensure()
    one, two = authority.issue("one", "one"), authority.issue("two", "two")
    assert "is not the certificate of the key" in fault(Pair(one.cert, two.key), authority.pair)
    one.key.unlink()
    assert "cannot be read" in fault(one, authority.pair)


def test_who_make_one_authority_at_once_have_the_same_one(tmp_path: Path) -> None:
    for turn in range(20):
        folder, start = tmp_path / str(turn), threading.Barrier(4)

        def make(folder: Path = folder, start: threading.Barrier = start) -> bytes:
            start.wait()
            return Authority(folder, "ca").ensure().pair.cert.read_bytes()

        with ThreadPoolExecutor(4) as pool:
            made = {one.result() for one in [pool.submit(make) for _ in range(4)]}
        assert len(made) == 1
        assert fault(Authority(folder, "ca").pair) == ""


def test_the_key_that_signs_tokens_stays_and_its_public_half_follows(tmp_path: Path) -> None:
    pair = signing_key(tmp_path, "tokens")
    key, public = pair.key.read_bytes(), pair.cert.read_bytes()
    pair.cert.write_text("half")
    signing_key(tmp_path, "tokens")
    assert (pair.key.read_bytes(), pair.cert.read_bytes()) == (key, public)
    pair.cert.unlink()
    signing_key(tmp_path, "tokens")
    assert (pair.key.read_bytes(), pair.cert.read_bytes()) == (key, public)
    pair.key.unlink()
    signing_key(tmp_path, "tokens")
    assert pair.cert.read_bytes() != public


def test_every_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    Authority(tmp_path, "ca").ensure().issue("leaf", "leaf")
    signing_key(tmp_path, "tokens")
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def strict(context: ssl.SSLContext) -> ssl.SSLContext:
    """As Python verifies from 3.13 on, whichever this one is."""
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


@contextlib.contextmanager
def serving(pair: Pair, authority: Path) -> Iterator[str]:
    """A server that asks for a certificate, verifies strictly, and answers with its owner's name; its URL."""
    context = strict(ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority))
    context.load_cert_chain(pair.cert, pair.key)
    context.verify_mode = ssl.CERT_OPTIONAL
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as tls:
                tls.recv(65536)
                shown = tls.getpeercert() or {}
                name = next((v for part in shown["subject"] for k, v in part if k == "commonName"), "")
                head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(name)}\r\n\r\n"
                tls.sendall((head + name).encode())

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def clock_off_by(days: int) -> Callable[[], datetime.datetime]:
    return lambda: datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)


def save_authority(
    authority: Authority, key: ec.EllipticCurvePrivateKey, says: list[tuple[x509.ExtensionType, bool]]
) -> None:
    now = datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, authority.name)])
    draft = x509.CertificateBuilder(
        name,
        name,
        key.public_key(),
        7,
        now - datetime.timedelta(hours=1),
        now + datetime.timedelta(days=3650),
    )
    for extension, critical in says:
        draft = draft.add_extension(extension, critical=critical)
    authority.pair.cert.write_bytes(draft.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    authority.pair.key.write_bytes(pem(key))


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())
