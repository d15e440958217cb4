"""`python -m image_processor`: works until SIGTERM, then ends with 0."""

import asyncio
import os
import sys

from image_processor.logs import start_logging
from image_processor.server import Server
from image_processor.settings import SettingWrong, read_settings


def main() -> None:
    """Works until it is told to stop; a wrong setting or a taken port ends it with 1."""
    start_logging()
    try:
        settings = read_settings(os.environ)
        asyncio.run(Server(settings).run())
    except (SettingWrong, OSError) as error:
        sys.exit(f"image-processor cannot start: {error}")


if __name__ == "__main__":
    main()
