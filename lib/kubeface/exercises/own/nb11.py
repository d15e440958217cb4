"""The notice boards say what they take, stand apart, and one may be missing."""

from typing import Any

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, standing, table
from kubeface.endstates.rollout import bound, unfinished
from kubeface.endstates.selectors import selects
from kubeface.exercises.own.board import SPACE, afresh, inside, mistaken
from kubeface.kube import Cluster, KubeObject, apply, wait

NEEDS = ("nb01.own", "nb07.own")
HOSTNAME = "kubernetes.io/hostname"


def give_them_room(cluster: Cluster) -> None:
    """What `solution` shows."""
    written = """
    spec:
      template:
        spec:
          topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: kubernetes.io/hostname
              whenUnsatisfiable: DoNotSchedule
              labelSelector:
                matchLabels:
                  app: board
              matchLabelKeys: [pod-template-hash]
          containers:
            - name: web
              resources:
                requests: {cpu: 10m, memory: 8Mi}
                limits: {cpu: 100m, memory: 32Mi}
    """
    budget = """
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: board
      namespace: mine
    spec:
      maxUnavailable: 1
      selector:
        matchLabels:
          app: board
    """
    apply(cluster, [yaml.safe_load(budget)])
    cluster.patch("deployment/board", yaml.safe_load(written), namespace="mine", strategic=True)
    wait(cluster, "deployment/board", for_="Ready", timeout_s=90, namespace="mine")


def a_budget_alone(cluster: Cluster) -> None:
    """The template is as it was."""
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "board"}}}
    body = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "board"}}
    apply(cluster, [body | {"spec": spec}], namespace=SPACE)


def requests_alone(cluster: Cluster) -> None:
    """Nothing says how much is too much."""
    mistaken(cluster, give_them_room, ("            limits: {cpu: 100m, memory: 32Mi}\n", ""))


def a_wish_to_stand_apart(cluster: Cluster) -> None:
    """The constraint may be broken."""
    mistaken(cluster, give_them_room, ("DoNotSchedule", "ScheduleAnyway"))


def a_budget_of_nobody(cluster: Cluster) -> None:
    """Its selector is that of the course."""
    labels = "selector:\n    matchLabels:\n      app: board"
    mistaken(cluster, give_them_room, (labels, labels.replace("app:", "name:")))
    settled(cluster)


def a_budget_of_nothing(cluster: Cluster) -> None:
    """All have to be there, so that no node can be drained."""
    mistaken(cluster, give_them_room, ("maxUnavailable: 1", "minAvailable: 2"))
    settled(cluster)


def settled(cluster: Cluster) -> None:
    """Wait until the rollout is complete."""
    wait(cluster, "deployment/board", for_="Ready", timeout_s=60, namespace=SPACE)


def by_affinity_and_a_share(cluster: Cluster) -> None:
    """No two on one node, and half of them stay."""
    code = (
        "topologySpreadConstraints:\n        - maxSkew: 1\n          topologyKey: kubernetes.io/hostname\n"
        "          whenUnsatisfiable: DoNotSchedule\n          labelSelector:\n            matchLabels:\n"
        "              app: board\n          matchLabelKeys: [pod-template-hash]\n"
    )
    term = '{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: "board"}}}'
    affinity = (
        f"affinity: {{podAntiAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{term}]}}}}\n"
    )
    mistaken(cluster, give_them_room, (code, affinity), ("maxUnavailable: 1", 'minAvailable: "50%"'))
    settled(cluster)


@exercise(
    "nb11.own",
    level=Level.ALONE,
    work=Work.WRITE,
    hints=(
        "Three things: `resources` in the container, a constraint in the template's `spec`, and an "
        "object of its "
        "own, a PodDisruptionBudget.",
        "`web.yaml` and `budget.yaml` of this lesson show the last two. Each has a selector, and all of "
        "them mean "
        "app=board.",
        "A budget that lets nobody go keeps every node from being drained: of two, one may be missing.",
    ),
    solve=give_them_room,
    wrong=(
        a_budget_alone,
        requests_alone,
        a_wish_to_stand_apart,
        a_budget_of_nobody,
        a_budget_of_nothing,
    ),
    right=(by_affinity_and_a_share,),
    start=afresh(*NEEDS),
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """The boards request and are limited, their template keeps them apart, and a budget spares one."""
    mine = inside(cluster)
    found = mine.find("deployment/board")
    if found is None:
        return not_yet(f"{SPACE} has no Deployment board")
    template = at(found, "spec", "template", "spec") or {}
    budgets = mine.list("poddisruptionbudgets")
    asked = [box for box in each(template, "containers") if box.get("resources")]
    if not budgets and not asked and not _apart(template, found):
        return not_started("the boards say nothing of what they take, nor of where they stand")
    short = "" if _apart(template, found) else "its template lets all boards land on one node"
    return passed_unless(
        standing(found, "Deployment board")
        or _unsaid(template)
        or short
        or _unspared(found, budgets)
        or unfinished(found, called="boards")
        or _together(mine, found)
    )


def _unsaid(template: dict[str, Any]) -> str:
    """Which request or limit a container does not have."""
    for box in each(template, "containers"):
        for word in ("requests", "limits"):
            told = table(box, "resources", word)
            lacking = [name for name in ("cpu", "memory") if name not in told]
            if lacking:
                return f"the container {box.get('name')} says no {word} of {' and '.join(lacking)}"
    return ""


def _apart(template: dict[str, Any], board: KubeObject) -> bool:
    """Whether a condition of the template keeps the Pods from standing on one node."""
    labels = table(board, "spec", "template", "metadata", "labels")
    spread = [one for one in each(template, "topologySpreadConstraints") if one.get("maxSkew") == 1]
    hard = [one for one in spread if one.get("whenUnsatisfiable") == "DoNotSchedule"]
    affinity = at(template, "affinity", "podAntiAffinity") or {}
    terms = [*hard, *each(affinity, "requiredDuringSchedulingIgnoredDuringExecution")]
    return any(
        one.get("topologyKey") == HOSTNAME and selects(one.get("labelSelector"), labels) for one in terms
    )


def _unspared(board: KubeObject, budgets: list[KubeObject]) -> str:
    """Why no budget lets some boards go, and keeps others."""
    labels = table(board, "spec", "template", "metadata", "labels")
    found = [one for one in budgets if selects(at(one, "spec", "selector"), labels)]
    if not found:
        return "no budget is about the boards" if budgets else f"{SPACE} has no PodDisruptionBudget"
    for budget in found:
        least = at(budget, "spec", "minAvailable")
        missing = bound(at(budget, "spec", "maxUnavailable"), board.desired, up=True)
        kept = board.desired - missing if least is None else bound(least, board.desired, up=True)
        if kept >= board.desired:
            return f"the budget {budget.name} lets no board go: no node could be drained"
        if kept < 1:
            return f"the budget {budget.name} lets all boards go at once"
    return ""


def _together(mine: Cluster, board: KubeObject) -> str:
    nodes = {pod.node for pod in pods.of(mine, board)}
    return "" if len(nodes) > 1 else "all boards are on one node"
