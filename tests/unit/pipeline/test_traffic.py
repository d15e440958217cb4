import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kubeface.pipeline.traffic import Traffic
from kubeface.util.waiting import wait_until

PATH = "unknown_people/obama2.jpg"
PATIENCE_S = 60


class Receiver(ThreadingHTTPServer):
    """Answers as the receiver does; notes what it is sent, and tells when it has had some requests."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked = []
        self.version = "v1.0"
        self.is_used = threading.Event()

    def note(self, what):
        self.asked.append(what)
        if len(self.asked) >= 6:
            self.is_used.set()


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._say(json.loads(body), {"id": 7})

    def do_GET(self):
        self._say(self.path, {"version": self.server.version})

    def log_message(self, *args):
        """Nothing: the test's output stays clean."""

    def _say(self, asked, told):
        said = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)
        self.server.note(asked)


@pytest.fixture
def receiver():
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_every_request_that_is_answered_is_counted(receiver):
    with Traffic("127.0.0.1", receiver.server_port, PATH) as traffic:
        assert receiver.is_used.wait(PATIENCE_S)
    assert (traffic.answered, traffic.lost) == (len(receiver.asked), 0)
    assert receiver.asked.count({"path": PATH}) * 2 == traffic.answered


def test_it_tells_which_versions_have_answered(receiver):
    with Traffic("127.0.0.1", receiver.server_port, PATH) as traffic:
        assert receiver.is_used.wait(PATIENCE_S)
        receiver.version = "v1.1"
        receiver.asked.clear()
        receiver.is_used.clear()
        assert receiver.is_used.wait(PATIENCE_S)
    assert traffic.versions == ["v1.0", "v1.1"]
    assert repr(traffic).endswith("answered by v1.0 and v1.1, 0 lost")


def test_a_request_without_an_answer_is_lost_and_told(receiver):
    receiver.server_close()
    with Traffic("127.0.0.1", receiver.server_port, PATH, clients=1) as traffic:
        wait_until(lambda: traffic.lost > 0, what="nothing was lost", timeout_s=PATIENCE_S)
    assert traffic.answered == 0
    assert traffic.lost == len(traffic.losses) >= 1
    assert "no answer from" in traffic.losses[0]
