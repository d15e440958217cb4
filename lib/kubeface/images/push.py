"""Push images to the cluster's registry, leaving out what it has."""

import http.client
import ssl
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kubeface.errors import CommandFailed, NotReady
from kubeface.images.build import AT_ONCE, Built
from kubeface.images.storage import Storage, one_at_a_time

_MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
)


def push_all(
    built: Iterable[Built], *, cache: Path, registry: str, ca: Path, say: Callable[[str], None]
) -> list[str]:
    """Have every image in the registry; those that were sent, as NAME:TAG.

    Args:
        registry: Its address, such as "172.31.0.1:5000"; it speaks TLS.
        ca: The certificate that its own is checked against.
    Raises:
        NotReady: the registry does not answer.
        CommandFailed: it refused an image.
    """
    storage, say = Storage(cache), one_at_a_time(say)
    context = ssl.create_default_context(cafile=str(ca))
    wanted = [one for one in built if not _has(registry, context, one, storage)]
    if not wanted:
        return []
    with storage.alone(say), ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda one: _push(one, storage, registry, ca, say), wanted))
    return [one.image.ref for one in wanted]


def remote_digest(registry: str, context: ssl.SSLContext, name: str, tag: str) -> str | None:
    """The digest that the registry gives an image, "sha256:…"; None when it has no such image."""
    connection = http.client.HTTPSConnection(registry, context=context, timeout=10)
    try:
        connection.request("HEAD", f"/v2/{name}/manifests/{tag}", headers={"Accept": _MANIFEST_TYPES})
        answer = connection.getresponse()
    except OSError as error:
        raise NotReady(f"The registry at {registry} does not answer.", seen=str(error)) from error
    finally:
        connection.close()
    return answer.headers["Docker-Content-Digest"] if answer.status == 200 else None


def _has(registry: str, context: ssl.SSLContext, one: Built, storage: Storage) -> bool:
    """True when the registry has exactly this image: the digest of the last push of this id."""
    known = storage.recall().get(one.image.ref, {})
    if known.get("image") != one.id or "pushed" not in known:
        return False
    return remote_digest(registry, context, one.image.name, one.image.tag) == known["pushed"]


def _push(one: Built, storage: Storage, registry: str, ca: Path, say: Callable[[str], None]) -> None:
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ca.crt").write_bytes(ca.read_bytes())
        where = f"docker://{registry}/{one.image.ref}"
        options = ["--quiet", f"--cert-dir={folder}", f"--digestfile={folder / 'digest'}"]
        direct = {name: registry.split(":")[0] for name in ("NO_PROXY", "no_proxy")}
        what = f"Pushing {one.image.ref}"
        try:
            storage.buildah("push", *options, one.id, where, what=what, timeout_s=600, env=direct)
        except CommandFailed as error:
            raise CommandFailed(error.what, seen=error.seen, try_next="kubeface logs registry") from error
        digest = (folder / "digest").read_text().strip()
    storage.remember(one.image.ref, image=one.id, pushed=digest)
    say(f"Pushed {one.image.ref} in {time.monotonic() - start:.0f} s")
