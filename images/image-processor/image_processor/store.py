"""The table `images` in the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from image_processor.core import Answer, Away, Claim, Outcome
from image_processor.settings import Settings

PENDING, PROCESSED, FAILED, PROCESSING = range(4)
REASON_LENGTH = 512  # images.reason in the schema

# Chosen: statements on one row by its key take milliseconds; a server silent for so long is away.
TIMEOUTS_S = {"connect_timeout": 3, "read_timeout": 10, "write_timeout": 10}

_READ = text("SELECT path, status FROM images WHERE id = :id FOR UPDATE")
_CLAIM = text("UPDATE images SET status = :processing WHERE id = :id")
_GIVE_BACK = text("UPDATE images SET status = :pending WHERE id = :id AND status = :processing")
_PERSON = text("SELECT person_id FROM person_images WHERE image_name = :name")
# Never over a final row: of two workers with the same message, the first one's answer stays.
_WRITE = text("""
    UPDATE images SET status = :status, person_id = :person, reason = :reason, distance = :distance,
        box_top = :top, box_right = :right, box_bottom = :bottom, box_left = :left
    WHERE id = :id AND status IN (:pending, :processing)""")
_OPEN = {"pending": PENDING, "processing": PROCESSING}
_NOTHING_FOUND = dict.fromkeys(("person", "reason", "distance", "top", "right", "bottom", "left"))


class Store:
    """core.Rows over MySQL; safe for as many threads as `workers` of the settings."""

    def __init__(self, settings: Settings) -> None:
        url = URL.create(
            "mysql+pymysql",
            settings.mysql_user,
            settings.mysql_password,
            settings.mysql_host,
            settings.mysql_port,
            settings.mysql_database,
        )
        self._engine = create_engine(
            url, pool_size=settings.workers + 1, pool_pre_ping=True, connect_args=TIMEOUTS_S
        )

    def claim(self, image_id: int) -> Claim:
        """See core.Rows."""
        with self._transaction() as connection:
            row = connection.execute(_READ, {"id": image_id}).one_or_none()
            if row is None:
                return Claim(None, Outcome.NO_ROW)
            if row.status not in (PENDING, PROCESSING):
                return Claim(None, Outcome.DONE_BEFORE)
            connection.execute(_CLAIM, {"id": image_id, "processing": PROCESSING})
            return Claim(row.path)

    def write_answer(self, image_id: int, answer: Answer) -> None:
        """See core.Rows. A known photo that no row of person_images names leaves nobody, and a reason."""
        with self._transaction() as connection:
            person = connection.execute(_PERSON, {"name": answer.image_name}).scalar_one_or_none()
            found = {"person": person, "distance": answer.distance, **vars(answer.box)}
            if answer.image_name and person is None:
                found["reason"] = f"looks like {answer.image_name}, whom person_images does not name"
            _write(connection, image_id, PROCESSED, found)

    def write_failure(self, image_id: int, reason: str) -> None:
        """See core.Rows."""
        with self._transaction() as connection:
            _write(connection, image_id, FAILED, {"reason": reason})

    def give_back(self, image_id: int) -> None:
        """See core.Rows."""
        with self._transaction() as connection:
            connection.execute(_GIVE_BACK, {"id": image_id, **_OPEN})

    def check(self) -> None:
        """Returns when the table can be read; raises Away."""
        with self._transaction() as connection:
            connection.execute(text("SELECT id FROM images LIMIT 1"))

    def close(self) -> None:
        """Gives the connections back."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """Committed at the end of the block, or Away: that the tables are not there yet passes too."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise Away(f"MySQL: {getattr(error, 'orig', None) or error}") from error


def _write(connection: Connection, image_id: int, status: int, found: dict[str, object]) -> None:
    """Every column of the result, those not in `found` as NULL."""
    values: dict[str, object] = {**_NOTHING_FOUND, **found, "id": image_id, "status": status, **_OPEN}
    values["reason"] = str(values["reason"])[:REASON_LENGTH] if values["reason"] else None
    connection.execute(_WRITE, values)
