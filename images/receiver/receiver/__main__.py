"""`python -m receiver`: serves until SIGTERM, then ends with 0."""

import logging
import os
import socket
import sys
import threading
from types import FrameType

import uvicorn

from receiver.logs import log_to_stdout
from receiver.server import Receiver, create_app
from receiver.settings import Settings, SettingWrong, read_settings

log = logging.getLogger("receiver")


class DrainingServer(uvicorn.Server):
    """On the first signal it says "not ready" and serves on for `drain_s`; then it finishes and ends."""

    def __init__(self, settings: Settings) -> None:
        app = create_app(settings)
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.listen_host,
                port=settings.listen_port,
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=10,
            )
        )
        self._receiver: Receiver = app.state.receiver
        self._leave = threading.Timer(settings.drain_s, self._finish)
        self._leave.daemon = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Says when it listens."""
        await super().startup(sockets)
        log.info("listening", extra={"port": self.config.port})

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal starts the end, a second one hurries it."""
        if self._receiver.stopping:
            self._finish()
            return
        self._receiver.stopping = True
        self._leave.start()

    def _finish(self) -> None:
        self.should_exit = True


def main() -> int:
    """The exit code: 0 after a clean end, 1 if a setting is wrong or the port is taken."""
    log_to_stdout()
    try:
        settings = read_settings(os.environ)
    except SettingWrong as error:
        log.error("not started", extra={"reason": str(error)})
        return 1
    DrainingServer(settings).run()
    log.info("ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())
