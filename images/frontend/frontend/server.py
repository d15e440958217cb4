"""The wire: HTTP in, HTML, JSON and pictures out."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from frontend.core import Photo, Refused, find_file, read_query
from frontend.page import draw_error, draw_page
from frontend.picture import NotAPicture, look_at
from frontend.settings import Settings
from frontend.store import DatabaseAway, Store

log = logging.getLogger("frontend")

# No script runs here, and nothing is loaded from elsewhere, whatever a file name or a reason holds.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self' data:; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Frontend:
    """What one process holds: the database, the photos folder, and whether it is about to end."""

    def __init__(self, settings: Settings) -> None:
        self.photos_dir: Path = settings.photos_dir
        self.store = Store(settings)
        self.stopping = False

    def readiness(self) -> tuple[bool, dict[str, str]]:
        """Whether it can show photos now, and what it sees."""
        try:
            self.store.ping()
            database = "ok"
        except DatabaseAway as error:
            database = f"away: {error}"
        seen = {
            "database": database,
            "photos": "ok" if self.photos_dir.is_dir() else f"no folder {self.photos_dir}",
            "process": "stopping" if self.stopping else "ok",
        }
        return all(state == "ok" for state in seen.values()), seen


def create_app(settings: Settings) -> FastAPI:
    """The frontend as an ASGI application; `app.state.frontend` is what it holds."""
    frontend = Frontend(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(frontend.store.close)

    app = FastAPI(title="frontend", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.frontend = frontend
    _add_page(app, frontend)
    _add_api(app, frontend)
    _add_probes(app, frontend)
    _add_errors(app)
    return app


def _add_page(app: FastAPI, frontend: Frontend) -> None:
    style = files("frontend").joinpath("static/style.css").read_text()

    @app.get("/")
    def page(request: Request) -> HTMLResponse:
        """The photos, for people."""
        query = read_query(request.query_params)
        shown, counts = frontend.store.page(query), frontend.store.counts()
        return HTMLResponse(draw_page(frontend.photos_dir, query, shown, counts), headers=HEADERS)

    @app.get("/style.css")
    async def style_css() -> Response:
        return Response(style, media_type="text/css", headers={**HEADERS, "Cache-Control": "max-age=60"})

    @app.get("/photos/{path:path}")
    def photo(path: str) -> FileResponse:
        """A picture itself. A file that is none is not sent, whatever it is called."""
        try:
            file = find_file(frontend.photos_dir, path)
            kind = look_at(file).media_type
        except NotAPicture as error:
            raise Refused(
                415, "the file is not a picture that browsers show", "convert it to JPEG"
            ) from error
        return FileResponse(file, media_type=kind, headers={**HEADERS, "Cache-Control": "max-age=60"})


def _add_api(app: FastAPI, frontend: Frontend) -> None:
    @app.get("/api/images")
    def images(request: Request) -> dict[str, object]:
        """The photos, for programs; `before` the last id is the next page."""
        page = frontend.store.page(read_query(request.query_params))
        return {"images": [_as_json(photo) for photo in page.photos], "counts": frontend.store.counts()}


def _add_probes(app: FastAPI, frontend: Frontend) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, bool]:
        """My loop turns."""
        return {"turning": True}

    @app.get("/readyz")
    def readyz(response: Response) -> dict[str, object]:
        """I can show photos now; if not, what is missing."""
        ready, seen = frontend.readiness()
        response.status_code = 200 if ready else 503
        return {"ready": ready, **seen}


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        log.info("refused", extra={"status": error.status, "reason": error.what})
        return _error(request, error.status, error.what, error.try_next)

    @app.exception_handler(DatabaseAway)
    async def database_away(request: Request, error: DatabaseAway) -> Response:
        log.warning("not shown", extra={"reason": str(error)})
        return _error(request, 503, "The database does not answer", "again in some seconds")

    @app.exception_handler(HTTPException)
    async def no_such_route(request: Request, error: HTTPException) -> Response:
        return _error(request, error.status_code, str(error.detail), "the page /")

    @app.exception_handler(Exception)
    async def our_fault(request: Request, error: Exception) -> Response:
        log.error("failed", exc_info=error)
        return _error(request, 500, "The frontend failed; its log says how", "report it")


def _error(request: Request, status: int, what: str, try_next: str) -> Response:
    """JSON for programs and pictures, a page for people."""
    if request.url.path.startswith(("/api/", "/photos/")):
        return JSONResponse({"error": what, "try": try_next}, status, headers=HEADERS)
    return HTMLResponse(draw_error(what, try_next), status, headers=HEADERS)


def _as_json(photo: Photo) -> dict[str, object]:
    plain = asdict(photo)
    return {name: _time(value) if isinstance(value, datetime) else value for name, value in plain.items()}


def _time(value: datetime) -> str:
    """As in "2026-01-31T12:00:00.000Z"."""
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
