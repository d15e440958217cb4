"""A server is asked until it answers as wanted, and in vain only for so long."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from kubeface.errors import ApiError, NotReady
from kubeface.lesson.clients import http_get


@pytest.fixture
def serve():
    """Start a server that gives these answers, a (status, text) a request, the last one again and again."""
    started = []

    def start(*answers):
        told = list(answers)

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                start.paths.append(self.path)
                status, text = told.pop(0) if len(told) > 1 else told[0]
                self.send_response(status)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        Thread(target=server.serve_forever, daemon=True).start()
        started.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    start.paths = []
    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def test_who_cannot_answer_now_is_asked_again(serve):
    assert http_get(serve((503, "not now"), (200, "here")), timeout_s=30) == "here"


def test_another_answer_than_the_wanted_one_is_not_taken(serve):
    url = serve((200, "one"), (200, "two"))
    assert http_get(url, until=lambda said: said == "two", timeout_s=30) == "two"


def test_what_was_seen_last_is_told_when_the_time_is_up(serve):
    url = serve((200, "one"))
    with pytest.raises(NotReady, match="did not answer as expected") as late:
        http_get(url, until=lambda said: said == "two", timeout_s=0.1)
    assert late.value.seen == "the answer was: one"


def test_a_server_that_says_no_is_not_asked_again(serve):
    with pytest.raises(ApiError):
        http_get(serve((404, "no such page"), (200, "here")), timeout_s=30)


def test_nobody_there_is_no_answer():
    with pytest.raises(NotReady, match="did not answer"):
        http_get("http://127.0.0.1:1/", timeout_s=0.1)


def test_the_query_of_a_url_is_part_of_the_question(serve):
    url = serve((200, "here"))
    assert http_get(f"{url}a?b=c&d=e") == "here"
    assert serve.paths[-1] == "/a?b=c&d=e"
