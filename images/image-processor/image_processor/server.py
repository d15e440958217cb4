"""Puts the parts together: queue in, gRPC question, database row out, and pages about it."""

import asyncio
import logging
import threading
from datetime import datetime

from common import ends
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from image_processor.breaker import Breaker
from image_processor.consumer import Consumer
from image_processor.core import Away, Outcome, process
from image_processor.metrics import show_breaker
from image_processor.pages import application
from image_processor.pinger import Pinger
from image_processor.readiness import Readiness
from image_processor.recognition import Recognition
from image_processor.settings import Settings
from image_processor.store import Store

log = logging.getLogger(__name__)

FINISH_WITHIN_S = 20.0  # chosen: below the Pod's grace period of 30 s, with time left to give back
GIVE_BACK_WITHIN_S = 5.0
IDLE_S = 30.0  # chosen: a probe comes every 10 s; a connection without a request ends after so long


class Server:
    """Works until SIGTERM. Nothing needs to be there at the start: each part waits for its service.

    Make it inside the running loop.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        lookups = settings.nsqlookupd_http_addresses
        self._loop = asyncio.get_running_loop()
        self._rows = Store(settings)
        self._recognition = Recognition(settings.face_recognition_address)
        self._breaker = Breaker(self._recognition.identify, self._recognition.check, self._breaker_changed)
        self._consumer = Consumer(lookups, settings.workers, self._turn, self._rows.park)
        self._pinger = Pinger(self._breaker, self._consumer, settings.breaker_s)
        checks = {"mysql": self._rows.check, "face-recognition": self._check_recognition}
        self._readiness = Readiness(checks, lookups, lambda: self._consumer.connected)

    async def run(self) -> None:
        """Returns after a clean end; OSError when the port is taken."""
        sockets = bind_sockets(self._settings.listen_port, self._settings.listen_host)
        pages = HTTPServer(application(self._readiness, self._status), idle_connection_timeout=IDLE_S)
        pages.add_sockets(sockets)
        pinging = asyncio.create_task(self._pinger.run())
        log.info("listening", extra={"port": sockets[0].getsockname()[1]})
        await _stop_signal()
        await self._stop()
        pinging.cancel()
        pages.stop()
        log.info("stopped")

    def _turn(self, image_id: int) -> Outcome:
        return process(image_id, self._rows, self._breaker.identify)

    def _breaker_changed(self, state: str) -> None:
        show_breaker(state)
        self._loop.call_soon_threadsafe(self._pinger.wake, state)

    def _check_recognition(self) -> None:
        """While the breaker is not closed its word counts: no photo is asked, whatever the service says."""
        if not self._breaker.is_closed:
            raise Away(f"the circuit breaker is {self._breaker.state}: {self._breaker.reason}")
        self._recognition.check()

    def _status(self) -> dict[str, object]:
        breaker = {
            "state": self._breaker.state,
            "failures": self._breaker.failures,
            "reason": self._breaker.reason,
            "opened_at": _spoken(self._breaker.opened_at),
            "next_ping_at": _spoken(self._pinger.next_ping_at),
        }
        return {
            "breaker": breaker,
            "taking_photos": self._consumer.is_taking,
            "photos_in_hand": self._consumer.in_flight,
            "connected_nsqds": self._consumer.connected,
        }

    async def _stop(self) -> None:
        """Unready, then the photos in hand are finished; what takes too long goes back to the queue."""
        log.info("stopping")
        self._readiness.stopping = True
        self._consumer.stop_consuming()
        in_time = await self._consumer.wait_idle(FINISH_WITHIN_S)
        self._recognition.close()  # ends the questions that are still open: their photos are given back
        if not in_time:
            await self._consumer.wait_idle(GIVE_BACK_WITHIN_S)
        await self._consumer.close()
        self._rows.close()


def _spoken(time: datetime | None) -> str | None:
    return time.isoformat(timespec="milliseconds") if time else None


async def _stop_signal() -> None:
    """Returns when SIGTERM or SIGINT has come."""
    told, loop = asyncio.Event(), asyncio.get_running_loop()

    def listen() -> None:
        ends.wait()
        loop.call_soon_threadsafe(told.set)

    threading.Thread(target=listen, name="ends", daemon=True).start()
    await told.wait()
