"""A client that gets no answer posts again; one that is refused does not."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kubeface import Pipeline
from kubeface.errors import ApiError, NotReady


class Receiver(HTTPServer):
    """Answers each post with the next of these statuses, and 200 from then on."""

    def __init__(self, *statuses):
        super().__init__(("127.0.0.1", 0), Answer)
        self.statuses = list(statuses)
        self.asked = 0
        self.bodies = []


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked += 1
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        said = json.dumps({"id": 7} if status == 200 else {"error": "not now"}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args):
        """Nothing: the test's output stays clean."""


@pytest.fixture
def serve(monkeypatch):
    """A pipeline whose receiver answers so: `serve(503, 503)`."""
    started = []

    def start(*statuses):
        server = Receiver(*statuses)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        started.append((server, thread))
        pipeline = Pipeline(cluster=None)
        monkeypatch.setattr(Pipeline, "address", "127.0.0.1")
        monkeypatch.setattr(pipeline, "_port", lambda service: server.server_port)
        return pipeline, server

    yield start
    for server, thread in started:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_photo_is_posted_until_it_is_accepted(serve):
    pipeline, receiver = serve(503, 503)
    assert pipeline.post_until_accepted(["a.jpg", "b.jpg"]) == {"a.jpg": 7, "b.jpg": 7}
    assert receiver.asked == 4


def test_a_refused_photo_is_not_posted_again(serve):
    pipeline, receiver = serve(422)
    with pytest.raises(ApiError, match="422"):
        pipeline.post_until_accepted(["a.jpg"])
    assert receiver.asked == 1


def test_it_ends_in_time(serve):
    pipeline, _ = serve(*[503] * 9)
    with pytest.raises(NotReady, match="503"):
        pipeline.post_until_accepted(["a.jpg"], timeout_s=0.2)


def test_a_picture_is_sent_as_it_is(serve):
    pipeline, receiver = serve()
    assert pipeline.upload(b"\xff\xd8 a picture") == 7
    assert receiver.bodies == [b"\xff\xd8 a picture"]


def test_a_picture_that_is_refused_is_not_sent_again(serve):
    pipeline, receiver = serve(415)
    with pytest.raises(ApiError, match="was answered 415"):
        pipeline.upload(b"no picture")
    assert receiver.asked == 1
