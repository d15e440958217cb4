"""Brings the outbox to nsqd, at least once, in a thread of its own."""

import logging
import threading
import time
from collections.abc import Sequence

from common.database import DatabaseAway

from receiver.metrics import Metrics
from receiver.queue import Queue, QueueAway
from receiver.store import MOST_ENTRIES, Store

log = logging.getLogger("receiver.relay")

LOOK_AGAIN_S = 1.0  # chosen: how long rows wait that another receiver left behind, and how often we knock
GATHER_S = 0.01  # chosen: what is posted in a burst is published together; recognition takes far longer
REST_S = 0.1  # chosen: from turn to turn; each has a commit of its own, which takes time from the posts'
HANGING_S = 60.0  # chosen: longer than every timeout of one turn together


class Relay:
    """Runs between `start` and `stop`. Several receivers may relay at once: each takes other rows."""

    def __init__(
        self, store: Store, queue: Queue, metrics: Metrics, *, look_again_s: float = LOOK_AGAIN_S
    ) -> None:
        self._store = store
        self._queue = queue
        self._metrics = metrics
        self._look_again_s = look_again_s
        self._nudged = threading.Event()
        self._stopping = threading.Event()
        self._away = ""  # what kept the last turn from its end
        self._counted_at = 0.0
        self._turned_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def start(self) -> None:
        """From now on the outbox is emptied, of what an earlier receiver left behind first."""
        self._nudged.set()
        self._thread.start()

    def nudge(self) -> None:
        """There is something new: do not wait for the next look."""
        self._nudged.set()

    def stop(self, timeout_s: float = 10) -> None:
        """Ends after the turn in hand and a last one; what then remains, another receiver takes."""
        self._stopping.set()
        self._nudged.set()
        self._thread.join(timeout_s)

    def is_turning(self) -> bool:
        """False if the thread died or hangs."""
        return self._thread.is_alive() and time.monotonic() - self._turned_at < HANGING_S

    def _run(self) -> None:
        stopping = False
        while not stopping:
            self._nudged.wait(self._look_again_s)
            self._stopping.wait(max(GATHER_S, self._turned_at + REST_S - time.monotonic()))
            self._nudged.clear()
            stopping = self._stopping.is_set()
            self._turn()
            self._turned_at = time.monotonic()

    def _turn(self) -> None:
        """Empties the outbox, or says once what is in the way."""
        away = ""
        try:
            away = self._empty_outbox()
            self._count_waiting()
            self._metrics.saw("database", answering=True)
        except DatabaseAway as error:
            self._metrics.saw("database", answering=False)
            away = f"the database is away: {error}"
        except Exception:
            log.exception("relay failed, and tries again")
            return
        self._say(away)

    def _empty_outbox(self) -> str:
        """Nothing, or why entries wait on."""
        try:
            while self._store.hand_over(self._publish) == MOST_ENTRIES:  # fewer: those were all
                self._turned_at = time.monotonic()
        except QueueAway as error:
            self._metrics.saw("nsqd", answering=False)
            return f"nsqd is away: {error}"
        return ""

    def _count_waiting(self) -> None:
        if time.monotonic() - self._counted_at >= LOOK_AGAIN_S:
            self._metrics.waiting.set(self._store.waiting())
            self._counted_at = time.monotonic()

    def _publish(self, image_ids: Sequence[int]) -> None:
        self._queue.publish(image_ids)
        self._metrics.saw("nsqd", answering=True)
        self._metrics.published.inc(len(image_ids))
        log.info("published", extra={"each": [{"image_id": image_id} for image_id in image_ids]})

    def _say(self, away: str) -> None:
        """A line when something goes away, and one when it is back; none in between."""
        if away and not self._away:
            log.warning("relay waits", extra={"reason": away})
        elif self._away and not away:
            log.info("relay goes on")
        self._away = away
