"""Server-sent events of a service, as they come."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from socket import SHUT_RDWR
from threading import Timer
from typing import Any

import httpx
from httpx_sse import EventSource, SSEError

from kubeface.errors import NotReady
from kubeface.kube.wait import Deadline
from kubeface.pipeline.http import refusal, url_of
from kubeface.util import http_client

SILENCE_S = 20.0  # chosen: the frontend sends a comment every 15 s; who is silent for longer is gone
_LEAST_S = 0.05  # a timeout of 0 would mean "do not wait at all"


@dataclass(frozen=True)
class Event:
    """One event. id: where to resume, which is where the last one that had an id was; "" if none had one."""

    name: str
    id: str
    data: Any


@contextmanager
def listen(host: str, port: int, path: str, *, after: str, deadline: Deadline) -> Iterator[Iterator[Event]]:
    """The events of a stream that is open now; they end when the stream does, or at the deadline.

    Args:
        host: The service's address.
        port: Its port.
        path: Of the stream: `/events`.
        after: The id of the last event that is known; "" for none.
        deadline: No read lasts longer.

    Raises:
        ApiError: the service said no, in its own words.
        NotReady: it does not answer, says that it cannot now (503), or what answers is not the service.
    """
    what = f"http://{host}:{port}{path}"
    headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": after} if after else {})
    patience_s = max(_LEAST_S, min(SILENCE_S, deadline.left_s))
    with http_client.near(timeout_s=patience_s) as client, ExitStack() as opened:
        with http_client.failing_as(f"no answer from {what}"):
            answer = opened.enter_context(client.stream("GET", url_of(host, port, path), headers=headers))
            if answer.is_error:
                answer.read()
        if answer.is_error:
            raise refusal(answer)
        opened.enter_context(_cut_off_at(deadline, answer))
        yield _events(answer)


def _events(answer: httpx.Response) -> Iterator[Event]:
    """The events, as they come. A stream that breaks off ends: what was missed is asked for anew."""
    try:
        for told in EventSource(answer).iter_sse():
            if told.data:
                yield Event(told.event, told.id, told.json())
    except (SSEError, ValueError) as error:
        raise NotReady(f"no events of the pipeline came from {answer.url}", seen=str(error)) from error
    except httpx.HTTPError:
        return


@contextmanager
def _cut_off_at(deadline: Deadline, answer: httpx.Response) -> Iterator[None]:
    """End the stream at the deadline, in the middle of a read too: httpx bounds each read alone."""
    wire = answer.extensions["network_stream"].get_extra_info("socket")

    def cut() -> None:
        with suppress(OSError):  # it has ended
            wire.shutdown(SHUT_RDWR)

    alarm = Timer(deadline.left_s, cut)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()
