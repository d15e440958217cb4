"""What every answer over HTTP carries, and the one shape of all failures."""

import json
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Nothing of an answer runs as a page, is taken for something else, or tells others where it was read.
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def failure(what: str, try_next: str) -> dict[str, str]:
    """Why there is no answer, and what to try."""
    return {"error": what, "try": try_next}


def as_bytes(content: object) -> bytes:
    """JSON in ASCII: a client gets the name that it sent back, even one with half of a character in it."""
    return json.dumps(content, separators=(",", ":")).encode()


class Guarded:
    """An ASGI application whose answers carry HEADERS, where it has not set them otherwise itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sent)
