"""What /metrics tells of one receiver."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector

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
        self._request_seconds = Histogram(
            "receiver_http_request_duration_seconds",
            "From a request's head to the beginning of its answer.",
            ["route", "status"],
            buckets=BUCKETS_S,
            registry=self.registry,
        )

    def answered(self, route: str, status: int, seconds: float) -> None:
        """A request of that route was answered, so fast."""
        self._request_seconds.labels(route, status).observe(seconds)

    def saw(self, dependency: str, *, answering: bool) -> None:
        """The database or nsqd was asked, and answered or not."""
        self._up.labels(dependency).set(answering)

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"receiver_{name}", says, labels, registry=self.registry)
