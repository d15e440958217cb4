"""What clients are told: the same shape for every photo, and for every error."""

import logging
from collections.abc import Mapping, Sequence

from common.answers import HEADERS, as_bytes, failure
from common.database import DatabaseAway
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from receiver.bodies import drain_body
from receiver.core import Refused, StorageAway
from receiver.service import Receiver
from receiver.store import Accepted
from receiver.uploads import FOLDER, StorageFull

log = logging.getLogger("receiver")


class Json(JSONResponse):
    """JSON in ASCII."""

    def render(self, content: object) -> bytes:
        """The body."""
        return as_bytes(content)


def as_json(result: Accepted | Refused, asked: str | None = None) -> dict[str, object]:
    """A photo that is written down, or why it is not; then with the path as it was asked for."""
    if isinstance(result, Accepted):
        return {"id": result.id, "path": result.path, "status": result.status}
    return {"path": asked, "error": result.what, "try": result.try_next}


def add_errors(app: FastAPI, receiver: Receiver, endpoints: Sequence[str]) -> None:
    """Every failure of `app` becomes a status and `{"error": ..., "try": ...}`."""

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Json:
        receiver.note_refusal(error)
        if error.status != 408:  # that one has been waited for
            await drain_body(request)
        return _error(error.status, error.what, error.try_next)

    @app.exception_handler(DatabaseAway)
    async def database_away(request: Request, error: DatabaseAway) -> Json:
        log.warning("not accepted", extra={"reason": str(error)})
        return _error(503, "the database does not answer", "post it again in some seconds")

    @app.exception_handler(StorageAway)
    async def storage_away(request: Request, error: StorageAway) -> Json:
        log.warning("not accepted", extra={"reason": str(error)})
        await drain_body(request)
        return _error(503, f"the photos folder does not serve: {error}", "tell who runs the photos volume")

    @app.exception_handler(StorageFull)
    async def storage_full(request: Request, error: StorageFull) -> Json:
        log.warning("not accepted", extra={"reason": str(error)})
        await drain_body(request)
        what = f"the photos volume is full, so the picture is not stored: {error}"
        return _error(507, what, f"make room in {FOLDER}, send it again")

    @app.exception_handler(HTTPException)
    async def no_such_route(request: Request, error: HTTPException) -> Json:
        await drain_body(request)
        what = f"{request.method} {request.url.path}: {error.detail}"
        return _error(error.status_code, what, " or ".join(endpoints), error.headers)

    @app.exception_handler(Exception)
    async def our_fault(request: Request, error: Exception) -> Json:
        log.error("failed", exc_info=error)
        return _error(500, "the receiver failed; its log says how", "report it")


def _error(status: int, what: str, try_next: str, more: Mapping[str, str] | None = None) -> Json:
    headers = {**HEADERS, **({"Retry-After": "2"} if status == 503 else {}), **(more or {})}
    return Json(failure(what, try_next), status, headers=headers)
