"""Starts the service; SIGTERM ends it gracefully, with exit code 0."""

import os
import sys

from common import ends
from common.logs import start_logging
from common.settings import SettingWrong

from face_recognition_service.server import Server
from face_recognition_service.settings import Settings


def serve_until_told() -> None:
    """Serves until SIGTERM or SIGINT; further ones change nothing."""
    ends.hold_back()
    server = Server(Settings.from_env(os.environ))
    server.start()
    ends.wait()
    server.stop()


def main() -> None:
    """A wrong setting or a taken port ends the start, with a sentence and exit code 1."""
    start_logging("face-recognition", "face_recognition_service")
    try:
        serve_until_told()
    except (SettingWrong, RuntimeError) as error:  # RuntimeError: gRPC could not take the port
        sys.exit(f"face-recognition cannot start: {error}")


if __name__ == "__main__":
    main()
