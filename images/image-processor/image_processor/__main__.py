"""`python -m image_processor`: works until SIGTERM, then ends with 0."""

import asyncio
import logging
import os
import sys

from common import ends
from common.logs import start_logging
from common.settings import SettingWrong

from image_processor.server import Server
from image_processor.settings import read_settings


async def serve() -> None:
    """Works until it is told to stop."""
    await Server(read_settings(os.environ)).run()


def main() -> None:
    """A wrong setting or a taken port ends the start with 1, and a sentence."""
    ends.hold_back()
    start_logging("image-processor", "image_processor")
    logging.getLogger("nsq").setLevel(logging.ERROR)  # its warnings tell of each lookup that was not answered
    logging.getLogger("tornado.access").setLevel(logging.CRITICAL)  # only probes ask for pages here
    try:
        asyncio.run(serve())
    except (SettingWrong, OSError) as error:
        sys.exit(f"image-processor cannot start: {error}")


if __name__ == "__main__":
    main()
