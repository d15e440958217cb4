"""A transport whose watches can be ended from another thread."""

import threading
from contextlib import suppress
from typing import Any

from kubeface.kube.transport import Transport


class StoppableTransport(Transport):
    """Speaks as another transport does, until `stop`: then each open watch sees its end, and each later one.

    >>> from kubeface.kube import Cluster
    >>> def stoppable(cluster: Cluster) -> Cluster:
    ...     transport = StoppableTransport(cluster.transport)
    ...     return Cluster(cluster.kubeconfig, cluster.context, cluster.namespace, transport)
    """

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport._api)
        self.is_stopped = threading.Event()
        self._open: list[Any] = []
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End every watch, also one whose answer is yet to come."""
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


def _cut(answer: Any) -> None:
    """Make whoever reads this answer see its end."""
    with suppress(OSError, ValueError, RuntimeError):  # it has ended by itself
        answer.shutdown()
