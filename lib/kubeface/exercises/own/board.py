"""The notice board as all its exercises see it: where it is, its Pods, and whether it shows the page."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from kubeface.checks.registry import find
from kubeface.checks.solutions import Solution, code_of
from kubeface.checks.verbs import solution_of
from kubeface.endstates import pods
from kubeface.endstates.parts import standing, table
from kubeface.errors import ApiError, NotReady
from kubeface.kube import Cluster, KubeObject, wait
from kubeface.kube.transport import NotFound
from kubeface.kube.user_objects import user_objects
from kubeface.kube.wait import Deadline
from kubeface.model.pods import status_word
from kubeface.util.waiting import wait_until

#: The learner's namespace. No lesson's state names it.
SPACE = "mine"
BOARD = {"app": "board"}
PORT = 8080
KEY = "index.html"
ANSWER_S = (
    6.0  # chosen: a program listens, and a Service knows of it, within two seconds; later on a busy machine
)
GONE_S = 60  # chosen: Pods that are deleted at once, on a machine with other things to do


def inside(cluster: Cluster) -> Cluster:
    """The same cluster, looking into the learner's namespace."""
    return Cluster(cluster.kubeconfig, cluster.context, SPACE, cluster.transport, cluster.kubeconfigs)


# ---------------------------------------------------------------------------------------------- states


def afresh(*needed: str) -> Callable[[Cluster], None]:
    """A start: the learner's namespace holds what these exercises ask for, and nothing else.

    Without any, there is no such namespace.
    """

    def begin(cluster: Cluster) -> None:
        if not needed:
            remove(cluster)
            return
        _empty(cluster)
        for name in needed:
            solution_of(find(name)).run(cluster)

    return begin


def remove(cluster: Cluster) -> None:
    """Delete the learner's namespace, and wait until it is gone."""
    _empty(cluster)
    cluster.delete(f"namespace/{SPACE}")
    space = cluster.find(f"namespace/{SPACE}")
    if space is None:
        return
    finished = {**space.raw, "spec": {"finalizers": []}}  # it is empty: its controller would say so 5 s later
    with suppress(NotFound):
        path = f"/api/v1/namespaces/{SPACE}/finalize"
        cluster.transport.json("put", path, what=f"finish {space.ref}", body=finished)
    wait(cluster, space.ref, for_="deleted", timeout_s=GONE_S)


def _empty(cluster: Cluster) -> None:
    """Delete all that people have made in the namespace, and its Pods at once."""
    space = cluster.find(f"namespace/{SPACE}")
    if space is None or space.is_terminating:
        wait(cluster, f"namespace/{SPACE}", for_="deleted", timeout_s=GONE_S)
        return
    found = user_objects(cluster, SPACE)
    for one in found:
        cluster.delete(one.ref, namespace=SPACE, grace_s=0 if one.kind == "Pod" else None)
    deadline = Deadline.after(GONE_S)
    workers = [
        one for one in found if one.kind in ("Deployment", "DaemonSet", "CronJob", "Job", "ReplicaSet")
    ]
    for one in workers:
        wait(cluster, one.ref, for_="deleted", timeout_s=max(1.0, deadline.left_s), namespace=SPACE)
    left = cluster.list("pods", namespace=SPACE)
    for pod in left:
        cluster.delete(pod.ref, namespace=SPACE, grace_s=0)
    for one in [*left, *found]:
        wait(cluster, one.ref, for_="deleted", timeout_s=max(1.0, deadline.left_s), namespace=SPACE)


def mistaken(cluster: Cluster, solve: Callable[[Cluster], object], *changes: tuple[str, str]) -> None:
    """Carry out a solution with some of its words changed, as by mistake; wait for nothing.

    Args:
        cluster: Where.
        solve: The solution.
        changes: Words of it, and what stands in their place.
    """
    code = code_of(solve)
    for words, others in changes:
        assert words in code, words  # noqa: S101 - a change that changes nothing is no mistake
        code = code.replace(words, others)
    lines = [line for line in code.splitlines() if not line.startswith("wait(")]
    Solution(solve.__name__, "\n".join(lines)).run(cluster)


# ---------------------------------------------------------------------------------------------- judging


def without_space(cluster: Cluster) -> str:
    """Why there is no namespace of the learner's, as a sentence."""
    return standing(cluster.find(f"namespace/{SPACE}"), f"namespace {SPACE}")


def astray(cluster: Cluster, ref: str, called: str) -> str:
    """Whether an object that belongs into the learner's namespace is in the lesson's, as a sentence."""
    if cluster.namespace == SPACE or cluster.find(ref) is None:
        return ""
    return f"the {called} is in the namespace {cluster.namespace}, not in {SPACE}"


def boards(mine: Cluster) -> list[KubeObject]:
    """The Pods of the board that are neither finished nor terminating."""
    return pods.living(mine, labels=BOARD)


def unready(pod: KubeObject) -> str:
    """Why a Pod is not ready, as a sentence."""
    return "" if pod.is_ready else f"the Pod {pod.name} is not ready: it is {status_word(pod.raw)}"


def silent(mine: Cluster, pod: KubeObject) -> str:
    """Why a Pod does not answer at the board's port with the page, as a sentence."""
    return _unanswered(mine, f"pods/{pod.name}:{PORT}", f"port {PORT} of the Pod {pod.name}", pages(mine))


def unreached(mine: Cluster, service: str, port: int, words: Iterable[str] = ()) -> str:
    """Why a Service does not answer at a port with the page, as a sentence.

    Args:
        mine: Where it is.
        service: Its name.
        port: Which of its ports.
        words: What the page may say; without any, what a ConfigMap of the namespace does.
    """
    said = set(words) or pages(mine)
    return _unanswered(mine, f"services/{service}:{port}", f"port {port} of the Service {service}", said)


def pages(mine: Cluster) -> set[str]:
    """The pages that the ConfigMaps of the namespace hold."""
    held = [table(one, "data").get(KEY) for one in mine.list("configmaps")]
    return {str(text).strip() for text in held if text}


def _unanswered(mine: Cluster, end: str, called: str, words: set[str]) -> str:
    """Ask by way of the API server, which passes a request on to a Pod or a Service."""
    path = f"/api/v1/namespaces/{SPACE}/{end}/proxy/"
    seen = ""

    def is_page() -> bool:
        nonlocal seen
        try:
            answer = mine.transport.text(path, what=f"ask {called}").strip()
        except NotFound:
            seen = f"{called} answers, and has no page"
            return False
        except ApiError:
            seen = f"nobody answers at {called}"
            return False
        seen = "" if answer in words else f"{called} answers with other words than those of the ConfigMap"
        return not seen

    try:
        wait_until(is_page, what="no page", timeout_s=ANSWER_S, every_s=0.3)
    except NotReady:
        return seen
    return ""


def listed(found: Iterable[Any]) -> str:
    """Names in a list, in words."""
    return ", ".join(sorted(str(one) for one in found)) or "none"
