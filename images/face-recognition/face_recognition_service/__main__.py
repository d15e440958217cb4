"""Starts the service; SIGTERM ends it gracefully, with exit code 0."""

import asyncio
import os
import signal
import sys

from common.logs import start_logging
from common.settings import SettingWrong

from face_recognition_service.server import Server
from face_recognition_service.settings import Settings


async def serve_until_told() -> None:
    """Serves until SIGTERM or SIGINT; further ones change nothing.

    asyncio is here for its signals alone: it hears them whichever of the many threads gets them.
    """
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    server = Server(Settings.from_env(os.environ))
    server.start()
    await told.wait()
    await asyncio.to_thread(server.stop)


def main() -> None:
    """A wrong setting or a taken port ends the start, with a sentence and exit code 1."""
    start_logging("face-recognition", "face_recognition_service")
    try:
        asyncio.run(serve_until_told())
    except (SettingWrong, RuntimeError) as error:  # RuntimeError: gRPC could not take the port
        sys.exit(f"face-recognition cannot start: {error}")


if __name__ == "__main__":
    main()
