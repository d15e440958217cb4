"""The notice boards are asked whether they can serve, and whether they are alive."""

from collections.abc import Mapping
from typing import Any

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods, settings
from kubeface.endstates.parts import each, standing
from kubeface.endstates.rollout import unfinished
from kubeface.exercises.own.board import SPACE, afresh, inside, mistaken
from kubeface.kube import Cluster, KubeObject, wait

NEEDS = ("nb01.own", "nb07.own")


def ask_them(cluster: Cluster) -> None:
    """What `solution` shows."""
    written = """
    spec:
      template:
        spec:
          containers:
            - name: web
              readinessProbe:
                httpGet:
                  path: /index.html
                  port: 8080
                periodSeconds: 2
              livenessProbe:
                tcpSocket:
                  port: 8080
                periodSeconds: 5
    """
    cluster.patch("deployment/board", yaml.safe_load(written), namespace="mine", strategic=True)
    wait(cluster, "deployment/board", for_="Ready", timeout_s=90, namespace="mine")


#: The two questions of the solution, as they stand in it.
_READY = "readinessProbe:\n            httpGet:\n              path: /index.html\n              port: 8080\n"
_READY += "            periodSeconds: 2\n"
_ALIVE = "          livenessProbe:\n            tcpSocket:\n              port: 8080\n"
_ALIVE += "            periodSeconds: 5\n"


def nobody_asks_whether_they_live(cluster: Cluster) -> None:
    """One probe of two."""
    mistaken(cluster, ask_them, (_ALIVE, ""))
    settled(cluster)


def ready_as_soon_as_somebody_listens(cluster: Cluster) -> None:
    """A server without a page would be ready, too."""
    get = "httpGet:\n              path: /index.html\n"
    mistaken(cluster, ask_them, (get, "tcpSocket:\n"))
    settled(cluster)


def ready_whatever_happens(cluster: Cluster) -> None:
    """A question that is always answered yes."""
    mistaken(cluster, ask_them, (_READY, 'readinessProbe: {exec: {command: ["true"]}}\n'))
    settled(cluster)


def asked_at_another_port(cluster: Cluster) -> None:
    """A correct program that is never ready."""
    mistaken(
        cluster, ask_them, ("path: /index.html\n              port: 8080", "path: /\n              port: 80")
    )
    begun(cluster)


def nobody_asks_whether_they_are_ready(cluster: Cluster) -> None:
    """The other probe of two."""
    mistaken(cluster, ask_them, (f"          {_READY}", ""))
    settled(cluster)


def settled(cluster: Cluster) -> None:
    """Wait until the rollout is complete."""
    wait(cluster, "deployment/board", for_="Ready", timeout_s=60, namespace=SPACE)


def begun(cluster: Cluster) -> None:
    """Wait until the rollout has begun."""
    wait(cluster, "deployment/board", for_=is_begun_anew, namespace=SPACE)


def is_begun_anew(board: KubeObject) -> bool:
    """Whether Pods of the latest template have been made, and are not ready yet."""
    is_seen = board.status.observedGeneration == board.metadata.generation
    return bool(is_seen and board.status.unavailableReplicas)


def asked_by_commands(cluster: Cluster) -> None:
    """Both by a command in the container."""
    get = 'exec: {command: [wget, -q, -O, /dev/null, "http://127.0.0.1:8080/"]}'
    mistaken(
        cluster,
        ask_them,
        (_READY, f"readinessProbe: {{{get}}}\n"),
        (_ALIVE, f"          livenessProbe: {{{get}, timeoutSeconds: 2}}\n"),
    )
    settled(cluster)


@exercise(
    "nb08.own",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "Two questions: can it serve, which is asked for the page itself; and is it alive, which should "
        "ask less.",
        "`web.yaml` of this lesson has both. They stand in the container, beside its image.",
        "busybox's server answers at port 8080, and the page's path is `/index.html`. A probe at another "
        "port "
        "never succeeds: `kubectl describe pod --namespace mine` shows what it was told.",
    ),
    solve=ask_them,
    wrong=(
        nobody_asks_whether_they_live,
        ready_as_soon_as_somebody_listens,
        ready_whatever_happens,
        nobody_asks_whether_they_are_ready,
        asked_at_another_port,
    ),
    right=(asked_by_commands,),
    start=afresh(*NEEDS),
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """Each board is ready only while it shows the page, a liveness probe watches it, and all are ready."""
    mine = inside(cluster)
    found = mine.find("deployment/board")
    if found is None:
        return not_yet(f"{SPACE} has no Deployment board")
    boxes = each(found, "spec", "template", "spec", "containers")
    asked = [box for box in boxes if box.get("readinessProbe") or box.get("livenessProbe")]
    if not asked:
        return not_started("nobody asks the boards anything")
    return passed_unless(standing(found, "Deployment board") or _unasked(asked[0]) or _unwell(mine, found))


def _unasked(container: Mapping[str, Any]) -> str:
    """Which of the two questions is missing, or asks too little."""
    ready, alive = container.get("readinessProbe"), container.get("livenessProbe")
    if not ready or not alive:
        return f"there is no {'liveness' if ready else 'readiness'} probe"
    if not settings.asks(ready) or not settings.asks(alive):
        return "a probe asks what is always answered yes"
    is_page = ready.get("httpGet") or any(
        word in settings.asked_for(ready) for word in ("wget", "index.html")
    )
    if is_page:
        return ""
    return f"the readiness probe asks {settings.asked_for(ready)}: it would be answered without a page, too"


def _unwell(mine: Cluster, board: KubeObject) -> str:
    return unfinished(board, called="boards") or pods.restarting(pods.of(mine, board))
