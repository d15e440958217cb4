"""Server-sent events of a service, line by line, from the standard library's HTTP client."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from socket import socket
from typing import Any

from kubeface.errors import NotReady
from kubeface.kube.wait import Deadline
from kubeface.pipeline.http import ANSWER_S, refusal

SILENCE_S = 20.0  # chosen: the frontend sends a comment every 15 s; who is silent for longer is gone


@dataclass(frozen=True)
class Event:
    """One event. id: where to resume; "" if it has none."""

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
        NotReady: it does not answer, or says that it cannot now (503).
    """
    connection = HTTPConnection(host, port, timeout=_patience_s(ANSWER_S, deadline))
    what = f"http://{host}:{port}{path}"
    with closing(connection), ExitStack() as opened:
        try:
            connection.connect()
            wire = connection.sock  # the answer may take it from the connection
            connection.request("GET", path, headers={"Last-Event-ID": after} if after else {})
            answer = opened.enter_context(closing(connection.getresponse()))
            said = answer.read() if answer.status >= 400 else b""
        except (OSError, HTTPException) as silence:
            raise NotReady(f"no answer from {what}", seen=str(silence)) from silence
        if answer.status >= 400:
            raise refusal(f"GET {what} was answered {answer.status}", answer.status, said)
        yield _events(_lines(answer, wire, deadline))


def _lines(answer: HTTPResponse, wire: socket, deadline: Deadline) -> Iterator[str]:
    """Whole lines, as they come. A stream that breaks off ends: what was missed is asked for anew."""
    rest = b""
    try:
        while deadline.left_s:
            wire.settimeout(_patience_s(SILENCE_S, deadline))
            part = answer.read1(65536)
            if not part:
                return
            *lines, rest = (rest + part).split(b"\n")
            yield from (line.decode() for line in lines)
    except (OSError, HTTPException):
        return


def _events(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:  # a comment's is empty
            fields[name] = value
        elif not line:
            if "data" in fields:
                yield Event(fields.get("event", "message"), fields.get("id", ""), json.loads(fields["data"]))
            fields = {}


def _patience_s(most: float, deadline: Deadline) -> float:
    """A socket's timeout; 0 would mean "do not wait at all"."""
    return max(0.05, min(most, deadline.left_s))
