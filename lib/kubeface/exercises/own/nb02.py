"""The notice board: a Pod with a label that shows the page."""

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates.parts import at, each, standing
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
    unready,
)
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait

NEEDS = ("nb01.own",)


def a_page_and_no_board(cluster: Cluster) -> None:
    """With what the first exercise has left, and no Pod that went astray."""
    afresh(*NEEDS)(cluster)
    cluster.delete("pod/board", grace_s=0)


def show_the_page(cluster: Cluster) -> None:
    """What `solution` shows."""
    written = """
    apiVersion: v1
    kind: Pod
    metadata:
      name: board
      namespace: mine
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
    wait(cluster, "pod/board", for_="Ready", timeout_s=90, namespace="mine")


def a_board_without_a_label(cluster: Cluster) -> None:
    """It runs, and nobody will find it."""
    mistaken(cluster, show_the_page, ("  labels:\n    app: board\n", ""))
    settled(cluster)


def a_board_at_another_port(cluster: Cluster) -> None:
    """It listens where nobody asks."""
    mistaken(cluster, show_the_page, ("-p 8080", "-p 8888"))
    settled(cluster)


def a_board_of_nothing(cluster: Cluster) -> None:
    """The program serves a folder, and the page is in another one."""
    mistaken(cluster, show_the_page, ("-h /page", "-h /"))
    settled(cluster)


def a_board_of_another_page(cluster: Cluster) -> None:
    """The volume names a ConfigMap that is not there."""
    mistaken(cluster, show_the_page, ("configMap:\n        name: page", "configMap:\n        name: pages"))
    wait(cluster, "pod/board", for_="PodScheduled", timeout_s=60, namespace=SPACE)


def a_board_of_root(cluster: Cluster) -> None:
    """The part about the user is left out."""
    context = "  securityContext:\n    runAsNonRoot: true\n    runAsUser: 1000\n"
    mistaken(cluster, show_the_page, (context, ""))
    settled(cluster)


def a_board_of_the_lesson(cluster: Cluster) -> None:
    """In the namespace of the context; its page is elsewhere."""
    mistaken(cluster, show_the_page, ("  namespace: mine\n", ""))


def settled(cluster: Cluster) -> None:
    """Wait until the board is ready."""
    wait(cluster, "pod/board", for_="Ready", timeout_s=60, namespace=SPACE)


def a_board_with_more(cluster: Cluster) -> None:
    """Other names, a second label, the user at the container, another folder."""
    context = "  securityContext:\n    runAsNonRoot: true\n    runAsUser: 1000\n"
    mistaken(
        cluster,
        show_the_page,
        (context, ""),
        ("    - name: web\n", "    - name: httpd\n      securityContext: {runAsUser: 65534}\n"),
        ("    app: board\n", "    app: board\n    colour: teal\n"),
        ("/page", "/srv"),
    )
    settled(cluster)


def a_board_by_client_side_apply(cluster: Cluster) -> None:
    """By kubectl run, with what it cannot say as an override."""
    spec = (
        '{"spec": {"securityContext": {"runAsUser": 1000}, "containers": [{"name": "board",'
        ' "image": "registry.kubeface.internal/busybox:v1.0",'
        ' "command": ["httpd", "-f", "-p", "8080", "-h", "/page"],'
        ' "volumeMounts": [{"name": "p", "mountPath": "/page"}]}],'
        ' "volumes": [{"name": "p", "configMap": {"name": "page"}}]}}'
    )
    words = f"run board --namespace {SPACE} --labels app=board --image x --overrides '{spec}'"
    kubectl(words, cluster=cluster)
    settled(cluster)


@exercise(
    "nb02.own",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "`manifests/mine/pod.yaml` begins it; `lookup/pod.yaml` shows where labels and a command stand.",
        "busybox has a small web server: `httpd -f -p 8080 -h /page` serves the folder `/page`, until it is "
        "ended.",
        "`kubectl get pods --namespace mine`, `kubectl logs board --namespace mine`, and from inside: "
        "`kubectl exec board --namespace mine -- wget -q -O - http://127.0.0.1:8080`.",
    ),
    solve=show_the_page,
    wrong=(
        a_board_without_a_label,
        a_board_of_root,
        a_board_of_the_lesson,
        a_board_of_another_page,
        a_board_of_nothing,
        a_board_at_another_port,
    ),
    right=(a_board_with_more, a_board_by_client_side_apply),
    start=a_page_and_no_board,
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """A Pod board in mine, labelled app=board and not run by root, shows your page at its port 8080."""
    mine = inside(cluster)
    found = mine.find("pod/board")
    others = [pod for pod in boards(mine) if pod.name != "board"]  # of a Deployment, since notebook 07
    if found is None and not others:
        lost = astray(cluster, "pod/board", "Pod board")
        return not_yet(lost) if lost else not_started(f"{SPACE} has no Pod board")
    pod = found or others[0]
    return passed_unless(
        standing(pod, f"Pod {pod.name}")
        or _unlabelled(pod)
        or _root(pod)
        or unready(pod)
        or silent(mine, pod)
    )


def _unlabelled(pod: KubeObject) -> str:
    if BOARD.items() <= pod.labels.items():
        return ""
    labels = listed(f"{key}={value}" for key, value in pod.labels.items())
    return f"the Pod {pod.name} lacks the label app=board; its labels are: {labels}"


def _root(pod: KubeObject) -> str:
    """The container that runs as root, as far as the manifest says."""
    everybody = at(pod, "spec", "securityContext", "runAsUser")
    for container in each(pod, "spec", "containers"):
        user = at(container, "securityContext", "runAsUser")
        if (everybody if user is None else user) in (None, 0):
            return f"nothing says that the container {container.get('name')} runs as another user than root"
    return ""
