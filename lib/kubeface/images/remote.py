"""The images that a cluster's registry holds, as its HTTP API tells of them: tags, layers, settings."""

import base64
import gzip
import hashlib
import io
import json
import ssl
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import yaml

from kubeface.errors import ApiError, Missing, NotReady
from kubeface.kube import Cluster
from kubeface.linux import kernel
from kubeface.util import http_client

if TYPE_CHECKING:
    import httpx

PORT = 5000  # specified: local.spec
ANSWER_S = 10.0  # chosen: the registry is on this machine

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_BYTES = "application/octet-stream"
_NOTHING: Mapping[str, Any] = {
    "architecture": kernel.architecture(),
    "os": "linux",
    "config": {},
    "rootfs": {"type": "layers", "diff_ids": []},
}


@dataclass(frozen=True)
class Layer:
    """Some files of an image, packed.

    Args:
        digest: `sha256:` and a hash of its bytes.
        size: Packed, in bytes.
    """

    digest: str
    size: int


@dataclass(frozen=True)
class Step:
    """One instruction of the Dockerfile that an image was made by, as its history has it."""

    instruction: str
    makes_layer: bool


@dataclass(frozen=True)
class RemoteImage:
    """One image in a registry.

    Args:
        name: Its repository there: `receiver`.
        digest: `sha256:` and a hash of its manifest.
        manifest: The list of its parts, as the registry has it.
        config: How it is started, and how it was made.
    """

    name: str
    digest: str
    manifest: Mapping[str, Any]
    config: Mapping[str, Any]

    @property
    def layers(self) -> list[Layer]:
        """Its layers, the lowest first."""
        return [Layer(one["digest"], one["size"]) for one in self.manifest["layers"]]

    @property
    def settings(self) -> dict[str, Any]:
        """What a container of it starts with: Env, Entrypoint, Cmd, User, WorkingDir."""
        return dict(self.config["config"])

    @property
    def steps(self) -> list[Step]:
        """The instructions, the first one first; hashes of copied files are left out."""
        return [
            Step(_instruction(one["created_by"]), not one.get("empty_layer"))
            for one in self.config.get("history") or []
        ]


class Images:
    """The images in one registry. Reading needs no rights on this machine, nor does making a small one.

    Args:
        address: HOST:PORT; it speaks TLS.
        ca: The certificate that its own is checked against, as PEM.

    Raises:
        ApiError: by every call: the registry said no, and why.
        NotReady: by every call: no registry answers.

    >>> def look(images: Images) -> dict[str, list[str]]:
    ...     print(images.get("receiver", "v1.0").settings)
    ...     return {name: images.tags(name) for name in images.names()}
    >>> def greet(cluster: Cluster) -> RemoteImage:
    ...     images = Images.of(cluster)
    ...     busybox, said = images.get("busybox", "v1.0"), {"greeting.txt": "hello"}
    ...     return images.make("greeter", "v1", files=said, command=["cat", "/greeting.txt"], base=busybox)
    """

    def __init__(self, address: str, ca: str) -> None:
        self.address = address
        self._context = ssl.create_default_context(cadata=ca)

    @classmethod
    def of(cls, cluster: Cluster) -> "Images":
        """Those of the course's cluster, whose registry is beside its API server.

        Raises:
            Missing: its kubeconfig has no certificate to check a registry's against.
        """
        config = yaml.safe_load(cluster.kubeconfig.read_text())
        contexts = {one["name"]: one["context"] for one in config["contexts"]}
        clusters = {one["name"]: one["cluster"] for one in config["clusters"]}
        told = clusters[contexts[cluster.context]["cluster"]]
        if "certificate-authority-data" not in told:
            raise Missing(f"The registry of {cluster.context} cannot be found.", try_next="kubeface up")
        ca = base64.b64decode(told["certificate-authority-data"]).decode()
        return cls(f"{urlsplit(told['server']).hostname}:{PORT}", ca)

    def names(self) -> list[str]:
        """The names of all repositories."""
        told: list[str] = self._json("/v2/_catalog", "repositories")
        return told

    def tags(self, name: str) -> list[str]:
        """The tags of a repository, in order of the alphabet; none when there is no such repository."""
        try:
            return sorted(self._json(f"/v2/{name}/tags/list", "tags") or [])
        except ApiError:
            return []

    def get(self, name: str, reference: str) -> RemoteImage:
        """The image that a tag or a digest names now.

        Raises:
            ApiError: there is none.
            NotReady: the registry does not answer.
        """
        accept = {"Accept": f"{_MANIFEST}, {_DOCKER_MANIFEST}"}
        answer = self._ask("GET", f"/v2/{name}/manifests/{reference}", headers=accept)
        manifest = _of_a_registry(answer, "layers", "config")
        config = self._ask("GET", f"/v2/{name}/blobs/{manifest['config']['digest']}")
        return RemoteImage(name, _digest(answer.content), manifest, _of_a_registry(config, "rootfs"))

    def make(
        self,
        name: str,
        tag: str,
        *,
        files: Mapping[str, str],
        command: Sequence[str],
        base: RemoteImage | None = None,
    ) -> RemoteImage:
        """A new image, and the tag on it: the layers of `base`, and one more with these files.

        What `FROM`, `COPY` and `CMD` say in a Dockerfile. The same arguments give the same digest.

        Args:
            name: Its repository; made when it is not there.
            tag: Taken away from the image that has it now.
            files: Texts by path: `greeting.txt` appears as `/greeting.txt`.
            command: What a container of it runs.
            base: An image of the same registry; without one, of nothing.
        """
        tar = _packed(files)
        layer = gzip.compress(tar, mtime=0)
        config = json.dumps(_config(base, tar, files, command), sort_keys=True).encode()
        parts = [dict(one) for one in base.manifest["layers"]] if base else []
        for part in parts:
            self._lend(name, part["digest"], base.name if base else name)
        self._send(name, layer)
        self._send(name, config)
        manifest = {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": {"mediaType": _CONFIG, "digest": _digest(config), "size": len(config)},
            "layers": [*parts, {"mediaType": _LAYER, "digest": _digest(layer), "size": len(layer)}],
        }
        body = json.dumps(manifest, sort_keys=True).encode()
        self._ask("PUT", f"/v2/{name}/manifests/{tag}", body=body, headers={"Content-Type": _MANIFEST})
        return self.get(name, tag)

    def _lend(self, name: str, digest: str, owner: str) -> None:
        """A part of another repository, known in this one too; nothing is sent."""
        self._ask("POST", f"/v2/{name}/blobs/uploads/?mount={quote(digest)}&from={quote(owner, safe='')}")

    def _send(self, name: str, blob: bytes) -> None:
        answer = self._ask("POST", f"/v2/{name}/blobs/uploads/")
        where = urlsplit(answer.headers.get("Location", ""))
        path = f"{where.path}?{where.query}&digest={quote(_digest(blob))}"
        self._ask("PUT", path, body=blob, headers={"Content-Type": _BYTES})

    def _json(self, path: str, part: str) -> Any:
        return _of_a_registry(self._ask("GET", path), part)[part]

    def _ask(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> "httpx.Response":
        with (
            http_client.failing_as(f"No registry answers at {self.address}."),
            http_client.near(timeout_s=ANSWER_S, trust=self._context) as client,
        ):
            answer = client.request(method, f"https://{self.address}{path}", content=body, headers=headers)
        if answer.is_error:
            raise ApiError(f"The registry refuses {method} {path}", seen=_words(answer))
        return answer


def _of_a_registry(answer: "httpx.Response", *parts: str) -> dict[str, Any]:
    """What a registry says, with these parts in it.

    Raises:
        NotReady: whoever answers is none.
    """
    told = http_client.json_of(answer)
    if not (isinstance(told, dict) and told.keys() >= set(parts)):
        raise NotReady(f"no registry answers at {answer.url}", seen=answer.text[: http_client.SHOWN_LETTERS])
    return told


def _packed(files: Mapping[str, str]) -> bytes:
    """The files as a tar archive whose bytes depend on nothing else."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, text in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(text.encode()), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
    return held.getvalue()


def _config(
    base: RemoteImage | None, tar: bytes, files: Mapping[str, str], command: Sequence[str]
) -> dict[str, Any]:
    before = base.config if base else _NOTHING
    settings = {key: value for key, value in before["config"].items() if key != "Entrypoint"}
    history = [
        *(before.get("history") or []),
        {"created_by": f"COPY {' '.join(sorted(files))} /"},
        {"created_by": f"CMD {json.dumps(list(command))}", "empty_layer": True},
    ]
    parts = {"type": "layers", "diff_ids": [*before["rootfs"]["diff_ids"], _digest(tar)]}
    return {**before, "config": settings | {"Cmd": list(command)}, "rootfs": parts, "history": history}


def _instruction(created_by: str) -> str:
    """An instruction as a Dockerfile has it, from how the builder writes it down."""
    text = created_by.removeprefix("/bin/sh -c #(nop) ").strip()
    if text.startswith("/bin/sh -c "):
        text = f"RUN {text.removeprefix('/bin/sh -c ')}"
    elif text.startswith("|"):
        text = f"RUN {text.partition('/bin/sh -c ')[2]}"
    words = [word for word in text.split(" ") if not word.startswith(("file:", "dir:", "multi:"))]
    return " ".join(word for word in words if word)


def _words(answer: "httpx.Response") -> str:
    """What a registry says of a refusal."""
    try:
        return "; ".join(str(one["message"]) for one in answer.json()["errors"])
    except (ValueError, KeyError, TypeError):
        return answer.text.strip()


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
