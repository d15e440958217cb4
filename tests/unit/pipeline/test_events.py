import contextlib
import socket
import threading
import time

import pytest

from kubeface.errors import ApiError, NotReady
from kubeface.kube.wait import Deadline
from kubeface.pipeline import Pipeline
from kubeface.pipeline.events import SILENCE_S, Event, listen

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
PATIENCE_S = 60


@contextlib.contextmanager
def answering(*parts):
    """The port of a server that reads one request, answers in these parts, and closes; and the request."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            client, _ = server.accept()
            with client:
                asked.append(client.recv(65536).decode())
                for part in parts:
                    client.sendall(part)

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1], asked
        thread.join()


def told(*parts, after=""):
    with (
        answering(*parts) as (port, asked),
        listen("127.0.0.1", port, "/events", after=after, deadline=Deadline.after(PATIENCE_S)) as events,
    ):
        return list(events), asked


def test_the_events_of_a_pipeline_come_from_its_frontend(monkeypatch):
    class Way:
        address = "127.0.0.1"

        def port(self, service):
            return {"frontend": port}[service]

    monkeypatch.setattr(Pipeline, "_way", Way())
    with (
        answering(HEAD, b'event: photo\ndata: {"id": 1}\n\n') as (port, asked),
        Pipeline(None).events(timeout_s=PATIENCE_S) as events,
    ):
        assert [one.data for one in events] == [{"id": 1}]
    assert asked[0].startswith("GET /events ")


def test_events_are_read_and_comments_are_not():
    photo, database = b'event: photo\nid: 7\ndata: {"id": 1}\n\n', b'event: database\ndata: "ok"\n\n'
    events, _ = told(HEAD, b"retry: 2000\n\n", photo, b": still here\n\n", database)
    assert events == [Event("photo", "7", {"id": 1}), Event("database", "7", "ok")]


def test_a_line_may_come_in_pieces():
    events, _ = told(HEAD, b"event: a\nda", b'ta: "\xc3', b'\xa9"\n', b"\n")
    assert events == [Event("a", "", "é")]


def test_lines_end_and_fields_begin_in_every_way_of_the_standard():
    events, _ = told(HEAD, b'event:a\r\ndata:{"x":\r\n', b"data: 1}\r\n\r\n")
    assert events == [Event("a", "", {"x": 1})]


def test_a_stream_ends_at_the_deadline_in_the_middle_of_a_read():
    start = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            client, _ = server.accept()
            with client:
                client.recv(65536)
                client.sendall(HEAD + b'data: "x"\n\n')
                client.recv(1)  # until the other side hangs up

        threading.Thread(target=answer, daemon=True).start()
        port, deadline = server.getsockname()[1], Deadline.after(1)
        with listen("127.0.0.1", port, "/events", after="", deadline=deadline) as events:
            assert [event.data for event in events] == ["x"]
    assert time.monotonic() - start < SILENCE_S / 2


def test_an_event_that_is_cut_off_is_none():
    assert told(HEAD + b'event: a\ndata: "x"\n')[0] == []


def test_it_resumes_after_the_last_event():
    assert "Last-Event-ID: 42\r\n" in told(HEAD, after="42")[1][0]
    assert "Last-Event-ID" not in told(HEAD)[1][0]


@pytest.mark.parametrize(("status", "kind"), [("404 Not Found", ApiError), ("503 Not Now", NotReady)])
def test_a_no_is_told_in_the_services_own_words(status, kind):
    body = b'{"error": "as many streams as may be", "try": "again"}'
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with pytest.raises(kind) as said:
        told(head + body)
    assert (said.value.seen, said.value.try_next) == ("as many streams as may be", "again")


def test_nobody_there_is_said():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    deadline = Deadline.after(PATIENCE_S)
    with pytest.raises(NotReady), listen("127.0.0.1", port, "/events", after="", deadline=deadline):
        pass
