"""Takes messages from the queue; each is finished only when its photo's turn has been committed."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import nsq
from tornado.ioloop import PeriodicCallback
from tornado.iostream import StreamClosedError

from image_processor import metrics
from image_processor.core import Away, BadMessage, Outcome, image_id_of

log = logging.getLogger(__name__)

T = TypeVar("T")

TOPIC, CHANNEL = "images", "ch"
HEARTBEAT_EVERY_S = 5  # chosen: a dead nsqd is noticed soon
MESSAGE_TIMEOUT_S = 15.0  # chosen: so soon another processor gets the photos of one that crashed
TOUCH_EVERY_S = MESSAGE_TIMEOUT_S / 3
LOOKUP_EVERY_S = 2  # chosen: how soon a new nsqd is noticed
ALL_NSQDS = "/nodes"  # specified: what nsqlookupd answers there names every nsqd, with the topic or without
LONGEST_DELAY_S = 10  # chosen: work goes on so soon after a long outage
# Chosen: pynsq asks each nsqd for an equal share of the messages, and a burst may lie on one nsqd of several.
# So we ask for more than we work on, or most of the hands would be idle.
READ_AHEAD = 4


class Consumer:
    """Reads the topic and works on `workers` photos at once. Make and use it inside a running asyncio loop.

    Args:
        lookups: Addresses of nsqlookupd.
        workers: Photos worked on at once; the next ones have been fetched already.
        turn: Gets a photo's id. Runs in a thread, so that the loop stays free for the queue's heartbeats.
        park: Gets the body of a message that names no photo, and why; in a thread too.
    """

    def __init__(
        self,
        lookups: tuple[str, ...],
        workers: int,
        turn: Callable[[int], Outcome],
        park: Callable[[bytes, str], None],
    ) -> None:
        self._most = workers * READ_AHEAD  # messages that are not finished
        self._turn = turn
        self._park = park
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="photo")
        self.in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._given_back = ""  # why nothing is taken now: "paused" or "stopping"
        self._reader = nsq.Reader(
            TOPIC,
            CHANNEL,
            message_handler=self._take,
            # Reading where the topic is not yet makes it there: its first message does not wait for a lookup.
            lookupd_http_addresses=[f"http://{one}{ALL_NSQDS}" for one in lookups],
            lookupd_poll_interval=LOOKUP_EVERY_S,
            heartbeat_interval=HEARTBEAT_EVERY_S,
            msg_timeout=MESSAGE_TIMEOUT_S,
            max_in_flight=self._most,
            max_tries=0,  # no limit: pynsq would drop the message after it
        )
        self._watch = PeriodicCallback(self._close_stale_connections, HEARTBEAT_EVERY_S * 1000)
        self._watch.start()
        metrics.in_flight.set_function(lambda: self.in_flight)
        metrics.nsqds.set_function(lambda: len(self.connected))

    @property
    def connected(self) -> list[str]:
        """Addresses of the nsqds that we read from."""
        return sorted(self._reader.conns)

    @property
    def is_taking(self) -> bool:
        """Photos may come."""
        return not self._given_back

    def pause(self) -> None:
        """What comes from now on goes back to the queue at once, and counts as no attempt."""
        self._given_back = self._given_back or "paused"
        self._reader.set_max_in_flight(0)

    async def resume(self) -> None:
        """Takes photos again, once none is in flight: pynsq asks no connection for more that has one."""
        await self._idle.wait()
        if self._given_back == "paused":
            self._given_back = ""
            self._reader.set_max_in_flight(self._most)

    def stop_consuming(self) -> None:
        """As `pause`, but for good."""
        self._given_back = "stopping"
        self._reader.set_max_in_flight(0)

    async def wait_idle(self, timeout_s: float) -> bool:
        """True when no photo is in flight; False when there is still one after `timeout_s`."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), timeout_s)
        return self._idle.is_set()

    async def close(self) -> None:
        """Leaves the queue, with every answer given so far on the wire."""
        self._watch.stop()
        for connection in list(self._reader.conns.values()):
            with contextlib.suppress(StreamClosedError):
                await connection.stream.write(nsq.nop())
        self._reader.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _take(self, message: Any) -> None:
        if self._given_back:
            _give_back(message, 0, self._given_back)
            return
        self.in_flight += 1
        self._idle.clear()
        try:
            await self._answer(message)
        finally:
            self.in_flight -= 1
            if not self.in_flight:
                self._idle.set()

    async def _answer(self, message: Any) -> None:
        """Finishes the message or gives it back, and says so in the log and in the metrics."""
        about: dict[str, object] = {"attempt": message.attempts}
        try:
            try:
                about["image_id"] = image_id_of(message.body)
                outcome = await self._in_thread(message, self._turn, about["image_id"])
            except BadMessage as error:
                about |= {"reason": str(error), "body": repr(message.body[:100])}
                await self._in_thread(message, self._park, message.body, str(error))
                outcome = Outcome.PARKED
        except Away as error:
            self._again_later(message, about, "away", str(error))
        except Exception as error:  # a fault of ours
            self._again_later(message, about, "fault", repr(error))
        else:
            message.finish()
            metrics.messages.labels(outcome.value).inc()
            log.log(logging.ERROR if outcome is Outcome.PARKED else logging.INFO, outcome.value, extra=about)

    async def _in_thread(self, message: Any, work: Callable[..., T], *given: object) -> T:
        """What `work` returns; the queue is told now and then that we are still at it."""
        done = asyncio.get_running_loop().run_in_executor(self._threads, work, *given)
        while not done.done():
            await asyncio.wait({done}, timeout=TOUCH_EVERY_S)
            if not done.done():
                message.touch()
        return done.result()

    def _again_later(self, message: Any, about: dict[str, object], why: str, reason: str) -> None:
        """To the queue: at once when we rest, so that another takes it; else after 1, 2, 4, … seconds."""
        delay_s = 0 if self._given_back else min(LONGEST_DELAY_S, 2 ** min(message.attempts - 1, 10))
        log.warning("again later", extra={**about, "delay_s": delay_s, "reason": reason})
        _give_back(message, delay_s, why)

    def _close_stale_connections(self) -> None:
        """Hangs up on an nsqd without heartbeats, as a dead node's; pynsq itself looks once a minute."""
        oldest = time.time() - 2 * HEARTBEAT_EVERY_S
        for connection in list(self._reader.conns.values()):
            if connection.last_recv_timestamp < oldest:
                log.warning("nsqd is silent", extra={"nsqd": connection.id})
                connection.close()


def _give_back(message: Any, delay_s: int, why: str) -> None:
    metrics.requeued.labels(why).inc()
    message.requeue(delay=delay_s, backoff=False)  # pynsq's own backoff recovers slower than it grew
