"""Each state that a lesson begins with is the same whatever was there before: nothing, or a disorder.

The notebooks' live runs begin in disorder, each; here is what they find, compared with what they find on a
cluster that has nothing of the course. Two states that differ in the name of an empty namespace are one.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import beginnings
import pytest

from kubeface.exercises import load, notebooks
from kubeface.kube import Cluster, KubeObject
from kubeface.kube.client import ref_of
from kubeface.kube.user_objects import user_objects
from kubeface.kube.wait import Deadline
from kubeface.lesson import State
from kubeface.lesson.context import connect
from kubeface.lesson.prepare import bring, remove_namespaces

BRING_S = 300  # chosen: the whole pipeline from nothing, on a machine with other things to do


def distinct() -> dict[str, tuple[State, str]]:
    """Every state of the course once, by the first lesson that has it, with that lesson's namespace."""
    found: dict[str, tuple[State, str]] = {}
    for number in notebooks():
        plan = load(number)
        for kind, state in (("state", plan.state), ("practice", plan.practice)):
            known = [replace(one, namespaces=()) for one, _ in found.values()]
            if state and replace(state, namespaces=()) not in known:
                found[f"{number}-{kind}"] = state, plan.namespace
    return found


STATES = distinct()


@pytest.mark.cluster
@pytest.mark.parametrize("name", STATES)
def test_a_state_is_the_same_from_nothing_and_from_a_disorder(name: str, course: Path) -> None:
    state, namespace = STATES[name]
    cluster = connect(namespace=namespace)
    beginnings.without_the_course(cluster)
    bring(cluster, state, timeout_s=BRING_S)
    from_nothing = inventory(cluster, state)
    beginnings.in_disorder(cluster)
    bring(cluster, state, timeout_s=BRING_S)
    assert inventory(cluster, state) == from_nothing
    for one in state.objects():
        if one["kind"] != "Namespace":
            assert ref_of(one) in from_nothing["namespaces"][one["metadata"].get("namespace", namespace)]
    remove_namespaces(cluster, state.namespaces, Deadline.after(beginnings.GONE_S))  # as a lesson's last cell


def inventory(cluster: Cluster, state: State) -> dict[str, Any]:
    """What a lesson relies on: its namespaces with all that is in them, and how its nodes are marked."""
    made = [one["metadata"] for one in state.objects() if one["kind"] != "Namespace"]
    spaces = dict.fromkeys(
        [cluster.namespace, *(one.get("namespace") for one in made), *state.namespaces, *state.gone]
    )
    return {
        "namespaces": {space: _held(cluster, space) for space in spaces if space},
        "nodes": {node.name: _marks(node) for node in cluster.nodes()},
    }


def _held(cluster: Cluster, space: str) -> dict[str, Any] | None:
    """Each object of a namespace, with what it runs; None where there is no such namespace."""
    if cluster.find(f"namespace/{space}") is None:
        return None
    return {one.ref: _runs(one) for one in user_objects(cluster, space)}


def _runs(one: KubeObject) -> tuple[Any, list[str]]:
    spec = one.raw.get("spec") or {}
    pod = (spec.get("template") or {}).get("spec") or {}
    return spec.get("replicas"), [container["image"] for container in pod.get("containers") or []]


def _marks(node: KubeObject) -> tuple[dict[str, str], bool, list[str]]:
    ours = {key: value for key, value in node.labels.items() if "/" not in key}
    taints = [taint["key"] for taint in node.raw["spec"].get("taints") or []]
    return ours, bool(node.spec.unschedulable), taints
