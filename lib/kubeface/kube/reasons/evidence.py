"""What the cluster itself says: conditions, events, the last lines of a log."""

from collections.abc import Iterator

from kubeface.errors import KubefaceError
from kubeface.kube.client import Cluster
from kubeface.model.objects import KubeObject

LOG_LINES = 5  # chosen: enough for the last line of a traceback and what led to it
# What the kubelet answers, with status 200, when it has removed the container.
NO_LOG = "unable to retrieve container logs"


def of_condition(one: KubeObject, type_: str, *statuses: str) -> Iterator[str]:
    """The condition of that type in a sentence, if it has one of those statuses (without any: is true)."""
    condition = one.condition(type_)
    if condition and condition.status in (statuses or ("True",)):
        yield sentence(condition.reason or type_, condition.message)


def of_its_end(one: KubeObject) -> Iterator[str]:
    """That an object is being deleted, and who holds it; nothing if it is not."""
    if one.is_terminating:
        held = one.raw["metadata"].get("finalizers")
        yield f"{one.ref} is being deleted" + (f"; finalizers hold it: {', '.join(held)}" if held else "")


def latest_events(cluster: Cluster, one: KubeObject, namespace: str) -> dict[str, KubeObject]:
    """The latest event of each reason that is told about an object."""
    about = {"involvedObject.uid": one.raw["metadata"].get("uid", "")}
    events = cluster.list("events", fields=about, namespace=namespace)
    return {event.reason: event for event in sorted(events, key=_moment)}


def of_events(cluster: Cluster, one: KubeObject, namespace: str, *named: str) -> Iterator[str]:
    """The latest event of each of those reasons, in a sentence."""
    latest = latest_events(cluster, one, namespace)
    return (sentence(name, latest[name].message) for name in named if name in latest)


def last_lines(
    cluster: Cluster, pod: KubeObject, container: str, namespace: str, *, is_previous: bool
) -> Iterator[str]:
    """What a container wrote last, in the run before this one if `is_previous`; nothing if that is gone."""
    try:
        said = cluster.logs(
            pod.name, container=container, namespace=namespace, lines=LOG_LINES, previous=is_previous
        )
    except KubefaceError:
        return  # the node or the container is gone, and its log with it
    if said.strip() and not said.startswith(NO_LOG):
        yield "its last lines:\n  " + "\n  ".join(said.rstrip().splitlines())


def sentence(reason: str, message: str | None) -> str:
    """A reason and the words that explain it.

    >>> sentence("FailedMount", "secret not found "), sentence("Evicted", None)
    ('FailedMount: secret not found', 'Evicted')
    """
    return f"{reason}: {message.strip()}" if message else reason


def _moment(event: KubeObject) -> str:
    return str(event.lastTimestamp or event.eventTime or event.metadata.creationTimestamp or "")
