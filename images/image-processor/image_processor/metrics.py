"""What /metrics tells about the work; the process's own figures come with prometheus_client."""

from prometheus_client import Counter, Gauge, Histogram

STATES = ("closed", "open", "half-open")

messages = Counter("image_processor_messages", "Messages whose turn ended for good, by outcome.", ["outcome"])
requeued = Counter(
    "image_processor_requeued", "Messages given back to the queue: away, fault, paused or stopping.", ["why"]
)
parked = Counter("image_processor_parked", "Messages that name no photo, kept in the table parked.")
identify_seconds = Histogram(
    "image_processor_identify_seconds",
    "From question to answer of face-recognition, refusals and failures included.",
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
in_flight = Gauge("image_processor_photos_in_hand", "Photos taken from the queue and not yet done.")
nsqds = Gauge("image_processor_connected_nsqds", "Connections to queues.")
breaker_state = Gauge("image_processor_breaker_state", "1 for the circuit breaker's state.", ["state"])
breaker_transitions = Counter(
    "image_processor_breaker_transitions", "Changes of state, by new state.", ["to"]
)


def show_breaker(state: str) -> None:
    """Called at each change of the breaker's state."""
    for one in STATES:
        breaker_state.labels(one).set(one == state)
    breaker_transitions.labels(state).inc()


for _state in STATES:  # a series that is there from the start can be seen to grow
    breaker_state.labels(_state).set(_state == "closed")
    breaker_transitions.labels(_state)
