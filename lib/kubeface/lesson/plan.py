"""The declaration of a lesson: its goals, and the state that it begins with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kubeface.kube import Cluster, kustomize
from kubeface.pipeline.deploy import NAMESPACE, manifests_folder

Step = Callable[[Cluster], object]
Manifest = dict[str, Any]


@dataclass(frozen=True)
class State:
    """The state in which a lesson finds the cluster, whatever was there before.

    Every namespace that it names belongs to the lesson: what is in it and not in the state is removed.

    Args:
        folders: Kustomizations below `manifests`, a later one winning; `"."` is the whole pipeline.
        namespaces: Empty ones for the lesson itself; its last cell removes them.
        gone: Namespaces that are not to be there.
        labels: What every node is labelled with.
        keep: Refs that stay although no folder has them: `secret/kube-face-secret`.
        first: Done when the namespaces are there, before the folders are applied.
        last: Done when everything is ready.
        manifests: Where the folders are; without it, the course's own.
    """

    folders: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    keep: tuple[str, ...] = ()
    first: tuple[Step, ...] = ()
    last: tuple[Step, ...] = ()
    manifests: Path | None = None

    def objects(self) -> list[Manifest]:
        """The objects of all folders, each once."""
        found: dict[tuple[str, str, str], Manifest] = {}
        for folder in self.folders:
            for one in kustomize((self.manifests or manifests_folder()) / folder):
                meta = one["metadata"]
                found[one["kind"], meta.get("namespace", ""), meta["name"]] = one
        return list(found.values())


@dataclass(frozen=True)
class Plan:
    """A lesson as its author declares it.

    Args:
        number: `05`.
        title: As in the notebook's heading.
        objectives: What a learner can do after it.
        needs: What a learner should know before it.
        state: What it begins with.
        practice: The state in which its exercises are tried, where its cells have changed the first one.
        faults: What `lesson.inject_faults()` breaks, for exercises that repair it.
        nodes: How many nodes it needs at least.
        namespace: Where its cluster looks when a call names no namespace.
        parts: The programs of the pipeline that it is about; its opening shows them on a map.
    """

    number: str
    title: str
    objectives: tuple[str, ...] = ()
    needs: str = ""
    state: State = State()
    practice: State | None = None
    faults: tuple[Step, ...] = ()
    nodes: int = 1
    namespace: str = NAMESPACE
    parts: tuple[str, ...] = ()
