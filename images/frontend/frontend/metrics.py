"""What Prometheus reads at /metrics."""

from collections.abc import Callable, Iterable

from common.database import DatabaseAway
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from frontend.store import Counts


class Metrics:
    """The figures of one process.

    Args:
        counts: Photos by status; may raise DatabaseAway.
        streams: How many live streams are open.
    """

    def __init__(self, counts: Callable[[], Counts], streams: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "frontend_requests_total", "Answers.", ["route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "frontend_request_seconds",
            "From a request to the beginning of its answer.",
            ["route"],
            registry=self._registry,
        )
        self._registry.register(_Now(counts, streams))

    def answered(self, route: str, status: int, seconds: float) -> None:
        """A request of that route was answered, so fast."""
        self._requests.labels(route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All of them, in Prometheus' text format; asks the database."""
        return generate_latest(self._registry)


class _Now(Collector):
    """What is found out when somebody reads. While the database is away, no photos are told."""

    def __init__(self, counts: Callable[[], Counts], streams: Callable[[], int]) -> None:
        self._counts = counts
        self._streams = streams

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked of the database to find out the names."""
        return []

    def collect(self) -> Iterable[Metric]:
        """The figures."""
        yield GaugeMetricFamily("frontend_streams_open", "Live streams that are open.", value=self._streams())
        photos = GaugeMetricFamily("frontend_photos", "Photos in the database.", labels=["status"])
        try:
            for status, count in self._counts().items():
                photos.add_metric([status], count)
        except DatabaseAway:
            pass
        database = GaugeMetricFamily("frontend_database_up", "Whether the database answers: 1 or 0.")
        database.add_metric([], 1 if photos.samples else 0)
        yield from (photos, database)
