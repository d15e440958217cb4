"""How long a service's answers take, by the route that they took."""

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Timed:
    """An ASGI application around another that times each answer, until it begins: a stream may never end.

    Args:
        record: Gets the route, such as `/photos/{path}`, or "none"; the status; the seconds. Never the path
            itself: whoever asks for many would make as many series.
    """

    def __init__(self, app: ASGIApp, record: Callable[[str, int, float], None]) -> None:
        self._app = app
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on as it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_at = time.perf_counter()
        has_begun = False

        def begins(status: int) -> None:
            nonlocal has_begun
            has_begun = True
            route = getattr(scope.get("route"), "path", "none")
            self._record(route, status, time.perf_counter() - started_at)

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                begins(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            if not has_begun:
                begins(500)  # what the client is sent when the application fails
