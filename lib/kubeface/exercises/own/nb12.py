"""A new page, rolled out so that the board is never gone, and with a note that says why."""

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates.parts import at, each, standing, text_in
from kubeface.endstates.rollout import bounds, unfinished
from kubeface.exercises.own.board import KEY, SPACE, afresh, inside, mistaken, unreached
from kubeface.kube import Cluster, KubeObject, apply, wait

NEEDS = ("nb01.own", "nb07.own", "nb05.own", "nb08.own")
CAUSE = "kubernetes.io/change-cause"
NEW = "page-2"


def turn_the_page(cluster: Cluster) -> None:
    """What `solution` shows."""
    page = """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: page-2
      namespace: mine
    data:
      index.html: |
        <h1 style="color: crimson">The board of Ada</h1>
        <p>Tomorrow: soup again.</p>
    """
    written = """
    metadata:
      annotations:
        kubernetes.io/change-cause: tomorrow's menu
    spec:
      strategy:
        rollingUpdate:
          maxSurge: 1
          maxUnavailable: 0
      template:
        spec:
          volumes:
            - name: page
              configMap:
                name: page-2
    """
    apply(cluster, [yaml.safe_load(page)])
    cluster.patch("deployment/board", yaml.safe_load(written), namespace="mine", strategic=True)
    wait(cluster, "deployment/board", for_="Ready", timeout_s=90, namespace="mine")


def a_page_that_nobody_shows(cluster: Cluster) -> None:
    """The ConfigMap alone."""
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": NEW}, "data": {KEY: "<p>new</p>"}}
    apply(cluster, [body], namespace=SPACE)


def fewer_on_the_way(cluster: Cluster) -> None:
    """One of two may be missing."""
    mistaken(cluster, turn_the_page, ("maxSurge: 1", "maxSurge: 0"), ("Unavailable: 0", "Unavailable: 1"))


def without_a_note(cluster: Cluster) -> None:
    """Nobody will know why."""
    note = "  annotations:\n    kubernetes.io/change-cause: tomorrow's menu\n"
    mistaken(cluster, turn_the_page, (f"metadata:\n{note}spec:\n  strategy", "spec:\n  strategy"))
    settled(cluster)


def a_copy_of_the_page(cluster: Cluster) -> None:
    """Another ConfigMap with the same words."""
    mistaken(cluster, turn_the_page)
    text = inside(cluster).get("configmap/page").data.raw[KEY]
    inside(cluster).patch(f"configmap/{NEW}", {"data": {KEY: text}})
    settled(cluster)


def a_page_that_is_not_there(cluster: Cluster) -> None:
    """The template names a ConfigMap that nobody has made: the rollout stands still."""
    mistaken(
        cluster,
        turn_the_page,
        ("configMap:\n            name: page-2", "configMap:\n            name: page2"),
    )
    wait(cluster, "deployment/board", for_=_is_waiting, timeout_s=60, namespace=SPACE)


def _is_waiting(board: KubeObject) -> bool:
    is_seen = board.status.observedGeneration == board.metadata.generation
    return bool(is_seen and board.status.updatedReplicas and board.status.unavailableReplicas)


def settled(cluster: Cluster) -> None:
    """Wait until the rollout is complete."""
    wait(cluster, "deployment/board", for_="Ready", timeout_s=60, namespace=SPACE)


def a_page_for_ever(cluster: Cluster) -> None:
    """A ConfigMap that nobody may change, as a projected volume, and more Pods on the way."""
    mistaken(
        cluster,
        turn_the_page,
        ("maxSurge: 1", "maxSurge: 100%"),
        ("data:\n  index.html", "immutable: true\ndata:\n  index.html"),
    )
    settled(cluster)


@exercise(
    "nb12.own",
    level=Level.ALONE,
    work=Work.WRITE,
    hints=(
        "A ConfigMap that changes in place is no new template: nothing is rolled out, and there is no "
        "way back. "
        "A new version is a new ConfigMap.",
        "Three parts of your Deployment change: the strategy, the name of the ConfigMap in `volumes`, and an "
        "annotation.",
        "`kubectl rollout history deployment board --namespace mine` shows the note; lesson 12 says its key.",
    ),
    solve=turn_the_page,
    wrong=(
        a_page_that_nobody_shows,
        fewer_on_the_way,
        without_a_note,
        a_copy_of_the_page,
        a_page_that_is_not_there,
    ),
    right=(a_page_for_ever,),
    start=afresh(*NEEDS),
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """The board shows page-2, after a rolling update that lacked no Pod and says why it was made."""
    mine = inside(cluster)
    found, page = mine.find("deployment/board"), mine.find(f"configmap/{NEW}")
    if found is None:
        return not_yet(f"{SPACE} has no Deployment board")
    if page is None and _shown(found) == {"page"}:
        return not_started(f"there is no ConfigMap {NEW}, and the board shows the page")
    if page is None:
        return not_yet(f"the board shows {', '.join(sorted(_shown(found))) or 'nothing'}, and no {NEW}")
    text, lacking = text_in(page, KEY)
    return passed_unless(
        standing(found, "Deployment board")
        or lacking
        or _old_words(mine, text)
        or ("" if NEW in _shown(found) else f"nobody shows {NEW}: the boards mount {_words(found)}")
        or _short_on_the_way(found)
        or _unexplained(found)
        or unfinished(found, called="boards")
        or unreached(mine, "board", 80, {text.strip()})
    )


def _shown(board: KubeObject) -> set[str]:
    """The ConfigMaps that the boards mount."""
    volumes = each(board, "spec", "template", "spec", "volumes")
    names = [at(one, "configMap", "name") for one in volumes]
    names += [at(part, "configMap", "name") for one in volumes for part in each(one, "projected", "sources")]
    return {str(name) for name in names if name}


def _words(board: KubeObject) -> str:
    return ", ".join(sorted(_shown(board))) or "no ConfigMap"


def _old_words(mine: Cluster, text: str) -> str:
    first = mine.find("configmap/page")
    is_same = first is not None and str((first.raw.get("data") or {}).get(KEY, "")).strip() == text.strip()
    return f"{NEW} says what the page said before" if is_same else ""


def _short_on_the_way(board: KubeObject) -> str:
    """Whether an update may go below the number that is asked for."""
    if at(board, "spec", "strategy", "type") == "Recreate":
        return "its strategy ends all boards first"
    missing = bounds(board)[1]
    return f"on the way, {missing} of {board.desired} boards may be missing" if missing else ""


def _unexplained(board: KubeObject) -> str:
    return (
        ""
        if board.annotations.get(CAUSE, "").strip()
        else "the history does not say why: there is no change-cause"
    )
