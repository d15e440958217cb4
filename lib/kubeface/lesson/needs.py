"""What a lesson needs of a cluster, read from its plan and its notebook; and `%%needs`, for single cells."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kubeface.checks import session
from kubeface.errors import BadInput
from kubeface.kube import Cluster
from kubeface.lesson.context import is_course
from kubeface.lesson.plan import Plan, State

#: What only the course's own cluster can do: its machines are processes on this one.
OWN = "the course's own cluster"
#: The argument of `%%needs`: "3 nodes", "own cluster", "package face_recognition".
_NEED = re.compile(r"(?P<count>\d+) nodes|own cluster|package (?P<package>\w+)")
_EXAMPLES = "%%needs 3 nodes, %%needs own cluster, %%needs package face_recognition"
#: What a cell does that goes past the API, which other clusters do not offer.
_BEHIND = {
    "to switch nodes off": re.compile(r"\.power_o(?:n|ff)\(|\bkubeface node\b"),
    "for its registry": re.compile(r"\bImages\.of\("),
}
_OUTSIDE = re.compile(r"\b(?:un)?cordon\b|\btaint nodes?\b|\blabel nodes?\b|\bkubectl drain\b")


@dataclass(frozen=True)
class Cell:
    """A code cell that is left out where something is missing. `number`: as JupyterLab shows it, [7]."""

    number: int
    need: str


@dataclass(frozen=True)
class Needs:
    """What a lesson needs.

    Args:
        nodes: How many, at least.
        namespaces: Those that it makes or removes.
        changes_nodes: Whether it labels, taints or closes nodes.
        volumes: The claims' access modes that it asks for: ReadWriteOnce, ReadWriteMany.
        own: What it takes the course's own cluster for; empty when any cluster does.
        cells: Those that are left out where their need is not met.
    """

    nodes: int
    namespaces: tuple[str, ...] = ()
    changes_nodes: bool = False
    volumes: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()

    def in_words(self) -> str:
        """The needs in one line.

        >>> Needs(2, ("face",), True, ("ReadWriteOnce",)).in_words()
        '2 nodes; to make and remove the namespace face; to label nodes; a volume (ReadWriteOnce)'
        """
        many = "namespaces" if len(self.namespaces) > 1 else "namespace"
        said = [
            f"{self.nodes} node" + ("s" if self.nodes > 1 else ""),
            f"to make and remove the {many} {', '.join(self.namespaces)}" if self.namespaces else "",
            "to label nodes" if self.changes_nodes else "",
            f"a volume ({', '.join(self.volumes)})" if self.volumes else "",
            f"{OWN}, {', '.join(self.own)}" if self.own else "",
        ]
        return "; ".join(filter(None, said))


def needs_of(plan: Plan, notebook: Path | None = None) -> Needs:
    """What a lesson needs: of its plan, and of the cells of its notebook, if there is one."""
    states = [state for state in (plan.state, plan.practice) if state]
    cells = _code(notebook) if notebook else []
    marked = [Cell(number, need) for number, source in enumerate(cells, 1) if (need := _marked(source))]
    bare = [source for source in cells if not _marked(source)]
    return Needs(
        nodes=plan.nodes,
        namespaces=tuple(sorted({name for state in states for name in _namespaces(state)})),
        changes_nodes=any(state.labels for state in states) or any(map(_OUTSIDE.search, bare)),
        volumes=tuple(sorted({mode for state in states for mode in _volumes(state)})),
        own=tuple(why for why, sign in _BEHIND.items() if any(map(sign.search, bare))),
        cells=tuple(marked),
    )


def lacking(need: str, nodes: int | None, *, is_own: bool) -> str:
    """What is missing for a need such as "3 nodes", as a sentence; empty when it is met.

    Args:
        need: As `%%needs` takes it.
        nodes: How many nodes there are; None when nobody may know.
        is_own: Whether it is the course's own cluster.

    Raises:
        BadInput: it is no need that we know.

    >>> lacking("3 nodes", 1, is_own=False)
    'this takes 3 nodes, and there is one'
    >>> lacking("own cluster", 3, is_own=True)
    ''
    >>> lacking("package no_such_package", 3, is_own=True)
    'this takes the Python package no_such_package, which is not installed'
    """
    asked = _NEED.fullmatch(need.strip())
    if asked is None:
        raise BadInput(f"%%needs {need} is not understood", try_next=_EXAMPLES)
    if package := asked["package"]:
        return (
            "" if find_spec(package) else f"this takes the Python package {package}, which is not installed"
        )
    if asked["count"] is None:
        return "" if is_own else f"this takes {OWN}, made by `kubeface up`"
    if nodes is None or nodes >= int(asked["count"]):
        return ""
    return f"this takes {asked['count']} nodes, and there {'is one' if nodes == 1 else f'are {nodes}'}"


def lacking_here(need: str, cluster: Cluster | None = None) -> str:
    """The same for the lesson's cluster as it is now."""
    cluster = cluster or session.cluster()
    return lacking(need, len(cluster.nodes()), is_own=is_course(cluster))


def _namespaces(state: State) -> Iterator[str]:
    for one in state.objects():
        meta = one["metadata"]
        yield from [meta["name"]] if one["kind"] == "Namespace" else filter(None, [meta.get("namespace")])
    yield from (*state.namespaces, *state.gone)


def _volumes(state: State) -> Iterator[str]:
    for one in state.objects():
        claims: list[dict[str, Any]] = one["spec"].get("volumeClaimTemplates") or [] if "spec" in one else []
        claims += [one] if one["kind"] == "PersistentVolumeClaim" else []
        yield from (mode for claim in claims for mode in claim["spec"].get("accessModes") or [])


def _code(notebook: Path) -> list[str]:
    cells = json.loads(notebook.read_text())["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def _marked(source: str) -> str:
    """The need that a cell is marked with, if it is."""
    found = re.search(r"^%%needs (.+)$", source, re.MULTILINE)
    return found[1].strip() if found else ""
