"""`kubeface setup` and `kubeface images`: all that a cluster needs before it can start."""

from collections.abc import Callable, Mapping
from pathlib import Path

from kubeface import images, photos, places
from kubeface.kube.overrides import REGISTRY
from kubeface.linux import packages
from kubeface.local import registry, toolchain
from kubeface.local.toolchain import Toolchain, Way
from kubeface.places import SOURCE
from kubeface.util.privilege import give_to_user, make_user_folder

Say = Callable[[str], None]

#: Images of the local cluster's own Pods; an existing cluster has its own.
OF_THE_LOCAL = {"pause", "coredns", "metrics-server"}


def everything(*, for_tests: bool, way: Way = Way.AUTO, say: Say) -> None:
    """Install packages, build components and images, fetch photos; does nothing where that is done."""
    packages.install_missing(for_tests=for_tests, say=say)
    make_user_folder(places.cache())
    photos.fetch(places.cache(), say)
    components = (*toolchain.COMPONENTS, *(toolchain.OPTIONAL if for_tests else ()))
    toolchain.build(places.cache(), say=say, only=components, way=way)
    build_images(None, kept=registry.kept(Toolchain(places.cache())), say=say)
    say("Everything is there.")


def build_images(
    only: set[str] | None, *, kept: Mapping[str, str] = images.NOTHING, say: Say
) -> list[images.Built]:
    """Build the images that have changed; all are returned. Those that are `kept` may stay unbuilt."""
    binaries = Toolchain(places.cache()).in_images()
    return images.build_all(
        cache=places.cache(), source=SOURCE, binaries=binaries, only=only, kept=kept, say=say
    )


def for_other_clusters() -> set[str]:
    """The names of the images that lessons need on an existing cluster."""
    return image_names() - OF_THE_LOCAL


def push_images(built: list[images.Built], registry: str, *, say: Say) -> None:
    """Push images to another registry."""
    images.push_all(built, cache=places.cache(), registry=registry, say=say)


def save_images(built: list[images.Built], folder: Path, *, say: Say) -> None:
    """Save an archive of each image in a folder, tagged as the manifests name it."""
    make_user_folder(folder)
    for archive in images.save_all(built, folder, cache=places.cache(), registry=REGISTRY, say=say):
        give_to_user(archive)


def image_names() -> set[str]:
    """The names in the catalog of images."""
    return {image.name for image in images.load(SOURCE)}
