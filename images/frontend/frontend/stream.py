"""The answer to GET /events: what was missed, then what comes, until the client or we leave."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from common.database import DatabaseAway
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from frontend import events
from frontend.feed import Feed, Listener

MEDIA_TYPE = "text/event-stream"
HEARTBEAT_S = 15.0  # chosen: proxies cut what is silent for a minute, some for half of it


class EventStream(StreamingResponse):
    """One listener's stream. since: None, or the time of the last event that the client knows."""

    def __init__(
        self, feed: Feed, listener: Listener, since: datetime | None, headers: Mapping[str, str]
    ) -> None:
        super().__init__(
            _stream(feed, listener, since),
            media_type=MEDIA_TYPE,
            headers={**headers, "Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        self._feed = feed
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves; however it ends, the listener leaves."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._feed.leave(self._listener)


async def _stream(feed: Feed, listener: Listener, since: datetime | None) -> AsyncIterator[bytes]:
    yield events.begin()
    try:
        message: bytes | None = await feed.missed(since) + events.database(answers=True)
    except DatabaseAway:
        yield events.database(answers=False)
        return  # the client comes back, with the same id
    while message is not None:
        yield message
        try:
            message = await asyncio.wait_for(listener.next(), HEARTBEAT_S)
        except TimeoutError:
            message = events.STILL_HERE
