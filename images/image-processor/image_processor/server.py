"""Puts the parts together: queue in, gRPC question, database row out, and two pages for the probes."""

import asyncio
import logging
import signal

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from image_processor.consumer import Consumer
from image_processor.core import Outcome, process
from image_processor.health import Readiness, application
from image_processor.recognition import Recognition
from image_processor.settings import Settings
from image_processor.store import Store

log = logging.getLogger(__name__)

FINISH_WITHIN_S = 20.0  # chosen: below the Pod's grace period of 30 s, with time left to give back
GIVE_BACK_WITHIN_S = 5.0


class Server:
    """Works until SIGTERM. Nothing needs to be there at the start: each part waits for its service."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._rows = Store(settings)
        self._recognition = Recognition(settings.face_recognition_address)
        checks = {"mysql": self._rows.check, "face-recognition": self._recognition.check}
        self._readiness = Readiness(checks, settings.nsqlookupd_http_addresses)

    async def run(self) -> None:
        """Returns after a clean end; OSError when the port is taken."""
        sockets = bind_sockets(self._settings.listen_port, self._settings.listen_host)
        pages = HTTPServer(application(self._readiness))
        pages.add_sockets(sockets)
        consumer = Consumer(self._settings.nsqlookupd_http_addresses, self._settings.workers, self._turn)
        log.info("listening", extra={"port": sockets[0].getsockname()[1]})
        await _stop_signal()
        await self._stop(consumer)
        pages.stop()
        log.info("stopped")

    def _turn(self, image_id: int) -> Outcome:
        return process(image_id, self._rows, self._recognition.identify)

    async def _stop(self, consumer: Consumer) -> None:
        """Unready, then the photos in hand are finished; what takes too long goes back to the queue."""
        log.info("stopping")
        self._readiness.stopping = True
        consumer.take_no_more()
        in_time = await consumer.wait_idle(FINISH_WITHIN_S)
        self._recognition.close()  # ends the questions that are still open: their photos are given back
        if not in_time:
            await consumer.wait_idle(GIVE_BACK_WITHIN_S)
        await consumer.close()
        self._rows.close()


async def _stop_signal() -> None:
    """Returns when SIGTERM or SIGINT has come."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()
