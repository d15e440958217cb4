"""A tiny certificate authority: elliptic-curve keys, one folder, files mode 0600.

Its certificates pass RFC 5280 as read strictly, which Python does from 3.13 on and Go does not: each says
what its key is for, and which key has signed it.
"""

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kubeface.util import files, locks

#: Chosen: an authority outlives the clusters of a course; a leaf is made anew at every start.
AUTHORITY_DAYS = 3650
LEAF_DAYS = 365
#: Chosen: a certificate is valid since two days ago. A machine that takes local time for UTC is 14 h off.
BACKDATED_DAYS = 2
#: Chosen: what ends within a week counts as ended, so that no cluster stops in the middle of a lesson.
SPARE_DAYS = 7
#: What a strict reader asks for, of an authority and of what it signs.
AUTHORITY_SAYS = (x509.BasicConstraints, x509.SubjectKeyIdentifier, x509.KeyUsage)
LEAF_SAYS = (x509.AuthorityKeyIdentifier, x509.KeyUsage, x509.ExtendedKeyUsage)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as PEM files."""

    cert: Path
    key: Path


class Authority:
    """A certificate authority kept as NAME.crt and NAME.key in a folder; `ensure` makes it.

    Args:
        folder: Where its own and the issued files go.
        name: Its common name and file name.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        self.pair = self.pair_of(name)

    def pair_of(self, name: str) -> Pair:
        """Where what it issues under a name is."""
        return _pair(self.folder, name)

    def ensure(self) -> Self:
        """Keep the authority that is there if it has no `fault`, else make it anew; itself.

        What an earlier one has signed is worth nothing afterwards.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locks.locked(self.folder):
            if fault(self.pair):
                self._create()
        return self

    def issue(
        self,
        name: str,
        common_name: str,
        *,
        organizations: Sequence[str] = (),
        hosts: Sequence[str] = (),
        folder: Path | None = None,
    ) -> Pair:
        """Write a new certificate NAME.crt and its NAME.key.

        Args:
            common_name: The user's name, where this names a client.
            organizations: The user's groups.
            hosts: Names and IP addresses of a server; none makes a certificate for clients only.
            folder: Where to, when not beside the authority's own.
        """
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH]
        if hosts:
            usages.append(ExtendedKeyUsageOID.SERVER_AUTH)
        ours, our_key = _load(self.pair)
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_name(common_name, organizations), ours.subject, key.public_key(), LEAF_DAYS)
        builder = (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(is_authority=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(our_key.public_key()), critical=False
            )
        )
        if hosts:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_host(h) for h in hosts]), critical=False
            )
        into = folder or self.folder
        pair = _pair(into, name)
        with locks.locked(into):
            _save(pair, builder.sign(our_key, hashes.SHA256()), key)
        return pair

    def _create(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(self.name, ())
        builder = (
            _builder(subject, subject, key.public_key(), AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(is_authority=True), critical=True)
        )
        _save(self.pair, builder.sign(key, hashes.SHA256()), key)


def fault(pair: Pair, authority: Pair | None = None) -> str:
    """Why a certificate cannot serve, as a sentence; empty when it can.

    Args:
        pair: The certificate and its key.
        authority: Who should have signed it; without one, it is an authority itself.
    """
    name = pair.cert.name
    try:
        cert, key = _load(pair)
        signer = _load(authority)[0] if authority else cert
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        return f"{name} or its key cannot be read: {error}"
    if cert.public_key() != key.public_key():
        return f"{name} is not the certificate of the key beside it."
    try:
        cert.verify_directly_issued_by(signer)
    except (InvalidSignature, ValueError, TypeError):
        return f"{name} was not signed by {signer.subject.rfc4514_string()}."
    now = _now()
    if (
        now < cert.not_valid_before_utc
        or now + datetime.timedelta(days=SPARE_DAYS) > cert.not_valid_after_utc
    ):
        since, until = cert.not_valid_before_utc, cert.not_valid_after_utc
        return f"{name} is valid from {since:%Y-%m-%d} to {until:%Y-%m-%d}; today is {now:%Y-%m-%d}."
    told = {type(extension.value) for extension in cert.extensions}
    lacking = [one.__name__ for one in (LEAF_SAYS if authority else AUTHORITY_SAYS) if one not in told]
    return f"{name} lacks {', '.join(lacking)}." if lacking else ""


def signing_key(folder: Path, name: str) -> Pair:
    """A bare key pair for signing tokens: NAME.pub and NAME.key; made when missing.

    The key decides: what it has signed stays valid for as long as it is there, and NAME.pub follows it.
    """
    pair = Pair(folder / f"{name}.pub", folder / f"{name}.key")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locks.locked(folder):
        try:
            key = _load_key(pair.key)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
            key = ec.generate_private_key(ec.SECP256R1())
            files.write(pair.key, _pem(key))
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        files.write(pair.cert, public)
    return pair


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = _now()
    return x509.CertificateBuilder(
        subject_name=subject,
        issuer_name=issuer,
        public_key=public_key,
        serial_number=x509.random_serial_number(),
        not_valid_before=now - datetime.timedelta(days=BACKDATED_DAYS),
        not_valid_after=now + datetime.timedelta(days=days),
    ).add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _key_usage(*, is_authority: bool) -> x509.KeyUsage:
    """What a key may do: an authority's signs certificates, any other signs its half of a handshake."""
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str, organizations: Sequence[str]) -> x509.Name:
    groups = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in organizations]
    return x509.Name([*groups, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _save(pair: Pair, cert: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    files.write_together({pair.key: _pem(key), pair.cert: cert.public_bytes(serialization.Encoding.PEM)})


def _pair(folder: Path, name: str) -> Pair:
    return Pair(folder / f"{name}.crt", folder / f"{name}.key")


def _load(pair: Pair) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    return x509.load_pem_x509_certificate(pair.cert.read_bytes()), _load_key(pair.key)


def _load_key(file: Path) -> ec.EllipticCurvePrivateKey:
    """The key in a file. Raises `TypeError` when it is of another kind than ours."""
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{file.name} is no elliptic-curve key")
    return key
