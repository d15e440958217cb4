"""Wait for an object to meet a condition, with a watch; on a timeout, say why it does not."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Number

from kubeface.calls import fits
from kubeface.errors import BadInput, NotReady
from kubeface.kube.client import Cluster, Objects, Selector
from kubeface.kube.reasons import reasons
from kubeface.kube.transport import ConnectionFailed, Expired, Unavailable
from kubeface.model.conditions import Claim, holds, in_words, is_over, may_become, nearest, words_of
from kubeface.model.kinds import split_ref
from kubeface.model.objects import KubeObject
from kubeface.util.audience import telling

# Chosen: an API server that restarts sends no event to those who ask for it, so one looks again at this pace.
LOOK_AGAIN_S = 0.25
_FAILED = {"exists": "did not exist", "deleted": "was still there"}
_AWAITED = {"exists": "to exist", "deleted": "to be gone"}


@dataclass(frozen=True)
class Deadline:
    """A moment that does not move."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """The moment that many seconds from now."""
        return cls(time.monotonic() + seconds)

    @property
    def left_s(self) -> float:
        """Seconds until then; never below 0."""
        return max(0.0, self.at - time.monotonic())


@fits('wait(cluster, "deployment/receiver", for_="Ready")', cluster=Cluster, ref=str, timeout_s=Number)
def wait(
    cluster: Cluster,
    ref: str,
    *,
    for_: str | Claim = "Available",
    timeout_s: float = 60,
    namespace: str | None = None,
) -> KubeObject | None:
    """Wait until an object meets a condition, and return it; None once it is deleted.

    Args:
        cluster: Where it is.
        ref: Such as `deployment/receiver`; it need not exist yet.
        for_: `Available`, `Ready` (a workload: all Pods, of the latest template), `Complete`, `Bound`,
            `deleted`, `exists`, another phase or type of condition, or a function of the object.
        timeout_s: How long at most, in seconds.
        namespace: Where, if not in the cluster's own namespace.

    Raises:
        BadInput: an object of its kind never comes to that.
        NotReady: it did not come to that in time, or no longer can; the reasons are in `seen`.

    >>> wait(cluster, "namespace/default", for_="Active", timeout_s=10).ref
    'namespace/default'
    >>> wait(cluster, "configmap/nobody", for_="exists", timeout_s=0.1)
    Traceback (most recent call last):
    kubeface.errors.NotReady: configmap/nobody did not exist after 0.1 s
    there is no such object
    Try: kubectl describe configmap nobody -n ...
    """
    return _wait(cluster, ref, for_, Deadline.after(timeout_s), timeout_s, namespace)


@fits('wait_all(cluster, ["deployment/receiver"], for_="Ready")', cluster=Cluster, timeout_s=Number)
def wait_all(
    cluster: Cluster,
    refs: Sequence[str],
    *,
    for_: str | Claim = "Available",
    timeout_s: float = 60,
    namespace: str | None = None,
) -> Objects:
    """Wait until each of several objects has met a condition; one deadline for all together.

    Raises:
        NotReady: one of them did not come to that in time; the reasons are in `seen`.
    """
    deadline = Deadline.after(timeout_s)
    seen = [_wait(cluster, ref, for_, deadline, timeout_s, namespace) for ref in refs]
    return [one for one in seen if one is not None]


def wait_terminated(
    cluster: Cluster,
    kind: str = "pods",
    *,
    labels: Selector = None,
    timeout_s: float = 60,
    namespace: str | None = None,
) -> Objects:
    """Wait until all Terminating objects are gone, and return the others.

    Args:
        cluster: Where they are.
        kind: `pods`.
        labels: Only those with these labels.
        timeout_s: How long at most for all of them together, in seconds.
        namespace: Where, if not in the cluster's own namespace.

    Raises:
        NotReady: one of them is still there; the reasons are in `seen`.

    >>> wait_terminated(cluster, labels={"app": "nobody"})
    []
    """
    everyone = cluster.list(kind, labels=labels, namespace=namespace)
    ending = [one.ref for one in everyone if one.is_terminating]
    wait_all(cluster, ending, for_="deleted", timeout_s=timeout_s, namespace=namespace)
    return [one for one in everyone if not one.is_terminating]


def _wait(
    cluster: Cluster,
    ref: str,
    for_: str | Claim,
    deadline: Deadline,
    timeout_s: float,
    namespace: str | None,
) -> KubeObject | None:
    last: KubeObject | None = None
    kind = cluster.kind(split_ref(ref)[0]).name
    _refuse_in_vain(kind, last, for_)
    with telling(f"{ref} {_awaited(for_)}", timeout_s) as tell:
        for last in follow(cluster, ref, deadline=deadline, namespace=namespace):
            tell(in_words(last))
            if holds(last, for_):
                return last
            _refuse_in_vain(kind, last, for_)
            if is_over(last, for_):
                raise _not_ready(cluster, ref, last, for_, None, namespace)
        last = cluster.find(ref, namespace=namespace)  # the time was up before this one was looked at
        if holds(last, for_):
            return last
        raise _not_ready(cluster, ref, last, for_, timeout_s, namespace)


def _awaited(for_: str | Claim) -> str:
    """What is waited for, after an object's name; a function of a cell has a name, or says no more."""
    if isinstance(for_, str):
        return _AWAITED.get(for_, f"to be {for_}")
    name = getattr(for_, "__name__", "<lambda>")
    return "to be as asked for" if name == "<lambda>" else f"to be as {name} asks for"


def _refuse_in_vain(kind: str, last: KubeObject | None, for_: str | Claim) -> None:
    """Stop before a wait for what nothing of its kind ever is.

    Raises:
        BadInput: it would be one.
    """
    if not isinstance(for_, str) and not callable(for_):
        raise BadInput(f"for_={for_!r} is neither a word nor a function", try_next='for_="Ready"')
    if isinstance(for_, str) and not may_become(kind, last, for_):
        what = f"a {kind} is never {for_!r}" if for_ else "for_ is empty"
        words = sorted(words_of(kind))
        raise BadInput(what, seen=f"it may be {', '.join(words)}", try_next=f'for_="{nearest(for_, words)}"')


def follow(
    cluster: Cluster, ref: str, *, deadline: Deadline, namespace: str | None = None
) -> Iterator[KubeObject | None]:
    """The object now, and again after each change, until the deadline; None while there is none.

    A watch that ends is taken up where it ended. What the server no longer remembers is asked for anew.
    """
    word, name = split_ref(ref)
    kind, space = cluster.kind(word), namespace or cluster.namespace
    only = {"metadata.name": name}
    since = ""
    while deadline.left_s:
        try:
            if not since:
                found, since = cluster.snapshot(kind, fields=only, namespace=space)
                yield found[0] if found else None
            events = cluster.watch(
                kind, since=since, timeout_s=deadline.left_s, fields=only, namespace=space, bookmarks=True
            )
            for type_, one in events:
                since = one.raw["metadata"]["resourceVersion"]
                if type_ != "BOOKMARK":
                    yield None if type_ == "DELETED" else one
                if not deadline.left_s:
                    return
        except Expired:
            since = ""
        except (ConnectionFailed, Unavailable):
            time.sleep(min(LOOK_AGAIN_S, deadline.left_s))


def _not_ready(
    cluster: Cluster,
    ref: str,
    last: KubeObject | None,
    for_: str | Claim,
    after_s: float | None,
    namespace: str | None,
) -> NotReady:
    ending = _FAILED.get(for_) if isinstance(for_, str) else None
    wanted = for_ if isinstance(for_, str) else getattr(for_, "__name__", "as wanted")
    ending = ending or ("was not " if after_s is not None else "will not be ") + wanted
    ending += f" after {after_s:g} s" if after_s is not None else " any more"
    space = namespace or cluster.namespace
    evidence = [in_words(last), *reasons(cluster, last, namespace=space, ref=ref)]
    return NotReady(
        f"{ref} {ending}",
        seen="\n".join(evidence),
        try_next=f"kubectl describe {ref.replace('/', ' ')} -n {space}",
    )
