"""A web application that ends as Kubernetes expects: unready first, then the last answers, then 0."""

import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from common import ends
from common.protocol import Protocol

log = logging.getLogger(__name__)

FINISH_WITHIN_S = 10  # chosen: with DRAIN_SECONDS and the preStop pause well below the grace period of 30 s


class DrainingServer(uvicorn.Server):
    """On the first signal it becomes unready and serves on for `drain_s`; then it finishes and ends.

    Args:
        app: An ASGI application.
        host: Where to listen.
        port: 0 takes a free one.
        drain_s: How long clients are still served that have not heard of the end.
        unready: Called at the first signal: from then on /readyz has to say no.
    """

    def __init__(
        self, app: object, *, host: str, port: int, drain_s: float, unready: Callable[[], None]
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,  # type: ignore[arg-type]
                host=host,
                port=port,
                http=Protocol,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=FINISH_WITHIN_S,
            )
        )
        self._unready = unready
        self._told = False
        self._leave = threading.Timer(drain_s, self._finish)
        self._leave.daemon = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Says when it listens."""
        await super().startup(sockets)
        if self.started:
            listening = self.servers[0].sockets[0].getsockname()[1]
            log.info("listening", extra={"port": listening})

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are heard while it serves; those that come after it change nothing, to the very end."""
        for number in ends.SIGNALS:
            signal.signal(number, self.handle_exit)
        yield
        for number in ends.SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal starts the end, a second one hurries it."""
        if self._told:
            self._finish()
            return
        self._told = True
        self._unready()
        self._leave.start()

    def _finish(self) -> None:
        self.should_exit = True
