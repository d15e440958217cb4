"""The redeemer's program, run once as its CronJob runs it, and rows for it to find."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from real_servers import ROOT, Mariadb

PENDING, PROCESSED, FAILED, PROCESSING = range(4)


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit code and its log, line by line."""

    code: int
    log: list[dict[str, Any]]

    @property
    def redeemed(self) -> list[int]:
        """The image ids that it told of."""
        return [line["image_id"] for line in self.log if line["event"] == "redeemed"]


def run(database: Mariadb, **more: str) -> Ended:
    """One run, as the database user `redeemer`."""
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT}/images/redeemer:{ROOT}/images/common",
        **database.env_for("redeemer"),
        **more,
    }
    command = [sys.executable, "-m", "redeemer"]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert not ended.stderr, ended.stderr
    return Ended(ended.returncode, [json.loads(line) for line in ended.stdout.splitlines()])


def add_row(database: Mariadb, status: int, untouched_s: int, **columns: object) -> int:
    """The id of a new row of `images` that nothing has touched for so long, by the database's clock."""
    names = ", ".join(("path", "status", *columns))
    marks = ", ".join(["UUID()", *["%s"] * (len(columns) + 1)])
    sql = f"""INSERT INTO images ({names}, updated_at)
        VALUES ({marks}, NOW(3) - INTERVAL %s SECOND) RETURNING id"""
    (row,) = database.rows(sql, status, *columns.values(), untouched_s)
    return int(str(row["id"]))


def add_entry(database: Mariadb, image_id: int, published_s: int | None) -> None:
    """An outbox entry that was published so many seconds ago, or not yet."""
    sql = "INSERT INTO outbox (image_id, published_at) VALUES (%s, NOW(3) - INTERVAL %s SECOND)"
    database.rows(sql, image_id, published_s)


def to_publish(database: Mariadb) -> list[object]:
    """The image ids for which the relay has something to do."""
    sql = "SELECT image_id FROM outbox WHERE published_at IS NULL ORDER BY image_id"
    return [row["image_id"] for row in database.rows(sql)]
