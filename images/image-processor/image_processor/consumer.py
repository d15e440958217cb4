"""Takes messages from the queue; each is finished only when its photo's turn has been committed."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import nsq
from tornado.iostream import StreamClosedError

from image_processor.core import Away, BadMessage, Outcome, image_id_of

log = logging.getLogger(__name__)

TOPIC, CHANNEL = "images", "ch"
HEARTBEAT_EVERY_S = 5  # chosen: a dead nsqd is noticed soon
MESSAGE_TIMEOUT_S = 15.0  # chosen: so soon another processor gets the photos of one that crashed
TOUCH_EVERY_S = MESSAGE_TIMEOUT_S / 3
LOOKUP_EVERY_S = 2  # chosen: how soon a new nsqd, or the topic's first message, is noticed
LONGEST_DELAY_S = 10  # chosen: work goes on so soon after a long outage


class Consumer:
    """Reads the topic with `workers` photos in hand. Make and use it inside a running asyncio loop.

    `turn` gets a photo's id and runs in a thread, so that the loop stays free for the queue's heartbeats.
    """

    def __init__(self, lookups: tuple[str, ...], workers: int, turn: Callable[[int], Outcome]) -> None:
        self._turn = turn
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="photo")
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = False
        self._reader = nsq.Reader(
            TOPIC,
            CHANNEL,
            message_handler=self._take,
            lookupd_http_addresses=list(lookups),
            lookupd_poll_interval=LOOKUP_EVERY_S,
            heartbeat_interval=HEARTBEAT_EVERY_S,
            msg_timeout=MESSAGE_TIMEOUT_S,
            max_in_flight=workers,
            max_tries=0,  # no limit: pynsq would drop the message after it
        )

    def take_no_more(self) -> None:
        """What comes from now on goes back to the queue at once."""
        self._stopping = True
        self._reader.set_max_in_flight(0)

    async def wait_idle(self, timeout_s: float) -> bool:
        """True when no photo is in hand; False when there is still one after `timeout_s`."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), timeout_s)
        return self._idle.is_set()

    async def close(self) -> None:
        """Leaves the queue, with every answer given so far on the wire."""
        for connection in list(self._reader.conns.values()):
            with contextlib.suppress(StreamClosedError):
                await connection.stream.write(nsq.nop())
        self._reader.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _take(self, message: Any) -> None:
        if self._stopping:
            message.requeue(delay=0, backoff=False)
            return
        self._in_hand += 1
        self._idle.clear()
        try:
            await self._answer(message)
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self._idle.set()

    async def _answer(self, message: Any) -> None:
        """Finishes the message or gives it back, and says so in the log."""
        try:
            image_id = image_id_of(message.body)
            outcome = await self._in_thread(image_id, message)
        except BadMessage as error:
            log.error("message dropped", extra={"reason": str(error)})
            message.finish()
        except Away as error:
            _give_back(message, image_id, str(error))
        except Exception as error:  # a fault of ours: the photo waits for the version that mends it
            log.exception("fault", extra={"image_id": image_id})
            _give_back(message, image_id, repr(error))
        else:
            message.finish()
            log.info(outcome.value, extra={"image_id": image_id, "attempt": message.attempts})

    async def _in_thread(self, image_id: int, message: Any) -> Outcome:
        """The turn's outcome; the queue is told now and then that we are still at it."""
        turn = asyncio.get_running_loop().run_in_executor(self._threads, self._turn, image_id)
        while not turn.done():
            await asyncio.wait({turn}, timeout=TOUCH_EVERY_S)
            if not turn.done():
                message.touch()
        return turn.result()


def _give_back(message: Any, image_id: int, reason: str) -> None:
    """To the queue, for another try after 1, 2, 4, … LONGEST_DELAY_S seconds."""
    delay_s = min(LONGEST_DELAY_S, 2 ** min(message.attempts - 1, 10))
    log.warning("again later", extra={"image_id": image_id, "delay_s": delay_s, "reason": reason})
    message.requeue(delay=delay_s, backoff=False)  # pynsq's own backoff recovers slower than it grew
