"""The door to a cluster that kind made: Kubernetes in containers of Docker or podman."""

from functools import partial
from pathlib import Path

from kubeface.kube.stand_ins import NOTHING, StandIns
from kubeface.providers.foreign import Foreign

#: What kind puts in front of a cluster's name to make its context's.
PREFIX = "kind-"


class KindProvider(Foreign):
    """A cluster of kind's by its context; `kind load` brings the images, where no registry is named."""

    def __init__(self, context: str, asked: StandIns = NOTHING) -> None:
        super().__init__(context, asked, partial(load, context.removeprefix(PREFIX)))


def load(cluster: str, archive: Path) -> list[str]:
    """How kind loads an archive of an image onto every node.

    >>> load("mine", Path("/tmp/nsq.tar"))
    ['kind', 'load', 'image-archive', '--name', 'mine', '/tmp/nsq.tar']
    """
    return ["kind", "load", "image-archive", "--name", cluster, str(archive)]
