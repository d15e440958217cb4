"""The notice board outlives a node: three on three, and none waits long on one that is out of reach."""

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import each, standing
from kubeface.endstates.placing import patience_s
from kubeface.endstates.rollout import unfinished
from kubeface.exercises.own.board import SPACE, afresh, inside, mistaken
from kubeface.kube import Cluster, KubeObject, wait

NEEDS = ("nb01.own", "nb07.own", "nb11.own")
NODES = 3
LONGEST_S = 5
SILENT = ("node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready")
DEFAULT_S = 300


def outlive_a_node(cluster: Cluster) -> None:
    """What `solution` shows."""
    written = """
    spec:
      replicas: 3
      template:
        spec:
          tolerations:
            - key: node.kubernetes.io/unreachable
              operator: Exists
              effect: NoExecute
              tolerationSeconds: 5
            - key: node.kubernetes.io/not-ready
              operator: Exists
              effect: NoExecute
              tolerationSeconds: 5
    """
    cluster.patch("deployment/board", yaml.safe_load(written), namespace="mine", strategic=True)
    wait(cluster, "deployment/board", for_="Ready", timeout_s=90, namespace="mine")


def three_that_wait(cluster: Cluster) -> None:
    """The number alone: each waits for five minutes."""
    inside(cluster).patch("deployment/board", {"spec": {"replicas": NODES}})
    settled(cluster)


def two_that_go(cluster: Cluster) -> None:
    """The tolerations alone."""
    mistaken(cluster, outlive_a_node, ("  replicas: 3\n", ""))
    settled(cluster)


def three_that_stay(cluster: Cluster) -> None:
    """Without a time they tolerate it for ever."""
    mistaken(cluster, outlive_a_node, ("          tolerationSeconds: 5\n", ""))
    settled(cluster)


def three_of_one_taint(cluster: Cluster) -> None:
    """Of the two taints that a silent node may get, one is forgotten."""
    mistaken(cluster, outlive_a_node, ("not-ready", "network-unavailable"))
    settled(cluster)


def settled(cluster: Cluster) -> None:
    """Wait until the rollout is complete."""
    wait(cluster, "deployment/board", for_="Ready", timeout_s=60, namespace=SPACE)


def three_that_go_at_once(cluster: Cluster) -> None:
    """Within no time at all."""
    mistaken(cluster, outlive_a_node, ("tolerationSeconds: 5", "tolerationSeconds: 0"))
    settled(cluster)


@exercise(
    "nb13.own",
    level=Level.ALONE,
    work=Work.WRITE,
    hints=(
        "A Pod for which nothing else is said bears a silent node for 300 seconds: `kubectl get pods "
        "--namespace "
        "mine --output yaml` shows two tolerations that nobody has written.",
        "The two taints are `node.kubernetes.io/unreachable` and `node.kubernetes.io/not-ready`, both "
        "NoExecute.",
        "`leave-sooner.yaml` of this lesson shows how long a toleration holds: `tolerationSeconds`.",
    ),
    solve=outlive_a_node,
    wrong=(three_that_wait, two_that_go, three_that_stay, three_of_one_taint),
    right=(three_that_go_at_once,),
    start=afresh(*NEEDS),
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """Three boards are on three nodes, and leave one that is out of reach within five seconds."""
    mine = inside(cluster)
    found = mine.find("deployment/board")
    if found is None:
        return not_yet(f"{SPACE} has no Deployment board")
    waits = _waits(found)
    if found.desired < NODES and min(waits.values()) >= DEFAULT_S:
        return not_started(f"there are {found.desired} boards, and each waits for five minutes")
    if found.desired < NODES:
        return not_yet(f"it asks for {found.desired} boards, and three are wanted")
    for key, seconds in waits.items():
        if seconds > LONGEST_S:
            told = "for ever" if seconds == float("inf") else f"for {seconds:g} seconds"
            return not_yet(f"the boards bear {key} {told}")
    return passed_unless(
        standing(found, "Deployment board") or unfinished(found, called="boards") or _together(mine, found)
    )


def _waits(board: KubeObject) -> dict[str, float]:
    """How long a Pod of the template stays on a silent node, by its taint; by default five minutes."""
    own_ones = each(board, "spec", "template", "spec", "tolerations")
    found = {}
    for key in SILENT:
        taint = {"key": key, "effect": "NoExecute"}
        said = [one for one in own_ones if one.get("key") in (key, None, "")]
        found[key] = patience_s(own_ones, taint) if said else float(DEFAULT_S)
    return found


def _together(mine: Cluster, board: KubeObject) -> str:
    nodes = {pod.node for pod in pods.of(mine, board)}
    return "" if len(nodes) >= NODES else f"the boards are on {len(nodes)} nodes"
