"""The service's pages: /healthz and /readyz for probes, /metrics for Prometheus, /status for people."""

from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from tornado.web import Application, RequestHandler

from image_processor.readiness import Readiness

Status = Callable[[], dict[str, object]]


class Healthz(RequestHandler):
    """200 while the loop turns."""

    def get(self) -> None:
        """Answers."""
        self.write({"status": "ok"})


class Readyz(RequestHandler):
    """200 when we can serve, else 503 with what stands in the way."""

    def initialize(self, readiness: Readiness) -> None:
        """Called by tornado for each request."""
        self._readiness = readiness

    async def get(self) -> None:
        """Answers."""
        troubles = await self._readiness.troubles()
        self.set_status(503 if troubles else 200)
        self.write({"ready": not troubles, "troubles": troubles})


class Metrics(RequestHandler):
    """What metrics.py counts, and the process's own figures."""

    def get(self) -> None:
        """Answers."""
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.write(generate_latest())


class StatusPage(RequestHandler):
    """What the service is doing now."""

    def initialize(self, status: Status) -> None:
        """Called by tornado for each request."""
        self._status = status

    def get(self) -> None:
        """Answers."""
        self.write(self._status())


def application(readiness: Readiness, status: Status) -> Application:
    """The pages."""
    return Application(
        [
            ("/healthz", Healthz),
            ("/readyz", Readyz, {"readiness": readiness}),
            ("/metrics", Metrics),
            ("/status", StatusPage, {"status": status}),
        ]
    )
