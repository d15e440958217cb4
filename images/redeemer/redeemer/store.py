"""The redeemer's part of the database: the tables `images` and `outbox`."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from common.database import Status, answering, engine
from common.settings import DatabaseSettings

from redeemer import statements
from redeemer.core import Redeemed, Rules

BATCH = 500  # chosen: rows in one transaction, so that none is locked for long


class Store:
    """Every method raises DatabaseAway; what was committed before then stays."""

    def __init__(self, settings: DatabaseSettings, rules: Rules, *, batch: int = BATCH) -> None:
        self._batch = batch
        self._given = {**asdict(rules), **statements.STATUSES, "batch": batch}
        # READ COMMITTED: rows are locked, and no gap between them into which the receiver wants to write.
        # UTC: an hour that a clock change brings twice would confuse the ages.
        utc = {"init_command": "SET time_zone = '+00:00'"}
        self._engine = engine(settings, isolation="READ COMMITTED", connections=1, connect_args=utc)

    def redeem(self) -> Iterator[Redeemed]:
        """Photos that are PENDING again, each told once its transaction is committed."""
        for due in (statements.HANGING, statements.MAY_PASS):
            while batch := self._redeem_batch(due):
                yield from batch
                if len(batch) < self._batch:  # the rest is locked by somebody: the next run's
                    break

    def forget(self) -> int:
        """How many outbox entries were deleted that have been published for long."""
        deleted = 0
        while True:
            with answering(), self._engine.begin() as transaction:
                count = transaction.execute(statements.FORGET, self._given).rowcount
            deleted += count
            if count < self._batch:
                return deleted

    def close(self) -> None:
        """Gives the connection back."""
        self._engine.dispose()

    def _redeem_batch(self, due: sa.TextClause) -> list[Redeemed]:
        with answering(), self._engine.begin() as transaction:
            rows = transaction.execute(due, self._given).all()
            ids = _lock(transaction, rows)
            if ids:
                transaction.execute(statements.RESET, {**self._given, "ids": sorted(ids)})
                transaction.execute(statements.ENTER, [{"id": image_id} for image_id in sorted(ids)])
        return [
            Redeemed(row.id, Status(row.status).name, row.untouched_s, row.reason)
            for row in rows
            if row.id in ids
        ]


def _lock(transaction: sa.Connection, rows: Sequence[sa.Row[Any]]) -> set[int]:
    """The ids of those that are ours now, and as they were when we read them."""
    if not rows:
        return set()
    read = {(row.id, row.updated_at) for row in rows}
    locked = transaction.execute(statements.LOCK, {"ids": [row.id for row in rows]})
    return {image_id for image_id, updated_at in locked if (image_id, updated_at) in read}
