"""A service's ASGI application, served for real on loopback, in this process."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import httpx
import uvicorn
from common.protocol import Protocol
from fastapi import FastAPI

from kubeface.errors import NotReady


class _Server(uvicorn.Server):
    def __init__(self, app: FastAPI) -> None:
        super().__init__(
            uvicorn.Config(app, log_config=None, access_log=False, http=Protocol, timeout_graceful_shutdown=5)
        )
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@contextlib.contextmanager
def serving(app: FastAPI) -> Iterator[httpx.Client]:
    """A client of the running application; it has ended when the block has."""
    server = _Server(app)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            if not server.listening.wait(10):
                raise NotReady("the application did not start within 10 s")
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with httpx.Client(base_url=address, timeout=20, verify=False, trust_env=False) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(20)
