"""The door to a cluster that is there already: minikube's, k3d's, a cloud's, a colleague's."""

from functools import partial
from pathlib import Path

from kubeface.kube.stand_ins import NOTHING, StandIns
from kubeface.providers.foreign import Foreign, Load


class ExistingProvider(Foreign):
    """A cluster by its context; images reach it through a registry, or through the tool that made it."""

    def __init__(self, context: str, asked: StandIns = NOTHING) -> None:
        super().__init__(context, asked, loader(context))


def loader(context: str) -> Load | None:
    """How the tool that made a cluster loads an archive of an image, as far as the context tells.

    >>> loader("minikube")(Path("/tmp/nsq.tar"))
    ['minikube', '--profile', 'minikube', 'image', 'load', '/tmp/nsq.tar']
    >>> loader("k3d-mine")(Path("/tmp/nsq.tar"))
    ['k3d', 'image', 'import', '--cluster', 'mine', '/tmp/nsq.tar']
    """
    if context.startswith("k3d-"):
        return partial(_k3d, context.removeprefix("k3d-"))
    return partial(_minikube, context) if context.startswith("minikube") else None


def _minikube(profile: str, archive: Path) -> list[str]:
    return ["minikube", "--profile", profile, "image", "load", str(archive)]


def _k3d(cluster: str, archive: Path) -> list[str]:
    return ["k3d", "image", "import", "--cluster", cluster, str(archive)]
