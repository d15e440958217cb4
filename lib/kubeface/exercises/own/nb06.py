"""A lookout on every node."""

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates.parts import at, standing
from kubeface.endstates.placing import as_daemon, is_meant, ordinary, refused_by, spelled, tolerates
from kubeface.endstates.rollout import unfinished
from kubeface.exercises.own.board import SPACE, afresh, astray, inside, listed, mistaken
from kubeface.kube import Cluster, KubeObject, apply, wait

NEEDS = ("nb01.own",)
#: The taint of this lesson.
MISSION = {"key": "mission-critical", "value": "true", "effect": "NoSchedule"}


def post_lookouts(cluster: Cluster) -> None:
    """What `solution` shows."""
    written = """
    apiVersion: apps/v1
    kind: DaemonSet
    metadata:
      name: lookout
      namespace: mine
    spec:
      selector:
        matchLabels:
          app: lookout
      template:
        metadata:
          labels:
            app: lookout
        spec:
          tolerations:
            - key: mission-critical
              operator: Exists
              effect: NoSchedule
          containers:
            - name: lookout
              image: registry.kubeface.internal/busybox:v1.0
              command:
                - sh
                - -c
                - |
                  trap exit TERM
                  while true; do
                    wget -q -O /dev/null http://board.mine && echo "in sight" || echo "out of sight"
                    sleep 10 & wait
                  done
    """
    apply(cluster, [yaml.safe_load(written)])
    wait(cluster, "daemonset/lookout", for_="Ready", timeout_s=90, namespace="mine")


#: The part of the solution that lets lookouts in everywhere.
_TOLERANT = "tolerations:\n        - key: mission-critical\n"
_TOLERANT += "          operator: Exists\n          effect: NoSchedule\n"


def lookouts_that_are_kept_out(cluster: Cluster) -> None:
    """The toleration is left out."""
    mistaken(cluster, post_lookouts, (f"      {_TOLERANT}", ""))


def lookouts_of_some_nodes(cluster: Cluster) -> None:
    """A node selector is left over from the lesson."""
    choice = "nodeSelector: {kubernetes.io/hostname: node1}"
    mistaken(cluster, post_lookouts, ("      containers:", f"      {choice}\n      containers:"))


def lookouts_of_no_image(cluster: Cluster) -> None:
    """They do not start."""
    mistaken(cluster, post_lookouts, ("busybox:v1.0", "busybox:v10"))
    count = len(ordinary(cluster))
    wait(
        cluster,
        "daemonset/lookout",
        for_=lambda one: one.status.updatedNumberScheduled == count,
        namespace=SPACE,
    )


def lookouts_of_a_deployment(cluster: Cluster) -> None:
    """As many as nodes, and nobody says where."""
    replicas = f"spec:\n  replicas: {len(ordinary(cluster))}\n  selector:"
    mistaken(cluster, post_lookouts, ("DaemonSet", "Deployment"), ("spec:\n  selector:", replicas))


def lookouts_that_tolerate_everything(cluster: Cluster) -> None:
    """Without a key, and in another program."""
    mistaken(
        cluster,
        post_lookouts,
        (_TOLERANT, "tolerations: [{operator: Exists, effect: NoSchedule}]\n"),
        ("app: lookout", "role: lookout"),
    )
    wait(cluster, "daemonset/lookout", for_="Ready", timeout_s=60, namespace=SPACE)


@exercise(
    "nb06.own",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "Whatever belongs to each node, and has no number of its own, is a DaemonSet.",
        "A toleration stands in the template's `spec`, beside `containers`: the key, the operator and the "
        "effect of the taint that it bears.",
        "`kubectl get pods --namespace mine --output wide` shows which node has one.",
    ),
    solve=post_lookouts,
    wrong=(
        lookouts_that_are_kept_out,
        lookouts_of_some_nodes,
        lookouts_of_a_deployment,
        lookouts_of_no_image,
    ),
    right=(lookouts_that_tolerate_everything,),
    start=afresh(*NEEDS),
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """A DaemonSet lookout in mine is on every node, and bears the taint mission-critical=true:NoSchedule."""
    mine = inside(cluster)
    found = mine.find("daemonset/lookout")
    if found is None:
        lost = astray(cluster, "daemonset/lookout", "DaemonSet lookout")
        if not lost and mine.find("deployment/lookout"):
            lost = "a Deployment lookout has a number of Pods, and nobody says that each node gets one"
        return not_yet(lost) if lost else not_started(f"{SPACE} has no DaemonSet lookout")
    return passed_unless(
        standing(found, "DaemonSet lookout") or _left_out(mine, found) or unfinished(found, called="lookouts")
    )


def _left_out(mine: Cluster, lookout: KubeObject) -> str:
    """Which node its Pods are not meant for, or do not get into."""
    spec = as_daemon(at(lookout, "spec", "template", "spec") or {})
    others = [node.name for node in ordinary(mine) if not is_meant(spec, node)]
    if others:
        return f"its template is not meant for {listed(others)}"
    for node in ordinary(mine):
        taint = refused_by(spec, node)
        if taint:
            return f"{node.name} keeps it out, by the taint {spelled(taint)}"
    if any(tolerates(one, MISSION) for one in spec["tolerations"]):
        return ""
    return f"a node with the taint {spelled(MISSION)} would keep it out"
