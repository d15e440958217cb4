"""While the circuit breaker is open the queue rests; a health ping now and then decides how it goes on."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol

from image_processor.breaker import Breaker


class Queue(Protocol):
    """What of the consumer is needed here."""

    def pause(self) -> None:
        """No photo comes from now on."""

    async def resume(self) -> None:
        """Photos come again."""


class Pinger:
    """Make it, and call everything but `wake`, inside the running loop.

    Args:
        breaker: Watched from now on; its `changed` has to call `wake`.
        queue: Paused when the breaker opens, resumed when it closes.
        open_s: How long the breaker stays open before a ping, and after a bad one.
    """

    def __init__(self, breaker: Breaker, queue: Queue, open_s: float) -> None:
        self._breaker = breaker
        self._queue = queue
        self._open_s = open_s
        self._opened = asyncio.Event()
        self.next_ping_at: datetime | None = None

    def wake(self, state: str) -> None:
        """The breaker has changed; call it in the loop's thread."""
        if state == "open":
            self._opened.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._opened.wait()
            self._queue.pause()
            await self._until_closed()
            self._opened.clear()  # bad pings have set it again
            await self._queue.resume()

    async def _until_closed(self) -> None:
        while not self._breaker.is_closed:
            self.next_ping_at = datetime.now(UTC) + timedelta(seconds=self._open_s)
            await asyncio.sleep(self._open_s)
            self.next_ping_at = None
            await asyncio.to_thread(self._breaker.ping)
