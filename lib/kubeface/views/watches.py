"""Objects of several kinds, kept up to date by one watch a kind; the threads end with the `with`."""

import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from kubeface.errors import KubefaceError
from kubeface.kube.client import Cluster
from kubeface.kube.stopping import StoppableCluster
from kubeface.kube.transport import ConnectionFailed, Expired, Unavailable
from kubeface.model.kinds import Kind
from kubeface.model.objects import KubeObject

WATCH_S = 300.0  # chosen: then a watch is asked for again
LOOK_AGAIN_S = 0.25  # chosen: how long to leave an API server alone that does not answer
# Chosen: a cut stream ends at once; only an API server that hangs before it answers takes longer than this.
GONE_S = 2.0
Selector = str | Mapping[str, str] | None


class Watches:
    """What there is of several kinds, now and while `with` lasts.

    Args:
        cluster: Where to look.
        kinds: Words such as `pods`.
        labels: Only objects with these labels; of Nodes, which have labels of another sort, all.
        namespace: Where; None for everywhere.
    """

    def __init__(
        self, cluster: Cluster, kinds: Sequence[str], *, labels: Selector, namespace: str | None
    ) -> None:
        self._cluster = StoppableCluster.of(cluster)
        self._kinds = [cluster.kind(word) for word in kinds]
        self._labels, self._namespace = labels, namespace
        self._found: dict[Kind, dict[tuple[str, str], KubeObject]] = {}
        self._changed = threading.Condition()
        self._is_new = False
        self._failure: KubefaceError | None = None
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        for kind in self._kinds:
            self._begin(kind)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._cluster.stop()
        for thread in self._threads:
            thread.join(GONE_S)

    def snapshot(self) -> list[KubeObject]:
        """What there is now, by kind, namespace and name; nothing is watched."""
        for kind in self._kinds:
            self._look(kind)
        return self.objects()

    def objects(self) -> list[KubeObject]:
        """The objects that exist, as far as the watches have reported, by kind, namespace and name."""
        with self._changed:
            self._is_new = False
            return [self._found[kind][key] for kind in self._kinds for key in sorted(self._found[kind])]

    def wait(self, timeout_s: float) -> bool:
        """Whether something changed since `objects` was asked for; waits for it that long.

        Raises:
            ApiError: a watch was refused.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_new or self._failure, timeout_s)
            if self._failure is not None:
                raise self._failure
            return self._is_new

    def pause(self, seconds: float) -> None:
        """Let changes come together for so long; a failure ends it."""
        with self._changed:
            self._changed.wait_for(lambda: self._failure, seconds)

    def _begin(self, kind: Kind) -> None:
        since = self._look(kind)
        name = f"kubeface watches {kind.plural}"
        thread = threading.Thread(target=self._follow, args=(kind, since), name=name, daemon=True)
        self._threads.append(thread)

    def _look(self, kind: Kind) -> str:
        """Ask for all of a kind; the resourceVersion from which to watch on."""
        labels, space = self._scope(kind)
        found, since = self._cluster.snapshot(kind, labels=labels, namespace=space)
        with self._changed:
            self._take(kind, found, since)
            self._changed.notify_all()
        return since

    def _take(self, kind: Kind, found: Sequence[KubeObject], since: str) -> None:
        """Take over a complete list of a kind's objects."""
        self._found[kind] = {_key(one): one for one in found}
        self._is_new = True

    def _note(self, kind: Kind, type_: str, one: KubeObject) -> None:
        """Take over one event of a watch."""
        self._found[kind].pop(_key(one), None)
        if type_ != "DELETED":
            self._found[kind][_key(one)] = one
        self._is_new = True

    def _scope(self, kind: Kind) -> tuple[Selector, str | None]:
        return (self._labels, self._namespace) if kind.namespaced else (None, None)

    def _follow(self, kind: Kind, since: str) -> None:
        """Follow all changes of a kind, in a thread, until stopped."""
        while not self._cluster.is_stopped:
            try:
                since = self._note_changes(kind, since) if since else self._look(kind)
            except Expired:
                since = ""
            except (ConnectionFailed, Unavailable):
                self._cluster.transport.is_stopped.wait(LOOK_AGAIN_S)
            except Exception as failure:
                if not self._cluster.is_stopped:  # else it is only the stream that was cut
                    self._fail(failure)
                return

    def _note_changes(self, kind: Kind, since: str) -> str:
        labels, space = self._scope(kind)
        events = self._cluster.watch(
            kind, since=since, timeout_s=WATCH_S, labels=labels, namespace=space, bookmarks=True
        )
        for type_, one in events:
            if type_ != "BOOKMARK":
                with self._changed:
                    self._note(kind, type_, one)
                    self._changed.notify_all()
            since = one.raw["metadata"]["resourceVersion"]
        return since

    def _fail(self, failure: Exception) -> None:
        with self._changed:
            if not isinstance(failure, KubefaceError):
                failure = KubefaceError("a watch broke", seen=repr(failure))
            self._failure = failure
            self._changed.notify_all()


def _key(one: KubeObject) -> tuple[str, str]:
    return one.namespace or "", one.name
