"""The wire: HTTP in, JSON out."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from common.answers import Guarded
from common.request_times import Timed
from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool

from receiver.answers import Json, add_errors, as_json
from receiver.bodies import pieces, whole
from receiver.core import MAX_BODY_BYTES, MAX_BULK_BYTES, Refused, plain_name, read_path
from receiver.service import Receiver
from receiver.settings import Settings
from receiver.uploads import HEAD_BYTES, MAX_PICTURE_BYTES, Incoming, kind_of

log = logging.getLogger("receiver")

BODY_TIMEOUT_S = 10  # chosen: a MiB takes far less, and a client that dawdles holds a socket
PICTURE_TIMEOUT_S = 60  # chosen: 16 MiB at 2 Mbit/s
WRITE_BYTES = 256 * 1024  # chosen: few turns of a thread for a picture, little memory


def create_app(settings: Settings) -> FastAPI:
    """The receiver as an ASGI application; `app.state.receiver` is what it holds."""
    receiver = Receiver(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(receiver.start)
        yield
        await run_in_threadpool(receiver.close)

    app = FastAPI(title="receiver", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.router.redirect_slashes = False  # a redirect would lead to whatever host the client names
    app.state.receiver = receiver
    app.add_middleware(Timed, record=receiver.metrics.answered)
    app.add_middleware(Guarded)
    endpoints = ["POST /image/post", "POST /image/upload?name=me.jpg"]
    _add_post(app, receiver)
    _add_upload(app, receiver)
    if settings.takes_many:
        endpoints.append("POST /images/post")
        _add_bulk(app, receiver)
    _add_probes(app, receiver)
    _add_version(app, settings.version, endpoints)
    add_errors(app, receiver, endpoints)
    return app


def _add_post(app: FastAPI, receiver: Receiver) -> None:
    @app.post("/image/post")
    async def post_image(request: Request) -> Response:
        """Takes `{"path": ...}`, whatever content type the client names."""
        body = await whole(request, most=MAX_BODY_BYTES, within_s=BODY_TIMEOUT_S)
        return Json(as_json(await receiver.take(read_path(body))))


def _add_bulk(app: FastAPI, receiver: Receiver) -> None:
    @app.post("/images/post")
    async def post_images(request: Request) -> Response:
        """Takes `{"paths": [{"path": ...}, ...]}`; one result each, in the same order."""
        body = await whole(request, most=MAX_BULK_BYTES, within_s=BODY_TIMEOUT_S)
        return await run_in_threadpool(answer_many, body)

    def answer_many(body: bytes) -> Response:
        return Json({"results": [as_json(result, path) for path, result in receiver.take_many(body)]})


def _add_upload(app: FastAPI, receiver: Receiver) -> None:
    @app.post("/image/upload")
    async def upload_image(request: Request) -> Response:
        """Takes the picture itself, and stores it. Its `name` is for people; its content names the file."""
        name = plain_name(request.query_params.get("name"))
        path = await _store(request, receiver)
        accepted = await receiver.take(path)
        log.info("uploaded", extra={"image_id": accepted.id, "path": path, "picture": name})
        return Json({**as_json(accepted), "name": name})


async def _store(request: Request, receiver: Receiver) -> str:
    """Where the picture that is sent now lies."""
    incoming: Incoming | None = None
    waiting = bytearray()
    try:
        async for piece in pieces(request, most=MAX_PICTURE_BYTES, within_s=PICTURE_TIMEOUT_S):
            waiting += piece
            if incoming is None and len(waiting) >= HEAD_BYTES:
                incoming = await run_in_threadpool(
                    Incoming, receiver.photos_dir, kind_of(bytes(waiting)), receiver.room
                )
            if incoming and len(waiting) >= WRITE_BYTES:
                await run_in_threadpool(incoming.write, bytes(waiting))
                waiting.clear()
        if incoming is None:
            raise Refused(422, f"{len(waiting)} bytes are no picture", "send the picture as the body")
        await run_in_threadpool(incoming.write, bytes(waiting))
        return await run_in_threadpool(incoming.keep)
    finally:
        if incoming:
            incoming.close()


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

    @app.get("/metrics")
    def metrics() -> Response:
        """Figures for Prometheus."""
        return Response(generate_latest(receiver.metrics.registry), media_type=CONTENT_TYPE_LATEST)


def _add_version(app: FastAPI, version: str, endpoints: list[str]) -> None:
    @app.get("/")
    async def about() -> dict[str, object]:
        """Who I am, and what I take."""
        return {"service": "receiver", "version": version, "endpoints": endpoints}
