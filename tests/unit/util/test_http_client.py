"""Whoever answers in the place of a server, there is a sentence: no traceback of somebody's library."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kubeface.errors import KubefaceError, NotReady
from kubeface.images import Images
from kubeface.images.push import Registry
from kubeface.kube.wait import Deadline
from kubeface.linux.pki import Authority
from kubeface.local.toolchain import releases
from kubeface.pipeline import http
from kubeface.pipeline.events import listen
from kubeface.util.http_client import failing_as, far, json_of, near

PAGE = b"<html><body>Log in to the network first.</body></html>"
ANSWERS = {
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "half a body": b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 99\r\n\r\n{",
    "a proxy's page": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(PAGE)
    + PAGE,
    "a proxy's refusal": b"HTTP/1.1 407 Log In\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE,
    "an empty refusal": b"HTTP/1.1 500 \r\nContent-Length: 2\r\n\r\n[]",
}
LOGIN = ANSWERS["a proxy's page"]


@contextlib.contextmanager
def answering(said: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """The port of a server that says this to everybody, and what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    with client:
                        asked.append(client.recv(65536))
                        client.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield server.getsockname()[1], asked
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def listened(port: int) -> None:
    deadline = Deadline.after(60)
    with listen("127.0.0.1", port, "/events", after="", deadline=deadline) as events:
        if not list(events):
            raise NotReady("the stream broke off")  # as its user takes it


def registry(folder: Path, port: int) -> Images:
    return Images(f"127.0.0.1:{port}", Authority(folder, "ca").ensure().pair.cert.read_text())


USERS: dict[str, Callable[[int, Path], object]] = {
    "a service": lambda port, _: http.get_json("127.0.0.1", port, "/"),
    "a service that is posted to": lambda port, _: http.post_json("127.0.0.1", port, "/", {"path": "a"}),
    "a stream": lambda port, _: listened(port),
    "a registry": lambda port, folder: registry(folder, port).names(),
    "a release": lambda port, folder: releases._download(f"http://127.0.0.1:{port}/x", folder / "x"),
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("user", USERS)
def test_garbage_is_a_sentence(user: str, answer: str, tmp_path: Path) -> None:
    with answering(ANSWERS[answer]) as (port, _):
        if (user, answer) == ("a release", "a proxy's page"):  # any bytes may be one: its checksum tells
            assert USERS[user](port, tmp_path) != ""
            return
        with pytest.raises(KubefaceError):
            USERS[user](port, tmp_path)


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_registry_that_is_none_has_no_image_or_does_not_answer(answer: str) -> None:
    with answering(ANSWERS[answer]) as (port, _), contextlib.suppress(NotReady):
        assert Registry.at(f"http://127.0.0.1:{port}").digest("a", "v1") is None


@pytest.mark.parametrize("answer", ["another protocol", "nothing", "half a head", "a proxy's refusal"])
def test_a_release_is_not_offered_by_who_is_no_server(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(ANSWERS[answer]) as (port, _):
        monkeypatch.setenv("KUBEFACE_MIRROR", f"http://127.0.0.1:{port}")
        assert releases.offered({"etcd": "v3.6.0"}) == []


def test_a_page_where_json_was_promised_is_shown() -> None:
    with answering(LOGIN) as (port, _), near(timeout_s=10) as client:
        answer = client.get(f"http://127.0.0.1:{port}/")
    with pytest.raises(NotReady, match=r"(?s)no JSON.*Log in to the network first"):
        json_of(answer)


def test_this_machine_is_asked_directly_and_the_internet_through_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with answering(LOGIN) as (port, asked), answering(LOGIN) as (proxy, through):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
        with near(timeout_s=10) as close, far(timeout_s=10) as away:
            close.get(f"http://127.0.0.1:{port}/near")
            away.get(f"http://127.0.0.1:{port}/far")
            assert (len(asked), through) == (2, [])
            away.get("http://release.example/etcd")
            assert through[0].startswith(b"GET http://release.example/etcd ")
            monkeypatch.setenv("NO_PROXY", "release.example")
        with far(timeout_s=10) as away, pytest.raises(NotReady), failing_as("it was asked directly"):
            away.get("http://release.example/etcd")
        assert len(through) == 1


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "no proxy at all", "http://[::1"])
def test_a_proxy_that_is_none_is_a_sentence(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.setenv("https_proxy", proxy)
    with pytest.raises(NotReady), failing_as("Nobody answers."), far(timeout_s=1) as client:
        client.get("https://release.example/")
