"""A gRPC channel that finds its service again soon, however long that was away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import grpc

OPTIONS = (
    ("grpc.lb_policy_name", "round_robin"),  # every address behind the name gets its share
    ("grpc.max_reconnect_backoff_ms", 2_000),
    # Chosen: a node that died takes its answers with it silently; while a question is open we look.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
)
LOST = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


class Channel:
    """A channel for all threads, made anew after a failure, as soon as no call is on it.

    A channel looks an unknown name up again after ever longer pauses (measured: 35 s too late after the
    name had been gone for 75 s); a new one looks at once.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._calls = 0
        self._failed = False
        self._channel = self._open()

    @contextmanager
    def call(self) -> Iterator[grpc.Channel]:
        """gRPC's own channel, for one call."""
        with self._lock:
            self._calls += 1
            channel = self._channel
        try:
            yield channel
        except grpc.RpcError as error:
            self._failed |= error.code() in LOST
            raise
        finally:
            self._hang_up()

    def close(self) -> None:
        """Open calls end as cancelled."""
        self._channel.close()

    def _hang_up(self) -> None:
        with self._lock:
            self._calls -= 1
            if self._failed and not self._calls:
                self._channel.close()
                self._channel = self._open()
                self._failed = False

    def _open(self) -> grpc.Channel:
        return grpc.insecure_channel(self._address, options=OPTIONS)
