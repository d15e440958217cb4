"""Push images to the cluster's registry, leaving out what it has."""

import ipaddress
import ssl
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kubeface.errors import CommandFailed
from kubeface.images.build import AT_ONCE, Built
from kubeface.images.storage import Storage, one_at_a_time
from kubeface.util import http_client

if TYPE_CHECKING:
    import httpx

_MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
)


#: A node unpacks zstd with a fraction of gzip's work, and it is made faster too.
OPTIONS = ("--quiet", "--compression-format=zstd")
ANSWER_S = 10.0  # chosen: a registry answers such a question in milliseconds


@dataclass(frozen=True)
class Registry:
    """Where images are pushed.

    Args:
        name: What stands before an image's name: HOST:PORT, maybe with a path.
        ca: The certificate that its own is checked against; None for those that this machine trusts.
        speaks_tls: Whether it does; one that does not is for this machine or a network of one's own.
    """

    name: str
    ca: Path | None = None
    speaks_tls: bool = True

    @classmethod
    def at(cls, address: str, *, ca: Path | None = None) -> "Registry":
        """The registry at an address, as Docker reads it: `http://` and this machine's own do without TLS.

        >>> Registry.at("ghcr.example/me").speaks_tls, Registry.at("localhost:5001").speaks_tls
        (True, False)
        >>> Registry.at("http://10.0.0.7:5000/course/")
        Registry(name='10.0.0.7:5000/course', ca=None, speaks_tls=False)
        """
        scheme, _, rest = address.rpartition("://")
        name = rest.rstrip("/")
        speaks_tls = scheme == "https" or ca is not None or not (scheme == "http" or _is_here(name))
        return cls(name, ca, speaks_tls)

    @property
    def host(self) -> str:
        """Its host, with the port if it has one."""
        return self.name.partition("/")[0]

    @property
    def is_near(self) -> bool:
        """Whether it is reached without the proxy of this machine's network."""
        return self.ca is not None or not self.speaks_tls

    def digest(self, name: str, tag: str) -> str | None:
        """The digest that it gives an image, "sha256:…"; None when it has no such image, or does not say.

        Raises:
            NotReady: it does not answer.
        """
        below = "/".join(filter(None, (self.name.partition("/")[2], name)))
        scheme = "https" if self.speaks_tls else "http"
        url = f"{scheme}://{self.host}/v2/{below}/manifests/{tag}"
        with (
            http_client.failing_as(f"The registry at {self.host} does not answer."),
            self._client() as client,
        ):
            answer = client.head(url, headers={"Accept": _MANIFEST_TYPES})
        return answer.headers.get("Docker-Content-Digest") if answer.is_success else None

    def _client(self) -> "httpx.Client":
        if not self.is_near:
            return http_client.far(timeout_s=ANSWER_S)
        trust = ssl.create_default_context(cafile=self.ca) if self.ca else None
        return http_client.near(timeout_s=ANSWER_S, trust=trust)


def push_all(
    built: Iterable[Built], *, cache: Path, registry: str, ca: Path | None = None, say: Callable[[str], None]
) -> list[str]:
    """Have every image in the registry; those that were sent, as NAME:TAG.

    Args:
        registry: Its address, as `Registry.at` reads it.
        ca: The certificate that its own is checked against.
    Raises:
        NotReady: the registry does not answer.
        CommandFailed: it refused an image.
    """
    storage, say, to = Storage(cache), one_at_a_time(say), Registry.at(registry, ca=ca)
    wanted = [one for one in built if not _has(to, one, storage)]
    if not wanted:
        return []
    with storage.alone(say), ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda one: _push(one, storage, to, say), wanted))
    return [one.image.ref for one in wanted]


def digests(built: Iterable[Built], *, cache: Path) -> dict[str, str]:
    """The digest that a registry gave each of these images, by NAME:TAG; those never pushed are left out."""
    known = Storage(cache).recall()
    facts = {one.image.ref: known.get(one.image.ref, {}) for one in built}
    return {ref: fact["pushed"] for ref, fact in facts.items() if "pushed" in fact}


def _is_here(name: str) -> bool:
    host = name.partition("/")[0].partition(":")[0]
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _has(registry: Registry, one: Built, storage: Storage) -> bool:
    """True when the registry has exactly this image: the digest of the last push of this id."""
    known = storage.recall().get(one.image.ref, {})
    if known.get("image") != one.id or "pushed" not in known:
        return False
    return registry.digest(one.image.name, one.image.tag) == known["pushed"]


def _push(one: Built, storage: Storage, registry: Registry, say: Callable[[str], None]) -> None:
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if registry.ca:
            (folder / "ca.crt").write_bytes(registry.ca.read_bytes())
        where = f"docker://{registry.name}/{one.image.ref}"
        trust = f"--cert-dir={folder}" if registry.speaks_tls else "--tls-verify=false"
        options = [*OPTIONS, trust, f"--digestfile={folder / 'digest'}"]
        near = registry.host.split(":")[0]
        direct = dict.fromkeys(("NO_PROXY", "no_proxy"), near) if registry.is_near else None
        what = f"Pushing {one.image.ref}"
        try:
            storage.buildah("push", *options, one.id, where, what=what, timeout_s=600, env=direct)
        except CommandFailed as error:
            hint = "kubeface logs registry" if registry.ca else f"buildah login {registry.host}"
            raise CommandFailed(error.what, seen=error.seen, try_next=error.try_next or hint) from error
        digest = (folder / "digest").read_text().strip()
    storage.remember(one.image.ref, image=one.id, pushed=digest)
    say(f"Pushed {one.image.ref} in {time.monotonic() - start:.0f} s")
