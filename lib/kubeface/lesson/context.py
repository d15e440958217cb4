"""Which cluster a lesson may touch: the course's own, or the one that it was told to use."""

import contextlib

from kubeface import places
from kubeface.errors import ApiError, BadInput, KubefaceError, Missing
from kubeface.kube import Cluster
from kubeface.kube.contexts import COURSE, connect_to, in_namespace
from kubeface.kube.learner import other_learner, release
from kubeface.kube.transport import ConnectionFailed
from kubeface.model.ownership import lacks_course_label
from kubeface.util import files

IN_A_TERMINAL = "run `kubeface up` in a terminal, then this cell again"


class LessonStopped(KubefaceError):
    """A lesson cannot begin; what to do is in `try_next`. A notebook shows the sentence and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def connect(context: str | None = None, *, namespace: str | None = None) -> Cluster:
    """The course's cluster, answering; or the one of another context, when told to use it.

    Raises:
        LessonStopped: there is none, it does not answer, or there is no such context.
    """
    cluster = _named(context, namespace) if context else _course(namespace)
    try:
        cluster.version()
    except (ConnectionFailed, ApiError) as silence:
        again = IN_A_TERMINAL if is_course(cluster) else "kubectl cluster-info"
        raise LessonStopped(
            f"The cluster of the context {cluster.context} does not answer.",
            seen=silence.what,
            try_next=again,
        ) from silence
    return cluster


def is_course(cluster: Cluster) -> bool:
    """Whether it is the course's own: made by `kubeface up`, and nobody else's work is on it."""
    return cluster.context == COURSE and cluster.kubeconfig.parent == places.kubeconfig().parent


def courses_own(cluster: Cluster, namespace: str, *, what: str) -> Cluster:
    """The cluster, with that namespace as its own, if it is the course's and may be broken.

    Args:
        cluster: A connection.
        namespace: Where it is to look.
        what: What breaks things, at the beginning of a sentence: `A drill`.

    Raises:
        LessonStopped: it is somebody else's.
    """
    if not is_course(cluster):
        raise LessonStopped(
            f"{what} takes place on the course's own cluster only.",
            seen=f"it breaks things, and {cluster.context} is another cluster; nothing was changed",
            try_next="kubeface up, in a terminal",
        )
    return Cluster(cluster.kubeconfig, cluster.context, namespace, cluster.transport, cluster.kubeconfigs)


def uid_of(cluster: Cluster, namespace: str) -> str:
    """The uid of a namespace, which a new one of that name does not have; empty where there is none."""
    found = cluster.find(f"namespace/{namespace}")
    return str(found.metadata.uid) if found else ""


def share_namespace(cluster: Cluster) -> None:
    """Let `kubectl` in a terminal look where the lesson looks; somebody else's kubeconfig stays as it is."""
    if is_course(cluster):
        with contextlib.suppress(OSError):  # not the user's to write: then a terminal looks where it did
            files.write(cluster.kubeconfig, in_namespace(cluster.kubeconfig.read_text(), cluster.namespace))


def refuse_others(cluster: Cluster, namespaces: list[str]) -> None:
    """Stop before a namespace on somebody's cluster is touched that is not the course's or this user's.

    Raises:
        LessonStopped: there is one.
    """
    if is_course(cluster):
        return
    for name in namespaces:
        found = cluster.find(f"namespace/{name}")
        if lacking := lacks_course_label(found):
            raise LessonStopped(
                f"The namespace {name} of {cluster.context} was not made by this course, and stays as it is.",
                seen=lacking,
                try_next="use another cluster; or remove that namespace, if nothing in it is needed",
            )
        if other := other_learner(found):
            raise LessonStopped(
                f"{other} learns in the namespace {name} of {cluster.context}; nothing was changed.",
                seen="a lesson deletes what another one has left in its namespaces",
                try_next=f"take turns, or use another cluster; when {other} has finished: {release(name)}",
            )


def _course(namespace: str | None) -> Cluster:
    try:
        return Cluster.connect(context=COURSE, namespace=namespace)
    except Missing as cause:
        raise LessonStopped(
            "This lesson needs a running cluster, and there is none yet.",
            seen=cause.what,
            try_next=IN_A_TERMINAL,
        ) from cause
    except BadInput as cause:
        raise LessonStopped(
            "This kubeconfig is not the course's, so nothing was touched.",
            seen="\n".join(filter(None, (cause.what, cause.seen))),
            try_next=f'{IN_A_TERMINAL}; or say which cluster to use: Lesson("05", context="minikube")',
        ) from cause


def _named(context: str, namespace: str | None) -> Cluster:
    try:
        return connect_to(context, namespace=namespace)
    except BadInput as cause:
        raise LessonStopped(cause.what, seen=cause.seen, try_next=IN_A_TERMINAL) from cause
