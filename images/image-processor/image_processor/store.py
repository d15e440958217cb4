"""The tables `images` and `parked` in the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from common.database import DatabaseAway, Status, answering, engine
from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from image_processor.core import Answer, Away, Claim, Outcome
from image_processor.settings import Settings

REASON_LENGTH = 512  # images.reason and parked.reason in the schema
BODY_LENGTH = 1024  # parked.body in the schema
NO_SUCH_TABLE = 1146  # specified: MySQL's error number; passes, when the database is made just now

_READ = text("SELECT path, status, attempts FROM images WHERE id = :id FOR UPDATE")
_CLAIM = text("UPDATE images SET status = :processing WHERE id = :id")
_GIVE_BACK = text("UPDATE images SET status = :pending WHERE id = :id AND status = :processing")
_COUNT = text("UPDATE images SET status = :pending, attempts = :attempts WHERE id = :id")
_PERSON = text("SELECT person_id FROM person_images WHERE image_name = :name")
_PARK = text("INSERT INTO parked (body, reason) VALUES (:body, :reason)")
_CHECK = text("SELECT id FROM images LIMIT 1")
# Never over a final row: of two workers with the same message, the first one's answer stays.
_WRITE = text("""
    UPDATE images SET status = :status, person_id = :person, reason = :reason, distance = :distance,
        box_top = :top, box_right = :right, box_bottom = :bottom, box_left = :left, passing = :passing
    WHERE id = :id AND status IN (:pending, :processing)""")
_OPEN = {"pending": Status.PENDING.value, "processing": Status.PROCESSING.value}
_NOTHING_FOUND = dict.fromkeys(("person", "reason", "distance", "top", "right", "bottom", "left"))


class Store:
    """core.Rows over MySQL; safe for as many threads as `workers` of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._max_attempts = settings.max_attempts
        # One connection for each photo in hand, one for the probe, one for a message to park.
        self._engine = engine(settings.database, isolation="READ COMMITTED", connections=settings.workers + 2)

    def claim(self, image_id: int) -> Claim:
        """See core.Rows."""
        with self._transaction() as connection:
            row = connection.execute(_READ, {"id": image_id}).one_or_none()
            if row is None:
                return Claim(None, Outcome.NO_ROW)
            if row.status not in _OPEN.values():
                return Claim(None, Outcome.DONE_BEFORE)
            connection.execute(_CLAIM, {"id": image_id, "processing": Status.PROCESSING.value})
            return Claim(row.path)

    def write_answer(self, image_id: int, answer: Answer) -> bool:
        """See core.Rows. A known photo that no row of person_images names leaves nobody, and a reason."""
        with self._transaction() as connection:
            person = connection.execute(_PERSON, {"name": answer.image_name}).scalar_one_or_none()
            found = {"person": person, "distance": answer.distance, **vars(answer.box)}
            if answer.image_name and person is None:
                found["reason"] = f"looks like {answer.image_name}, whom person_images does not name"
            return _write(connection, image_id, Status.PROCESSED, found)

    def write_failure(self, image_id: int, reason: str) -> bool:
        """See core.Rows."""
        with self._transaction() as connection:
            return _write(connection, image_id, Status.FAILED, {"reason": reason})

    def give_back(self, image_id: int) -> None:
        """See core.Rows."""
        with self._transaction() as connection:
            connection.execute(_GIVE_BACK, {"id": image_id, **_OPEN})

    def count_attempt(self, image_id: int, reason: str) -> bool:
        """See core.Rows. The last attempt makes it FAILED and `passing`, for the redeemer."""
        with self._transaction() as connection:
            row = connection.execute(_READ, {"id": image_id}).one_or_none()
            if row is None or row.status not in _OPEN.values():
                return False  # somebody else was faster; the message comes again and finds that
            attempts = row.attempts + 1
            counted = {"id": image_id, "attempts": attempts, "pending": Status.PENDING.value}
            connection.execute(_COUNT, counted)
            if attempts < self._max_attempts:
                return False
            words = f"no answer after {attempts} attempts; the last one: {reason}"
            _write(connection, image_id, Status.FAILED, {"reason": words}, passing=True)
            return True

    def park(self, body: bytes, reason: str) -> None:
        """Keeps a message that names no photo; Away when it could not."""
        with self._transaction() as connection:
            connection.execute(_PARK, {"body": body[:BODY_LENGTH], "reason": _fitting(reason)})

    def check(self) -> None:
        """Returns when the table can be read; raises Away."""
        with self._transaction() as connection:
            connection.execute(_CHECK)

    def close(self) -> None:
        """Gives the connections back."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """Committed at the end of the block, or Away: that the tables are not there yet passes too.

        Raises:
            DBAPIError: the database is there, and will never take these values.
        """
        try:
            with answering(), self._engine.begin() as connection:
                yield connection
        except DatabaseAway as error:
            if error.__cause__ and not _may_pass(error.__cause__):
                raise error.__cause__ from None
            raise Away(f"MySQL: {error}") from error


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, ProgrammingError) and error.orig is not None:
        return error.orig.args[:1] == (NO_SUCH_TABLE,)
    return not isinstance(error, DataError | IntegrityError)


def _write(
    connection: Connection, image_id: int, status: Status, found: dict[str, object], *, passing: bool = False
) -> bool:
    """Every column of the result, those not in `found` as NULL; False when the row was final."""
    values: dict[str, object] = {**_NOTHING_FOUND, **found, **_OPEN}
    values |= {"id": image_id, "status": status.value, "passing": passing}
    if values["reason"]:
        values["reason"] = _fitting(str(values["reason"]))
    return connection.execute(_WRITE, values).rowcount == 1


def _fitting(reason: str) -> str:
    """As the column takes it: not too long, and no half of a character."""
    return reason[:REASON_LENGTH].encode(errors="replace").decode()
