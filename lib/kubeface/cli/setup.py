"""Everything that has to be there before a cluster can start."""

from collections.abc import Callable
from pathlib import Path

from kubeface import images, photos, places
from kubeface.kube.overrides import REGISTRY
from kubeface.linux import packages
from kubeface.local import toolchain
from kubeface.local.toolchain import Toolchain, Way
from kubeface.places import SOURCE
from kubeface.util.privilege import give_to_user, make_user_folder

Say = Callable[[str], None]

#: What the embedded cluster itself runs on.
OF_THE_EMBEDDED = {"pause", "coredns", "metrics-server"}


def everything(*, for_tests: bool, way: Way = Way.AUTO, say: Say) -> None:
    """Packages, compiled components, images, photos; what is there already takes no time."""
    packages.install_missing(for_tests=for_tests, say=say)
    make_user_folder(places.cache())
    photos.fetch(places.cache(), say)
    components = (*toolchain.COMPONENTS, *(toolchain.OPTIONAL if for_tests else ()))
    toolchain.build(places.cache(), say=say, only=components, way=way)
    build_images(None, say=say)
    say("Everything is there.")


def build_images(only: set[str] | None, *, say: Say) -> list[images.Built]:
    """The images, built where they have changed."""
    binaries = Toolchain(places.cache()).in_images()
    return images.build_all(cache=places.cache(), source=SOURCE, binaries=binaries, only=only, say=say)


def for_other_clusters() -> set[str]:
    """The names of the images that the lessons' Pods are made of; each cluster has its own for the rest."""
    return image_names() - OF_THE_EMBEDDED


def push_images(built: list[images.Built], registry: str, *, say: Say) -> None:
    """Have images in a registry of somebody else's."""
    images.push_all(built, cache=places.cache(), registry=registry, say=say)


def save_images(built: list[images.Built], folder: Path, *, say: Say) -> None:
    """Have an archive of each image in a folder, under the names that the manifests say."""
    make_user_folder(folder)
    for archive in images.save_all(built, folder, cache=places.cache(), registry=REGISTRY, say=say):
        give_to_user(archive)


def image_names() -> set[str]:
    """The names in the catalog of images."""
    return {image.name for image in images.load(SOURCE)}
