"""What each lesson needs of a cluster, and which lessons an existing cluster can do."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kubeface.exercises.course import load, notebooks
from kubeface.kube import Cluster
from kubeface.kube.rights import may
from kubeface.lesson.needs import Needs, lacking, needs_of
from kubeface.places import SOURCE
from kubeface.views.tables import Table


@dataclass(frozen=True)
class Facts:
    """The facts that decide whether a lesson works on an existing cluster.

    Args:
        nodes: How many it has; None when the user may not list them.
        makes_namespaces: Whether the user may make and remove them.
        changes_nodes: Whether the user may label nodes.
    """

    nodes: int | None
    makes_namespaces: bool
    changes_nodes: bool

    @classmethod
    def of(cls, cluster: Cluster) -> "Facts":
        """Read the facts from a cluster, for the user of the connection."""
        return cls(
            nodes=len(cluster.nodes()) if may(cluster, "list", "nodes") else None,
            makes_namespaces=may(cluster, "create", "namespaces") and may(cluster, "delete", "namespaces"),
            changes_nodes=may(cluster, "patch", "nodes"),
        )

    def verdict(self, needs: Needs) -> str:
        """Whether a lesson works, or what is missing for it.

        >>> Facts(1, True, True).verdict(Needs(3))
        'no: 1 node'
        >>> Facts(3, True, True).verdict(Needs(3, ("face",)))
        'yes'
        """
        if missing := list(self._missing(needs)):
            return f"no: {', '.join(missing)}"
        left_out = [cell.number for cell in needs.cells if lacking(cell.need, self.nodes, is_own=False)]
        return "yes" + (f", without cells {', '.join(f'[{one}]' for one in left_out)}" if left_out else "")

    def _missing(self, needs: Needs) -> Iterator[str]:
        if needs.own:
            yield f"only the course's own, {', '.join(needs.own)}"
        if self.nodes is None:
            yield "no right to list nodes"
        elif self.nodes < needs.nodes:
            yield f"{self.nodes} node" + ("" if self.nodes == 1 else "s")
        if needs.namespaces and not self.makes_namespaces:
            yield "no right to make namespaces"
        if needs.changes_nodes and not self.changes_nodes:
            yield "no right to label nodes"


def needed() -> Table:
    """A table of what each lesson needs."""
    return Table(("lesson", "needs"), [(name, needs.in_words()) for name, needs in _lessons()])


def here(cluster: Cluster) -> Table:
    """A table of whether each lesson works on this cluster, for this user."""
    facts = Facts.of(cluster)
    rows = [(name, facts.verdict(needs), needs.in_words()) for name, needs in _lessons()]
    return Table(("lesson", "here", "needs"), rows)


def _lessons() -> Iterator[tuple[str, Needs]]:
    for number in notebooks():
        plan = load(number)
        yield f"{number} {plan.title}", needs_of(plan, _notebook(number))


def _notebook(number: str) -> Path | None:
    return next((SOURCE / "notebooks").glob(f"{number}-*.ipynb"), None)
