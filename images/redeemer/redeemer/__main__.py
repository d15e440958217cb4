"""`python -m redeemer`: one run, as a CronJob starts it; then it ends."""

import logging
import os
import sys

from common.database import DatabaseAway
from common.logs import start_logging
from common.settings import SettingWrong

from redeemer.settings import read_settings
from redeemer.store import Store

log = logging.getLogger("redeemer")


def main() -> int:
    """The exit code: 0 when all that was due is done, 1 if a setting is wrong or the database is away."""
    start_logging("redeemer", "redeemer")
    try:
        settings = read_settings(os.environ)
    except SettingWrong as error:
        log.error("not started", extra={"reason": str(error)})
        return 1
    store = Store(settings.database, settings.rules)
    redeemed = 0
    try:
        for photo in store.redeem():
            log.info("redeemed", extra={"image_id": photo.image_id, "was": photo.was, "why": photo.why})
            redeemed += 1
        deleted = store.forget()
    except DatabaseAway as error:
        log.error("the database is away", extra={"reason": str(error), "redeemed": redeemed})
        return 1
    finally:
        store.close()
    log.info("done", extra={"redeemed": redeemed, "outbox_entries_deleted": deleted})
    return 0


if __name__ == "__main__":
    sys.exit(main())
