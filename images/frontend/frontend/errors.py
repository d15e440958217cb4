"""What is answered when something is refused or fails: a page for people, JSON for programs."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from common.answers import HEADERS as PLAIN_HEADERS
from common.answers import failure
from common.database import DatabaseAway
from common.photos import OutsideFolder, PhotoMissing
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from frontend.core import Refused
from frontend.page import draw_error

log = logging.getLogger(__name__)

# Only this frontend's own script and style run here, whatever a file name or a reason holds.
HEADERS = {
    **PLAIN_HEADERS,
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
_FOR_PROGRAMS = ("/api/", "/events", "/metrics", "/static/", "/healthz", "/readyz")

Handler = Callable[[Request, Any], Awaitable[Response]]


async def _refused(request: Request, error: Refused) -> Response:
    log.info("refused", extra={"status": error.status, "reason": error.what})
    return _answer(request, error.status, error.what, error.try_next)


async def _outside(request: Request, error: OutsideFolder) -> Response:
    return await _refused(request, Refused(403, str(error), "name a photo by its path in the folder"))


async def _missing(request: Request, error: PhotoMissing) -> Response:
    return await _refused(request, Refused(404, str(error), "look at the list of photos"))


async def _database_away(request: Request, error: DatabaseAway) -> Response:
    log.warning("not shown", extra={"reason": str(error)})
    return _answer(request, 503, "The database does not answer", "again in some seconds")


async def _storage_away(request: Request, error: OSError) -> Response:
    log.warning("not shown", extra={"reason": str(error)})
    return _answer(request, 503, "The photos folder does not answer", "again in some seconds")


async def _no_such_route(request: Request, error: HTTPException) -> Response:
    return _answer(request, error.status_code, str(error.detail), "the page /", error.headers)


async def _our_fault(request: Request, error: Exception) -> Response:
    log.error("failed", exc_info=error)
    return _answer(request, 500, "The frontend failed; its log says how", "report it")


HANDLERS: dict[Any, Handler] = {
    Refused: _refused,
    OutsideFolder: _outside,
    PhotoMissing: _missing,
    DatabaseAway: _database_away,
    OSError: _storage_away,
    HTTPException: _no_such_route,
    Exception: _our_fault,
}


def _answer(
    request: Request, status: int, what: str, try_next: str, more: Mapping[str, str] | None = None
) -> Response:
    headers = {**HEADERS, **({"Retry-After": "2"} if status == 503 else {}), **(more or {})}
    if not _is_for_people(request):
        return JSONResponse(failure(what, try_next), status, headers=headers)
    return HTMLResponse(draw_error(what, try_next), status, headers=headers)


def _is_for_people(request: Request) -> bool:
    """Browsers ask for HTML when they open an address, and for a picture when a page shows it."""
    path, accepts = request.scope["path"], request.headers.get("accept", "")
    if path.startswith(_FOR_PROGRAMS):
        return False
    return "text/html" in accepts or not (path.startswith("/photos/") or "json" in accepts)
