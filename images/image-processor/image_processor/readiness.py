"""Whether a photo could be processed now: every service that it needs is asked anew for each probe."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

from tornado.httpclient import AsyncHTTPClient

from image_processor.core import Away

log = logging.getLogger(__name__)

CHECK_WITHIN_S = 2.0  # chosen: a probe waits for 3 s


class Readiness:
    """Asks all services at once, for CHECK_WITHIN_S at most, and logs when the answer changes.

    Args:
        checks: By name of the service, what returns when it is well and raises Away when it is not. Runs
            in a thread; one that hangs is not started a second time.
        lookups: Addresses of nsqlookupd; one that answers is enough.
        connected: The nsqds that we read from.
    """

    def __init__(
        self,
        checks: dict[str, Callable[[], None]],
        lookups: tuple[str, ...],
        connected: Callable[[], list[str]],
    ) -> None:
        self._checks = checks
        self._lookups = lookups
        self._connected = connected
        self._asked: dict[str, asyncio.Task[str]] = {}
        self._last: dict[str, str] = {}
        self.stopping = False

    async def troubles(self) -> dict[str, str]:
        """What stands in the way, by service; empty when we can serve."""
        if self.stopping:
            return {"image-processor": "stopping"}
        asked = [self._ask_service(name, check) for name, check in self._checks.items()]
        troubles: dict[str, str] = {}
        for seen in await asyncio.gather(*asked, self._ask_queue()):
            troubles |= seen
        if troubles != self._last:
            log.info("not ready" if troubles else "ready", extra={"troubles": troubles})
        self._last = troubles
        return troubles

    async def _ask_service(self, name: str, check: Callable[[], None]) -> dict[str, str]:
        if name not in self._asked:
            self._asked[name] = asyncio.create_task(_trouble_of(check))
        task = self._asked[name]
        await asyncio.wait({task}, timeout=CHECK_WITHIN_S)
        if not task.done():
            return {name: f"no answer within {CHECK_WITHIN_S:g} s"}
        self._asked.pop(name, None)
        return {name: task.result()} if task.result() else {}

    async def _ask_queue(self) -> dict[str, str]:
        """nsqlookupd answers, and knows a queue; one is connected."""
        answers = await asyncio.gather(*map(_nsqds, self._lookups))
        nsqds = [one for answer in answers if isinstance(answer, list) for one in answer]
        if all(isinstance(answer, str) for answer in answers):
            return {"nsqlookupd": "; ".join(map(str, answers))}
        if not nsqds:
            return {"nsqd": "nsqlookupd knows none"}
        if not self._connected():
            return {"nsqd": "none is connected"}
        return {}


async def _trouble_of(check: Callable[[], None]) -> str:
    try:
        await asyncio.to_thread(check)
    except Away as error:
        return str(error)
    except Exception as error:  # a fault of ours is no readiness either
        log.exception("fault in a check")
        return repr(error)
    return ""


async def _nsqds(lookup: str) -> list[dict[str, Any]] | str:
    """The nsqds that an nsqlookupd knows, or why it does not tell."""
    try:
        answer = await AsyncHTTPClient().fetch(f"http://{lookup}/nodes", request_timeout=CHECK_WITHIN_S)
        return list(json.loads(answer.body)["producers"])
    except Exception as error:  # refused, timed out, unknown name, an HTTP status: all mean no
        return f"{lookup}: {error}"
