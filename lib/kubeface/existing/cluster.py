"""A cluster that exists already, by its kubeconfig context: check it, bring the images, clean up."""

from pathlib import Path

from kubeface import places
from kubeface.errors import BadInput, Missing
from kubeface.existing import image_loaders, preflight, removal, storage_classes
from kubeface.existing.image_loaders import Say
from kubeface.kube import overrides
from kubeface.kube.contexts import COURSE, connect_to
from kubeface.kube.overrides import NO_OVERRIDES, ClusterOverrides
from kubeface.util.finding import Finding


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
        return storage_classes.choose(self.cluster, told)

    def examine(self) -> list[Finding]:
        """What it has and lacks, and what its user may not do; changes nothing.

        Raises:
            ConnectionFailed: nobody answers at its address.
        """
        told = self.overrides()
        return [*preflight.examine(self.cluster, told), image_loaders.check(self.context, told.registry)]

    def up(self, *, say: Say, archives: Path | None = None) -> None:
        """Prepare it for the course: check it, bring the images, store the overrides.

        Args:
            archives: A folder with archives of the images; without it they are built.

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
        image_loaders.bring(self.context, told.registry, say, saved=archives)
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
