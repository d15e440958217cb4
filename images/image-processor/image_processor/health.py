"""/healthz: the loop turns. /readyz: every service that a photo needs was seen just now."""

import asyncio
import logging
from collections.abc import Callable

from tornado.httpclient import AsyncHTTPClient
from tornado.web import Application, RequestHandler

from image_processor.core import Away

log = logging.getLogger(__name__)

CHECK_WITHIN_S = 2.0


class Readiness:
    """Asks the services anew for each probe, and logs when the answer changes.

    Args:
        checks: By name of the service, what returns when it is well and raises Away when it is not.
        lookups: Addresses of nsqlookupd; one that answers is enough.
    """

    def __init__(self, checks: dict[str, Callable[[], None]], lookups: tuple[str, ...]) -> None:
        self._checks = checks
        self._lookups = lookups
        self._last: dict[str, str] = {}
        self.stopping = False

    async def troubles(self) -> dict[str, str]:
        """What stands in the way, by service; empty when we can serve."""
        if self.stopping:
            return {"image-processor": "stopping"}
        asked = {name: self._ask(check) for name, check in self._checks.items()}
        asked["nsqlookupd"] = self._ask_lookups()
        seen = zip(asked, await asyncio.gather(*asked.values()), strict=True)
        troubles = {name: why for name, why in seen if why}
        if troubles != self._last:
            log.info("not ready" if troubles else "ready", extra={"troubles": troubles})
        self._last = troubles
        return troubles

    async def _ask(self, check: Callable[[], None]) -> str:
        try:
            await asyncio.to_thread(check)
        except Away as error:
            return str(error)
        return ""

    async def _ask_lookups(self) -> str:
        why = ""
        for address in self._lookups:
            try:
                await AsyncHTTPClient().fetch(f"http://{address}/ping", request_timeout=CHECK_WITHIN_S)
            except Exception as error:  # refused, timed out, unknown name, an HTTP status: all mean no
                why = f"{address}: {error}"
            else:
                return ""
        return why


class Healthz(RequestHandler):
    """200 while the loop turns."""

    def get(self) -> None:
        """Answers."""
        self.write({"status": "ok"})


class Readyz(RequestHandler):
    """200 when we can serve, else 503 with what stands in the way."""

    def initialize(self, readiness: Readiness) -> None:
        """Called by tornado for each request."""
        self._readiness = readiness

    async def get(self) -> None:
        """Answers."""
        troubles = await self._readiness.troubles()
        self.set_status(503 if troubles else 200)
        self.write({"ready": not troubles, "troubles": troubles})


def application(readiness: Readiness) -> Application:
    """The two pages that the cluster's probes ask for."""
    return Application([("/healthz", Healthz), ("/readyz", Readyz, {"readiness": readiness})])
