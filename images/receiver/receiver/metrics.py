"""What /metrics tells of one receiver."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS_S = (
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
)  # chosen: a post takes some milliseconds


class Metrics:
    """The receiver's figures, in a registry of its own."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        Info("receiver_build", "Which receiver this is.", registry=self.registry).info({"version": version})
        self.accepted = self._counter("photos_accepted", "Photos written down for the first time.")
        self.accepted_before = self._counter("photos_accepted_before", "Posts of photos that were known.")
        self.refused = self._counter("photos_refused", "Posts refused, by HTTP status.", "status")
        self.published = self._counter("photos_published", "Image ids that nsqd has taken over.")
        self.waiting = Gauge(
            "receiver_outbox_waiting",
            "Outbox entries that nobody has published yet, when the relay last looked.",
            registry=self.registry,
        )
        self._up = Gauge(
            "receiver_dependency_up",
            "1 if it answered when it was last asked, else 0.",
            ["dependency"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "receiver_http_request_duration_seconds",
            "From a request's head to the end of its answer.",
            ["route", "status"],
            buckets=BUCKETS_S,
            registry=self.registry,
        )

    def saw(self, dependency: str, *, answering: bool) -> None:
        """The database or nsqd was asked, and answered or not."""
        self._up.labels(dependency).set(answering)

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"receiver_{name}", says, labels, registry=self.registry)


class Timed:
    """An ASGI application whose requests are timed, by the route that they took."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._seconds = metrics.request_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on as it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500  # what the client is sent when the application fails
        started_at = time.perf_counter()

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            # Never the path itself: whoever asks for many would make as many series.
            route = getattr(scope.get("route"), "path", "none")
            self._seconds.labels(route, status).observe(time.perf_counter() - started_at)
