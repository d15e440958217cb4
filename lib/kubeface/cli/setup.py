"""Everything that has to be there before a cluster can start."""

from collections.abc import Callable

from kubeface import images, photos, places
from kubeface.embedded import toolchain
from kubeface.embedded.toolchain import Toolchain, Way
from kubeface.host import packages
from kubeface.host.privilege import make_user_folder
from kubeface.providers.embedded import SOURCE

Say = Callable[[str], None]


def everything(*, for_tests: bool, way: Way = Way.AUTO, say: Say) -> None:
    """Packages, compiled components, images, photos; what is there already takes no time."""
    packages.install_missing(for_tests=for_tests, say=say)
    make_user_folder(places.cache())
    photos.fetch(places.cache(), say)
    toolchain.build(places.cache(), say=say, way=way)
    build_images(None, say=say)
    say("Everything is there.")


def build_images(only: set[str] | None, *, say: Say) -> None:
    """Build the images that have changed."""
    binaries = Toolchain(places.cache()).in_images()
    images.build_all(cache=places.cache(), source=SOURCE, binaries=binaries, only=only, say=say)


def image_names() -> set[str]:
    """The names in the catalog of images."""
    return {image.name for image in images.load(SOURCE)}
