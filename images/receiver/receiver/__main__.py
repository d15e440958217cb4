"""`python -m receiver`: serves until SIGTERM, then ends with 0."""

import logging
import os
import sys

from common.logs import start_logging
from common.serving import DrainingServer
from common.settings import SettingWrong

from receiver.server import create_app
from receiver.settings import read_settings

log = logging.getLogger("receiver")


def main() -> int:
    """The exit code: 0 after a clean end, 1 if a setting is wrong or the port is taken."""
    start_logging("receiver", "receiver")
    try:
        settings = read_settings(os.environ)
    except SettingWrong as error:
        log.error("not started", extra={"reason": str(error)})
        return 1
    app = create_app(settings)
    DrainingServer(
        app,
        host=settings.listen_host,
        port=settings.listen_port,
        drain_s=settings.drain_s,
        unready=app.state.receiver.stop,
    ).run()
    log.info("ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())
