"""The wire: HTTP in, HTML, JSON, events and pictures out."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files

from common.answers import Guarded
from common.database import DatabaseAway
from common.pictures import NotAPicture
from common.request_times import Timed
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from frontend.core import Photo, Refused, as_json, read_moment, read_query
from frontend.errors import HANDLERS, HEADERS
from frontend.feed import Feed, FeedEnded, FeedFull
from frontend.metrics import Metrics
from frontend.page import draw_card, draw_page
from frontend.picture import open_picture
from frontend.sending import PictureResponse
from frontend.settings import Settings
from frontend.store import Store
from frontend.stream import MEDIA_TYPE as EVENTS
from frontend.stream import EventStream

_STATIC = {
    "style.css": "text/css",
    "live.js": "text/javascript",
    "cards.js": "text/javascript",
    "keys.js": "text/javascript",
}
_FOR_A_MINUTE = {**HEADERS, "Cache-Control": "max-age=60"}
_NEW_EACH_TIME = {**HEADERS, "Cache-Control": "no-store"}


class Frontend:
    """What one process holds, and its answers: the database, the photos folder, the live streams."""

    def __init__(self, settings: Settings) -> None:
        self.photos_dir = settings.photos_dir
        self.store = Store(settings.database)
        self.feed = Feed(self.store, self._told, most_listeners=settings.max_streams)
        self.metrics = Metrics(self.store.counts, lambda: len(self.feed))
        self.stopping = False
        own = files("frontend").joinpath("static")
        self._static = {name: own.joinpath(name).read_text() for name in _STATIC}

    def stop(self) -> None:
        """Unready from now on; the live streams end, their readers come back to another Pod."""
        self.stopping = True
        self.feed.end()

    def page(self, request: Request) -> Response:
        """GET /: the photos, for people."""
        query = read_query(request.query_params)
        return HTMLResponse(draw_page(self.photos_dir, query, self.store.page(query)), headers=_NEW_EACH_TIME)

    def images(self, request: Request) -> Response:
        """GET /api/images: the photos, for programs; `before` the last id is the next page."""
        page = self.store.page(read_query(request.query_params))
        told = {"images": [as_json(photo) for photo in page.photos], "counts": page.counts}
        return JSONResponse(told, headers=_NEW_EACH_TIME)

    async def events(self, request: Request) -> Response:
        """GET /events: the photos that change, as they change. HEAD takes no stream."""
        if request.method == "HEAD":
            return Response(media_type=EVENTS, headers=_NEW_EACH_TIME)
        since = read_moment(request.headers, "last-event-id") or read_moment(request.query_params, "since")
        try:
            return EventStream(self.feed, self.feed.join(), since, HEADERS)
        except FeedFull:
            raise Refused(503, "As many live streams are open as may be", "again in some seconds") from None
        except FeedEnded:
            raise Refused(503, "This frontend is about to end", "again: another one answers") from None

    def photo(self, request: Request) -> Response:
        """GET /photos/PATH: a picture itself. A file that is none is not sent, whatever it is called."""
        try:
            file, picture = open_picture(self.photos_dir, request.path_params["path"])
        except NotAPicture as error:
            raise Refused(415, str(error), "convert it to JPEG") from error
        return PictureResponse(file, picture.media_type, _FOR_A_MINUTE)

    async def static(self, request: Request) -> Response:
        """GET /static/NAME: the page's style and scripts."""
        name = request.path_params["name"]
        if name not in self._static:
            raise Refused(404, "there is no such file", "the page /")
        return Response(self._static[name], media_type=_STATIC[name], headers=_FOR_A_MINUTE)

    def show_metrics(self, _: Request) -> Response:
        """GET /metrics: for Prometheus."""
        return Response(self.metrics.text(), media_type="text/plain; version=0.0.4")

    async def healthz(self, _: Request) -> Response:
        """GET /healthz: my loop turns."""
        return JSONResponse({"turning": True})

    def readyz(self, _: Request) -> Response:
        """GET /readyz: I can show photos now; if not, what is missing."""
        seen = self.readiness()
        ready = all(state == "ok" for state in seen.values())
        return JSONResponse({"ready": ready, **seen}, 200 if ready else 503)

    def readiness(self) -> Mapping[str, str]:
        """What it needs, and how that is: "ok", or words."""
        try:
            self.store.ping()
            database = "ok"
        except DatabaseAway as error:
            database = f"away: {error}"
        return {
            "database": database,
            "photos": "ok" if self.photos_dir.is_dir() else f"no folder {self.photos_dir}",
            "process": "stopping" if self.stopping else "ok",
        }

    def _told(self, photo: Photo) -> dict[str, object]:
        return {**as_json(photo), "card": draw_card(self.photos_dir, photo)}


def create_app(settings: Settings) -> Starlette:
    """The frontend as an ASGI application; `app.state.frontend` is what it holds."""
    frontend = Frontend(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(frontend.store.close)

    app = Starlette(
        routes=[
            Route("/", frontend.page),
            Route("/api/images", frontend.images),
            Route("/events", frontend.events),
            Route("/photos/{path:path}", frontend.photo),
            Route("/static/{name}", frontend.static),
            Route("/metrics", frontend.show_metrics),
            Route("/healthz", frontend.healthz),
            Route("/readyz", frontend.readyz),
        ],
        middleware=[Middleware(Guarded), Middleware(Timed, frontend.metrics.answered)],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # a redirect would lead to whatever host the client names
    app.state.frontend = frontend
    return app
