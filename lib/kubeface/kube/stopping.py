"""A connection whose watches another thread can end."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from kubeface.kube.client import Cluster
from kubeface.kube.transport import Transport


class StoppableTransport(Transport):
    """A copy of a transport; `stop` ends its open watches, and every later one at once."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport._api)
        self.is_stopped = threading.Event()
        self._open: list[Any] = []
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End every watch, also one that is still being opened."""
        with self._lock:
            self.is_stopped.set()
            for answer in self._open:
                _cut(answer)

    def _ask(self, method: str, path: str, *, what: str, **options: Any) -> Any:
        answer = super()._ask(method, path, what=what, **options)
        if options.get("watch"):
            with self._lock:
                self._open = [one for one in self._open if not one.closed] + [answer]
                if self.is_stopped.is_set():
                    _cut(answer)
        return answer


class StoppableCluster(Cluster):
    """A cluster over a connection of its own, whose watches end with `stop`.

    For the threads of a controller: each reads a watch until another thread says that it is enough.

    Raises:
        ApiError: by every call that asks the API server, as for `Cluster`.

    >>> client = StoppableCluster.of(cluster)
    >>> client.stop()
    >>> client.is_stopped, list(client.watch(client.kind("pods"), since="0", timeout_s=60))
    (True, [])
    """

    transport: StoppableTransport

    def __init__(
        self,
        kubeconfig: Path,
        context: str,
        namespace: str,
        transport: Transport,
        kubeconfigs: Sequence[Path] = (),
    ) -> None:
        super().__init__(kubeconfig, context, namespace, StoppableTransport(transport), kubeconfigs)

    @classmethod
    def of(cls, cluster: Cluster) -> Self:
        """The same cluster, as the same user, in the same namespace."""
        where = cluster.kubeconfig, cluster.context, cluster.namespace
        return cls(*where, cluster.transport, cluster.kubeconfigs)

    @property
    def is_stopped(self) -> bool:
        """Whether `stop` was called."""
        return self.transport.is_stopped.is_set()

    def stop(self) -> None:
        """End every watch, also one that is yet to begin; what waits for an event of one goes on."""
        self.transport.stop()


def _cut(answer: Any) -> None:
    """Shut a response down, so that its reader sees its end."""
    with suppress(OSError, ValueError, RuntimeError):  # it has ended by itself
        answer.shutdown()
