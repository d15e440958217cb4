"""What happens to one photo, from the queue's message to the final row. No queue, SQL or gRPC in here."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Away(Exception):
    """A service that we need did not answer; the photo has its turn again later."""


class Refused(Exception):
    """Face recognition will never name anybody for this photo; the message says why, for people."""


class BadMessage(Exception):
    """A message that names no photo; another try would read the same bytes."""


class Outcome(Enum):
    """How a photo's turn ended; in each case its message is done."""

    PROCESSED = "processed"
    FAILED = "failed"
    DONE_BEFORE = "done before"  # the row was final: the message came twice
    NO_ROW = "no such row"


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
    """The table `images`. Every method has committed when it returns, and raises Away when it could not."""

    def claim(self, image_id: int) -> Claim:
        """PENDING or PROCESSING becomes PROCESSING; a final row stays as it is."""

    def write_answer(self, image_id: int, answer: Answer) -> None:
        """PROCESSED, with the person whom the answer's known photo shows."""

    def write_failure(self, image_id: int, reason: str) -> None:
        """FAILED, with the reason."""

    def give_back(self, image_id: int) -> None:
        """PROCESSING becomes PENDING again."""


Identify = Callable[[int, str], Answer]  # photo id and path; raises Refused or Away


def image_id_of(body: bytes) -> int:
    """The id in a message such as {"id": 7}; BadMessage when there is none."""
    try:
        image_id = json.loads(body)["id"]
    except (ValueError, TypeError, KeyError) as error:
        raise BadMessage(f"not a message about a photo: {body[:100]!r}") from error
    if type(image_id) is not int:
        raise BadMessage(f"the id is not a whole number: {body[:100]!r}")
    return image_id


def process(image_id: int, rows: Rows, identify: Identify) -> Outcome:
    """One photo's turn. May be repeated at any time: a final row is left alone.

    Raises:
        Away: the database or face recognition did not answer, and the row is not final.
    """
    claim = rows.claim(image_id)
    if claim.path is None:
        return claim.instead
    try:
        answer = identify(image_id, claim.path)
    except Refused as refusal:
        rows.write_failure(image_id, str(refusal))
        return Outcome.FAILED
    except Away:
        rows.give_back(image_id)
        raise
    rows.write_answer(image_id, answer)
    return Outcome.PROCESSED
