"""A cluster that exists already, by its kubeconfig context: check it, bring the images, clean up."""

import shutil
import tempfile
from pathlib import Path

from kubeface import places
from kubeface.errors import BadInput, Missing
from kubeface.existing import preflight, programs, removal, storage
from kubeface.existing.programs import Say
from kubeface.kube import overrides
from kubeface.kube.contexts import COURSE, connect_to
from kubeface.kube.overrides import NO_OVERRIDES, REGISTRY, ClusterOverrides
from kubeface.util.finding import Finding

#: How the tool that made a cluster loads an archive of an image: the beginning of its contexts' names → its
#: command, in which {context} is the whole name and {name} what follows that beginning.
IMAGE_LOADERS = {
    "kind-": "kind load image-archive --name {name} {archive}",
    "k3d-": "k3d image import --cluster {name} {archive}",
    "minikube": "minikube --profile {context} image load {archive}",
}


class ExistingCluster:
    """A cluster by its kubeconfig context. Nothing of it is started or stopped, and its owner's things stay.

    Args:
        context: Its name, in the course's kubeconfig or in those that kubectl reads.
        asked: What it has in place of the course's registry and storage, as far as somebody said.
    Raises:
        BadInput: there is no such context, or it is the course's own cluster.
    """

    def __init__(self, context: str, asked: ClusterOverrides = NO_OVERRIDES) -> None:
        self.context = context
        self.cluster = connect_to(context)
        if context == COURSE and self.cluster.kubeconfig.parent == places.kubeconfig().parent:
            raise BadInput(f"{context} is the course's own cluster.", try_next="kubeface up, kubeface doctor")
        self._asked = asked

    def overrides(self) -> ClusterOverrides:
        """Its registry and StorageClass: as given now, else as stored by `use`, else as detected."""
        noted = overrides.load_overrides(self.context)
        told = ClusterOverrides(
            registry=self._asked.registry or noted.registry,
            shared_class=self._asked.shared_class or noted.shared_class,
            one_node=self._asked.one_node or noted.one_node,
        )
        return storage.choose(self.cluster, told)

    def examine(self) -> list[Finding]:
        """What it has and lacks, and what its user may not do; changes nothing.

        Raises:
            ConnectionFailed: nobody answers at its address.
        """
        told = self.overrides()
        return [*preflight.examine(self.cluster, told), self._way_of_images(told.registry)]

    def up(self, *, say: Say) -> None:
        """Prepare it for the course: check it, bring the images, store the overrides.

        Raises:
            Missing: the pipeline cannot run there; a sentence for each reason is in `seen`.
        """
        told = self.overrides()
        reasons = [one.problem for one in self.examine() if one.stops]
        if reasons:
            raise Missing(
                f"The pipeline cannot run on {self.context} yet; nothing has been changed.",
                seen="\n".join(f"- {reason}" for reason in reasons),
                try_next=f"kubeface check --context {self.context}",
            )
        self._bring_images(told.registry, say)
        overrides.save_overrides(self.context, told)
        say(f'{self.context} is ready. A notebook uses it with Lesson("00", context="{self.context}").')

    def down(self, *, purge: bool, say: Say) -> None:
        """Delete what the course made there, and nothing else; with `purge`, the stored overrides, too.

        Raises:
            BadInput: the pipeline's namespace was not made by the course; nothing has been changed.
        """
        removal.remove(self.cluster, say)
        if purge:
            overrides.delete_overrides(self.context)

    def _way_of_images(self, registry: str) -> Finding:
        """Check how the images get to the nodes."""
        if registry:
            return Finding(f"images through {registry}")
        loader = image_loader(self.context, Path())
        if loader is None:
            problem = (
                f"Nobody has said how images get to the nodes of {self.context}: "
                "name a registry that they pull from with --registry HOST:PORT."
            )
            return Finding("images", problem)
        program = loader[0]
        if shutil.which(program):
            return Finding(f"images through {program}")
        problem = (
            f"{program} would load the images, and is not on the PATH: add it, or give --registry HOST:PORT."
        )
        return Finding("images", problem)

    def _bring_images(self, registry: str, say: Say) -> None:
        if registry == REGISTRY:  # the nodes know the course's own name: whoever arranged that brings them
            return
        if registry:
            programs.kubeface_images(["--push", registry], say)
            return
        with tempfile.TemporaryDirectory() as folder:
            programs.kubeface_images(["--save", folder], say)
            for archive in sorted(Path(folder).glob("*.tar")):
                if loader := image_loader(self.context, archive):
                    programs.tell(loader, say, what=f"Loading {archive.stem}")
                    say(f"Loaded {archive.stem}")


def image_loader(context: str, archive: Path) -> list[str] | None:
    """The command with which the tool that made a cluster loads an archive; None where no tool is known.

    >>> image_loader("minikube", Path("/tmp/nsq.tar"))
    ['minikube', '--profile', 'minikube', 'image', 'load', '/tmp/nsq.tar']
    >>> image_loader("kind-mine", Path("/tmp/nsq.tar"))
    ['kind', 'load', 'image-archive', '--name', 'mine', '/tmp/nsq.tar']
    >>> image_loader("k3d-mine", Path("/tmp/nsq.tar"))
    ['k3d', 'image', 'import', '--cluster', 'mine', '/tmp/nsq.tar']
    """
    for prefix, command in IMAGE_LOADERS.items():
        if context.startswith(prefix):
            known = {"context": context, "name": context.removeprefix(prefix), "archive": archive}
            return [word.format(**known) for word in command.split()]
    return None
