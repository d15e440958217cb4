"""HTTP/1.1 for strangers: a connection on which nothing comes forward ends, and every failure is JSON."""

import asyncio
import logging

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from common.answers import HEADERS, as_bytes, failure

log = logging.getLogger(__name__)

HEAD_WITHIN_S = 10.0  # chosen: a head fits in one packet, and who sends it so slowly holds a socket
READ_WITHIN_S = 60.0  # chosen: whoever has taken nothing of an answer for so long has gone
MOST_CONNECTIONS = 2000  # chosen: some 20 KB each


class Protocol(H11Protocol):
    """One connection, served as uvicorn does, but not for ever."""

    _patience: asyncio.TimerHandle | None = None  # ends with the head of a request
    _stalled: asyncio.TimerHandle | None = None  # ends when the client reads again

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for a request, unless there are too many who wait."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            self._refuse(503, "as many connections are open as may be", "again in some seconds")
        self._look()

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request."""
        super().data_received(data)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing waits any more."""
        super().connection_lost(exc)
        for timer in (self._patience, self._stalled):
            if timer:
                timer.cancel()

    def pause_writing(self) -> None:
        """The client does not read as fast as it is sent to."""
        super().pause_writing()
        self._stalled = self.loop.call_later(READ_WITHIN_S, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        if self._stalled:
            self._stalled.cancel()

    def send_400_response(self, msg: str) -> None:
        """What was sent is no HTTP request."""
        self._refuse(400, "this is no HTTP/1.1 request", "any HTTP client")

    def _look(self) -> None:
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering or self.transport.is_closing():
            if self._patience:
                self._patience.cancel()
                self._patience = None
        elif self._patience is None:
            self._patience = self.loop.call_later(HEAD_WITHIN_S, self._give_up)

    def _give_up(self) -> None:
        self._patience = None
        if self.conn.trailing_data[0] and self.conn.our_state is h11.IDLE:
            self._refuse(408, f"the request did not come within {HEAD_WITHIN_S:g} s", "send it again")
        elif not self.transport.is_closing():
            self.transport.close()

    def _refuse(self, status: int, what: str, try_next: str) -> None:
        """The last answer on this connection; none if another one has begun."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = as_bytes(failure(what, try_next))
            told = {**HEADERS, "Content-Type": "application/json", "Connection": "close"}
            told |= {"Content-Length": str(len(body))} | ({"Retry-After": "2"} if status == 503 else {})
            for event in (
                h11.Response(status_code=status, headers=list(told.items())),
                h11.Data(data=body),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
            log.info("refused", extra={"status": status, "reason": what})
        self.transport.close()
