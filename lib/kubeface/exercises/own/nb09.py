"""A clerk that nobody calls: it fetches its work itself, and doing it twice changes nothing."""

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, standing, table
from kubeface.endstates.rollout import unfinished
from kubeface.errors import CommandFailed, NotReady
from kubeface.exercises.own.board import SPACE, afresh, inside, listed, mistaken, pages
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.kube.kubectl import run
from kubeface.util.waiting import wait_until

NEEDS = ("nb01.own", "nb07.own", "nb05.own", "nb04.own")
COPY = "/diary/copy.html"
COPIED_S = 12.0  # chosen: longer than the pause that the exercise allows


def copy_the_page(cluster: Cluster) -> None:
    """What `solution` shows."""
    written = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: clerk
      namespace: mine
    spec:
      strategy:
        type: Recreate
      selector:
        matchLabels:
          app: clerk
      template:
        metadata:
          labels:
            app: clerk
        spec:
          containers:
            - name: clerk
              image: registry.kubeface.internal/busybox:v1.0
              command:
                - sh
                - -c
                - |
                  trap exit TERM
                  date >> /diary/opened
                  while true; do
                    wget -q -O /diary/new http://board && mv /diary/new /diary/copy.html
                    sleep 2 & wait
                  done
              volumeMounts:
                - name: diary
                  mountPath: /diary
          volumes:
            - name: diary
              persistentVolumeClaim:
                claimName: diary
    """
    cluster.delete("pod/clerk", namespace="mine")
    apply(cluster, [yaml.safe_load(written)])
    wait(cluster, "deployment/clerk", for_="Ready", timeout_s=90, namespace="mine")


def a_clerk_with_a_service(cluster: Cluster) -> None:
    """As if somebody would call it."""
    mistaken(cluster, copy_the_page)
    kubectl(f"expose deployment clerk --port 80 --namespace {SPACE}", cluster=cluster)
    settled(cluster)


def a_clerk_beside_the_clerk(cluster: Cluster) -> None:
    """The Pod of notebook 04 is left as it is."""
    mistaken(cluster, copy_the_page, ('cluster.delete("pod/clerk", namespace="mine")\n', ""))
    settled(cluster)


def a_clerk_without_the_diary(cluster: Cluster) -> None:
    """Its copies go with it."""
    mistaken(cluster, copy_the_page, ("persistentVolumeClaim:\n            claimName: diary", "emptyDir: {}"))
    settled(cluster)


def a_clerk_at_the_wrong_door(cluster: Cluster) -> None:
    """It asks at the Pods' port, where the Service does not listen."""
    mistaken(cluster, copy_the_page, ("http://board &&", "http://board:8080 &&"))
    settled(cluster)


def settled(cluster: Cluster) -> None:
    """Wait until the clerk is ready."""
    wait(cluster, "deployment/clerk", for_="Ready", timeout_s=60, namespace=SPACE)


def a_clerk_that_says_the_whole_name(cluster: Cluster) -> None:
    """And writes at once, without a file in between."""
    line = "wget -q -O /diary/new http://board && mv /diary/new /diary/copy.html"
    other = "wget -q -O /diary/copy.html http://board.mine.svc.cluster.local"
    mistaken(cluster, copy_the_page, (line, other))
    settled(cluster)


@exercise(
    "nb09.own",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "A loop in a shell is enough: fetch, write, rest. `while true; do …; sleep 2; done`",
        "The page's name within `mine` is `http://board`. Whatever is written from its beginning each "
        "time may be "
        "written twice.",
        "`kubectl exec deployment/clerk --namespace mine -- cat /diary/copy.html` and "
        "`kubectl logs deployment/clerk --namespace mine` say how far it is.",
    ),
    solve=copy_the_page,
    wrong=(
        a_clerk_beside_the_clerk,
        a_clerk_without_the_diary,
        a_clerk_with_a_service,
        a_clerk_at_the_wrong_door,
    ),
    right=(a_clerk_that_says_the_whole_name,),
    start=afresh(*NEEDS),
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """A Deployment clerk in mine, which no Service finds, keeps a copy of your page in /diary/copy.html."""
    mine = inside(cluster)
    found = mine.find("deployment/clerk")
    if found is None:
        return not_started(f"{SPACE} has no Deployment clerk")
    short = standing(found, "Deployment clerk") or unfinished(found, called="clerks")
    alone = [pod.name for pod in pods.living(mine) if pod.name == "clerk"]
    if not short and alone:
        return not_yet("the Pod clerk, which nobody keeps, is still there beside it")
    return passed_unless(short or _called(mine, found) or _unkept(found) or _uncopied(cluster, mine))


def _called(mine: Cluster, clerk: KubeObject) -> str:
    """Which Service finds the clerk."""
    labels = table(clerk, "spec", "template", "metadata", "labels")
    chosen = {one.name: table(one, "spec", "selector") for one in mine.list("services")}
    found = [name for name, selector in chosen.items() if selector and selector.items() <= labels.items()]
    return f"a Service finds it, {listed(found)}: nobody should call a consumer" if found else ""


def _unkept(clerk: KubeObject) -> str:
    claims = [
        at(one, "persistentVolumeClaim", "claimName")
        for one in each(clerk, "spec", "template", "spec", "volumes")
    ]
    return "" if "diary" in claims else "its Pod does not use the claim diary"


def _uncopied(cluster: Cluster, mine: Cluster) -> str:
    """Why the copy is not what the page is."""
    seen = ""

    def is_copied() -> bool:
        nonlocal seen
        words = ["exec", "deployment/clerk", "--namespace", SPACE, "--", "cat", COPY]
        try:
            is_same = run(words, cluster=cluster).strip() in pages(mine)
        except CommandFailed:
            seen = f"there is no {COPY}"
            return False
        seen = "" if is_same else f"{COPY} has other words than your page"
        return is_same

    try:
        wait_until(is_copied, what="no copy", timeout_s=COPIED_S, every_s=1.0)
    except NotReady:
        return seen
    return ""
