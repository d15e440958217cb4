"""Which image a name means: by tag or by digest, as the registry or a node tells."""

from dataclasses import dataclass

from kubeface.endstates.parts import each
from kubeface.errors import ApiError, Missing, NotReady
from kubeface.images import Images
from kubeface.kube import Cluster
from kubeface.kube.overrides import REGISTRY


@dataclass(frozen=True)
class ImageName:
    """The parts of an image's name.

    Args:
        repository: Registry and name.
        tag: `latest` when neither tag nor digest is said.
        digest: `sha256:…`; it counts, and not the tag, when both are said.
    """

    repository: str
    tag: str
    digest: str

    @property
    def program(self) -> str:
        """The last word of the repository: `receiver`."""
        return self.repository.rpartition("/")[2]

    @property
    def short(self) -> str:
        """As people say it: `receiver:v1.1`."""
        return f"{self.program}@{self.digest[:19]}" if self.digest else f"{self.program}:{self.tag}"


def named(image: str) -> ImageName:
    """An image's name, taken apart.

    >>> named("localhost:5000/receiver:v1.1@sha256:ab")
    ImageName(repository='localhost:5000/receiver', tag='v1.1', digest='sha256:ab')
    >>> named("busybox").tag
    'latest'
    """
    name, _, digest = image.partition("@")
    folder, slash, last = name.rpartition("/")
    program, _, tag = last.partition(":")
    return ImageName(f"{folder}{slash}{program}", tag or ("" if digest else "latest"), digest)


def is_same(cluster: Cluster, one: str, other: str) -> bool:
    """Whether two names mean one image now, by their words or by their digests."""
    if one == other:
        return True
    digest = digest_of(cluster, one)
    return bool(digest) and digest == digest_of(cluster, other)


def digest_of(cluster: Cluster, image: str) -> str:
    """The digest of an image: said, told by the course's registry, or by a node that has it; else empty."""
    name = named(image)
    return name.digest or _in_registry(cluster, name) or _on_a_node(cluster, image, name)


def exists(cluster: Cluster, image: str) -> bool:
    """Whether the course's registry or a node has an image."""
    name = named(image)
    return bool(_in_registry(cluster, name) or _on_a_node(cluster, image, name))


def _in_registry(cluster: Cluster, name: ImageName) -> str:
    host, _, path = name.repository.partition("/")
    if host != REGISTRY:
        return ""
    try:
        return Images.of(cluster).get(path, name.digest or name.tag).digest
    except (ApiError, Missing, NotReady):
        return ""  # not there, or another cluster's registry, which is not asked


def _on_a_node(cluster: Cluster, image: str, name: ImageName) -> str:
    for node in cluster.nodes():
        for one in each(node, "status", "images"):
            names = [str(said) for said in one.get("names") or []]
            if image in names:
                digests = [named(said).digest for said in names if "@" in said]
                return next(iter(digests), name.digest)
    return ""
