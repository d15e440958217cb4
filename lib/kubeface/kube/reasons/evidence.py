"""Evidence that the cluster gives: conditions, events, the last lines of a log, names of what is missing."""

import re
from collections.abc import Iterator

from kubeface.errors import BadInput, KubefaceError
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
    """That an object is being deleted, and its finalizers; nothing if it is not."""
    if one.is_terminating:
        held = one.raw["metadata"].get("finalizers")
        yield f"{one.ref} is being deleted" + (f"; finalizers hold it: {', '.join(held)}" if held else "")


def latest_events(cluster: Cluster, one: KubeObject, namespace: str) -> dict[str, KubeObject]:
    """The latest event about an object for each reason."""
    about = {"involvedObject.uid": one.raw["metadata"].get("uid", "")}
    events = cluster.list("events", fields=about, namespace=namespace)
    return {event.reason: event for event in sorted(events, key=_moment)}


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


_OBJECT = re.compile(
    r'\b(?P<kind>configmap|secret|serviceaccount|persistentvolumeclaim) "(?P<name>[^"]+)" not found'
)
_KEY = re.compile(
    r"couldn't find key (?P<key>\S+) in (?P<kind>ConfigMap|Secret) (?P<space>[^/\s]+)/(?P<name>\S+)"
)
_MOUNTED_KEY = re.compile(r"references non-existent (?:config|secret) key: (?P<key>\S+)")


def missing_in_words(cluster: Cluster, message: str, namespace: str) -> str | None:
    """The object or key that a message of the kubelet says is missing; None if it says no such thing.

    A missing key comes with the keys that are there; values are never shown.
    """
    if found := _OBJECT.search(message):
        return f"{found['kind']}/{found['name']} does not exist in namespace {namespace}"
    if found := _KEY.search(message):
        ref = f"{found['kind'].lower()}/{found['name']}"
        return f"{ref} has no key {found['key']}; {_keys(cluster, ref, namespace)}"
    if found := _MOUNTED_KEY.search(message):
        return f"a volume asks for the key {found['key']}, which its source does not have"
    return None


def _keys(cluster: Cluster, ref: str, namespace: str) -> str:
    try:
        one = cluster.get(ref, namespace=namespace).raw
    except (KubefaceError, BadInput):
        return "its keys cannot be read"
    keys = sorted({**(one.get("data") or {}), **(one.get("binaryData") or {})})
    return f"it has {', '.join(keys)}" if keys else "it has none"
