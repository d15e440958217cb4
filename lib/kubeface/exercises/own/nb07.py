"""A Deployment keeps two notice boards in the place of one Pod that nobody keeps."""

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import standing, table
from kubeface.endstates.rollout import unfinished
from kubeface.exercises.own.board import (
    BOARD,
    SPACE,
    afresh,
    astray,
    boards,
    inside,
    listed,
    mistaken,
    silent,
)
from kubeface.kube import Cluster, apply, wait

NEEDS = ("nb01.own", "nb02.own", "nb05.own")
LEAST = 2


def a_pod_that_nobody_keeps(cluster: Cluster) -> None:
    """A board, its Service, and no Deployment of that name."""
    afresh(*NEEDS)(cluster)
    cluster.delete("deployment/board")


def keep_two(cluster: Cluster) -> None:
    """What `solution` shows."""
    written = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: board
      namespace: mine
    spec:
      replicas: 2
      selector:
        matchLabels:
          app: board
      template:
        metadata:
          labels:
            app: board
        spec:
          securityContext:
            runAsNonRoot: true
            runAsUser: 1000
          containers:
            - name: web
              image: registry.kubeface.internal/busybox:v1.0
              command: [sh, -c, "trap exit TERM; httpd -f -p 8080 -h /page & wait"]
              volumeMounts:
                - name: page
                  mountPath: /page
          volumes:
            - name: page
              configMap:
                name: page
    """
    apply(cluster, [yaml.safe_load(written)])
    cluster.delete("pod/board", namespace="mine")
    wait(cluster, "deployment/board", for_="Ready", timeout_s=90, namespace="mine")
    wait(cluster, "pod/board", for_="deleted", timeout_s=90, namespace="mine")


#: The line of the solution that takes the bare Pod away.
GONE = 'cluster.delete("pod/board", namespace="mine")\n'


def two_beside_the_pod(cluster: Cluster) -> None:
    """The Pod of notebook 02 is left as it is."""
    mistaken(cluster, keep_two, (GONE, ""))
    settled(cluster)


def one_alone(cluster: Cluster) -> None:
    """The number is left out."""
    mistaken(cluster, keep_two, ("  replicas: 2\n", ""))
    settled(cluster)


def two_of_another_label(cluster: Cluster) -> None:
    """In the course's words: the Service finds none of them."""
    mistaken(cluster, keep_two, ("    app: board\n", "    app.kubernetes.io/name: board\n"))
    settled(cluster)


def two_of_no_image(cluster: Cluster) -> None:
    """They do not start."""
    mistaken(cluster, keep_two, ("busybox:v1.0", "busybox:v10"))
    wait(cluster, "deployment/board", for_=lambda one: one.status.updatedReplicas == LEAST, namespace=SPACE)


def two_without_the_page(cluster: Cluster) -> None:
    """The volume is there, and mounted elsewhere."""
    mistaken(cluster, keep_two, ("mountPath: /page", "mountPath: /pages"))
    settled(cluster)


def settled(cluster: Cluster) -> None:
    """Wait until the Deployment is ready."""
    wait(cluster, "deployment/board", for_="Ready", timeout_s=60, namespace=SPACE)


def three_in_another_way(cluster: Cluster) -> None:
    """Another container's name, one label more, one Pod more."""
    mistaken(
        cluster,
        keep_two,
        ("replicas: 2", "replicas: 3"),
        ("name: web", "name: httpd"),
        ("        app: board\n    spec", "        app: board\n        colour: teal\n    spec"),
    )
    settled(cluster)


@exercise(
    "nb07.own",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "Begin with a copy of your Pod's file: what stood below `metadata` and `spec` is the template now.",
        "The template needs labels, and no name; `selector.matchLabels` has to agree with them. Keep "
        "app=board: your Service asks for it.",
        "The bare Pod has no owner, and the Deployment does not count it. It may go: "
        "`kubectl delete pod board --namespace mine`.",
    ),
    solve=keep_two,
    wrong=(
        two_beside_the_pod,
        one_alone,
        two_of_another_label,
        two_of_no_image,
        two_without_the_page,
    ),
    right=(three_in_another_way,),
    start=a_pod_that_nobody_keeps,
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """A Deployment board in mine keeps two boards, which show your page; none is left that nobody keeps."""
    mine = inside(cluster)
    found = mine.find("deployment/board")
    if found is None:
        lost = astray(cluster, "deployment/board", "Deployment board")
        return not_yet(lost) if lost else not_started(f"{SPACE} has no Deployment board")
    short = standing(found, "Deployment board") or unfinished(found, called="boards")
    if short or found.desired < LEAST:
        return not_yet(short or f"it asks for {found.desired}, and two are wanted")
    labels = table(found, "spec", "template", "metadata", "labels")
    if not BOARD.items() <= labels.items():
        told = listed(f"{key}={value}" for key, value in labels.items())
        return not_yet(f"its Pods have the labels {told}, and the Service board asks for app=board")
    alone = [pod.name for pod in boards(mine) if not pod.metadata.ownerReferences]
    if alone:
        return not_yet(f"a Pod that nobody keeps is still there beside them: {listed(alone)}")
    return passed_unless(next(filter(None, (silent(mine, pod) for pod in pods.of(mine, found))), ""))
