"""The wire: HTTP in, JSON out."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from receiver.core import MAX_BODY_BYTES, Refused, find_photo, read_path
from receiver.queue import Queue, QueueAway
from receiver.relay import Relay
from receiver.settings import Settings
from receiver.store import Accepted, DatabaseAway, Store

log = logging.getLogger("receiver")

BODY_TIMEOUT_S = 10  # chosen: 64 KiB take far less, and a client that dawdles holds a socket


class Receiver:
    """What one process holds: the database, the queue, the relay, and whether it is about to end."""

    def __init__(self, settings: Settings) -> None:
        self.photos_dir: Path = settings.photos_dir
        self.store = Store(settings)
        self.queue = Queue(settings.nsqd_http_address)
        self.relay = Relay(self.store, self.queue)
        self.stopping = False

    def take(self, body: bytes) -> Accepted:
        """The photo that `body` names, written down; raises Refused or DatabaseAway."""
        accepted = self.store.accept(find_photo(self.photos_dir, read_path(body)))
        self.relay.nudge()
        event = "accepted" if accepted.is_new else "accepted before"
        log.info(event, extra={"image_id": accepted.id, "path": accepted.path})
        return accepted

    def readiness(self) -> tuple[bool, dict[str, str]]:
        """Whether it can take photos now, and what it sees. Without nsqd it can: they wait in the outbox."""
        seen = {
            "database": _look(self.store.ping, DatabaseAway),
            "nsqd": _look(self.queue.ping, QueueAway),
            "photos": "ok" if self.photos_dir.is_dir() else f"no folder {self.photos_dir}",
            "process": "stopping" if self.stopping else "ok",
        }
        return all(state == "ok" for name, state in seen.items() if name != "nsqd"), seen

    def close(self) -> None:
        """A last turn of the relay, then every connection is given back."""
        self.relay.stop()
        self.queue.close()
        self.store.close()


def create_app(settings: Settings) -> FastAPI:
    """The receiver as an ASGI application; `app.state.receiver` is what it holds."""
    receiver = Receiver(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        receiver.relay.start()
        yield
        await run_in_threadpool(receiver.close)

    app = FastAPI(title="receiver", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.receiver = receiver
    _add_post(app, receiver)
    _add_probes(app, receiver)
    _add_errors(app)
    return app


def _add_post(app: FastAPI, receiver: Receiver) -> None:
    @app.post("/image/post")
    async def post_image(request: Request) -> JSONResponse:
        """Takes `{"path": ...}`, whatever content type the client names."""
        body = await _read_body(request)
        accepted = await run_in_threadpool(receiver.take, body)
        return JSONResponse({"id": accepted.id, "path": accepted.path, "status": accepted.status})


def _add_probes(app: FastAPI, receiver: Receiver) -> None:
    @app.get("/healthz")
    async def healthz(response: Response) -> dict[str, bool]:
        """My loops turn: this one, and the relay's."""
        turning = receiver.relay.is_turning()
        response.status_code = 200 if turning else 503
        return {"turning": turning}

    @app.get("/readyz")
    def readyz(response: Response) -> dict[str, object]:
        """I can take photos now; if not, what is missing."""
        ready, seen = receiver.readiness()
        response.status_code = 200 if ready else 503
        return {"ready": ready, **seen}


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> JSONResponse:
        log.info("refused", extra={"status": error.status, "reason": error.what})
        return _error(error.status, error.what, error.try_next)

    @app.exception_handler(DatabaseAway)
    async def database_away(request: Request, error: DatabaseAway) -> JSONResponse:
        log.warning("not accepted", extra={"reason": str(error)})
        return _error(503, "the database does not answer", "post it again in some seconds")

    @app.exception_handler(HTTPException)
    async def no_such_route(request: Request, error: HTTPException) -> JSONResponse:
        what = f"{request.method} {request.url.path}: {error.detail}"
        return _error(error.status_code, what, "POST /image/post")

    @app.exception_handler(Exception)
    async def our_fault(request: Request, error: Exception) -> JSONResponse:
        log.error("failed", exc_info=error)
        return _error(500, "the receiver failed; its log says how", "report it")


async def _read_body(request: Request) -> bytes:
    """The whole body, if it is short and comes in time."""
    body = b""
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise Refused(
                        413, f"the body is larger than {MAX_BODY_BYTES} bytes", "post one path at a time"
                    )
    except TimeoutError:
        raise Refused(408, f"the body did not come within {BODY_TIMEOUT_S} s", "send it again") from None
    except ClientDisconnect:
        raise Refused(400, "the client went away", "send it again") from None
    return body


def _error(status: int, what: str, try_next: str) -> JSONResponse:
    return JSONResponse({"error": what, "try": try_next}, status)


def _look(ping: Callable[[], None], away: type[Exception]) -> str:
    try:
        ping()
    except away as error:
        return f"away: {error}"
    return "ok"
