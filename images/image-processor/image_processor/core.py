"""What happens to one photo, from the queue's message to the final row. No queue, SQL or gRPC in here."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

log = logging.getLogger(__name__)

LARGEST_ID = 2**63 - 1  # chosen: what any column for ids could hold; longer numbers are no MySQL integers


class Away(Exception):
    """A service that we need did not answer, or was not even asked; the photo has its turn again later."""


class Unanswered(Away):
    """Face recognition was asked about this very photo and did not answer: that counts as an attempt."""


class Refused(Exception):
    """Face recognition will never name anybody for this photo; the message says why, for people."""


class BadMessage(Exception):
    """A message that names no photo; another try would read the same bytes."""


class Outcome(Enum):
    """How a photo's turn ended; in each case its message is done."""

    PROCESSED = "processed"
    FAILED = "failed"
    GIVEN_UP = "given up"  # FAILED for a reason that may pass, after so many attempts
    DONE_BEFORE = "done before"  # the row was final: the message came twice
    NO_ROW = "no such row"
    PARKED = "parked"  # the message names no photo


@dataclass(frozen=True)
class Box:
    """Where a face is, in pixels of the full-size picture."""

    top: int
    right: int
    bottom: int
    left: int


@dataclass(frozen=True)
class Answer:
    """Who is in a photo.

    image_name: the known photo it looks like; empty for a face that nobody knows.
    distance: to the nearest known face, no unit; None when nobody is known.
    """

    image_name: str
    distance: float | None
    box: Box


@dataclass(frozen=True)
class Claim:
    """The row of a photo whose turn it is; `path` is None when there is nothing to do, for `instead`."""

    path: str | None
    instead: Outcome = Outcome.NO_ROW


class Rows(Protocol):
    """The table `images`. Every method has committed when it returns, and raises Away when it could not.

    None of them changes a final row: of two workers with the same message, the first one's answer stays.
    """

    def claim(self, image_id: int) -> Claim:
        """PENDING or PROCESSING becomes PROCESSING."""

    def write_answer(self, image_id: int, answer: Answer) -> bool:
        """PROCESSED, with the person whom the answer's known photo shows; False when it was final before."""

    def write_failure(self, image_id: int, reason: str) -> bool:
        """FAILED, with the reason; False when it was final before."""

    def give_back(self, image_id: int) -> None:
        """PROCESSING becomes PENDING again; nothing is counted."""

    def count_attempt(self, image_id: int, reason: str) -> bool:
        """One attempt more, and PENDING again; True when it was the last one and the photo is given up."""


Identify = Callable[[int, str], Answer]  # photo id and path; raises Refused or Away


def image_id_of(body: bytes) -> int:
    """The id in a message such as {"id": 7}; BadMessage when there is none."""
    try:
        image_id = json.loads(body)["id"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadMessage("not a message about a photo") from error
    if type(image_id) is not int or not 0 < image_id <= LARGEST_ID:
        raise BadMessage("the id is not a positive whole number")
    return image_id


def process(image_id: int, rows: Rows, identify: Identify) -> Outcome:
    """One photo's turn. May be repeated at any time: a final row is left alone.

    Raises:
        Away: the database or face recognition did not answer, and the row is not final.
        Exception: a fault of ours; counted as an attempt, and the row is not final.
    """
    claim = rows.claim(image_id)
    if claim.path is None:
        return claim.instead
    failure: Exception
    try:
        return _identified(image_id, claim.path, rows, identify)
    except Unanswered as error:
        failure, reason = error, str(error)
    except Away:
        rows.give_back(image_id)
        raise
    except Exception as error:
        log.exception("fault", extra={"image_id": image_id})
        failure, reason = error, f"a fault of the image-processor: {error!r}"
    if not rows.count_attempt(image_id, reason):
        raise failure
    log.error("last attempt", extra={"image_id": image_id, "reason": reason})
    return Outcome.GIVEN_UP


def _identified(image_id: int, path: str, rows: Rows, identify: Identify) -> Outcome:
    try:
        answer = identify(image_id, path)
    except Refused as refusal:
        is_ours = rows.write_failure(image_id, str(refusal))
        return Outcome.FAILED if is_ours else Outcome.DONE_BEFORE
    return Outcome.PROCESSED if rows.write_answer(image_id, answer) else Outcome.DONE_BEFORE
